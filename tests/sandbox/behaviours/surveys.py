# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surveys and product tours, with the flags that they keep behind the scenes."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import ApiError, invalid, server_error
from ..fields import check, check_keys, parse_time
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now
from .linked import (
    change_flag,
    code_of,
    drop_flag,
    make_flag,
    minimal_flag,
    need_flag_scope,
    own_flag,
    reaches_everybody,
)

EVERYBODY = "User targeting rolls out to everyone. If you want to roll out to everyone, delete this targeting"
STYLING = {
    "backgroundColor",
    "textColor",
    "textSubtleColor",
    "borderColor",
    "inputBackground",
    "inputTextColor",
    "ratingButtonColor",
    "ratingButtonActiveColor",
    "ratingButtonHoverColor",
    "submitButtonColor",
    "submitButtonTextColor",
    "descriptionTextColor",
    "fontFamily",
    "maxWidth",
    "boxPadding",
    "boxShadow",
    "borderRadius",
    "zIndex",
    "disabledButtonOpacity",
    "position",
    "tabPosition",
    "widgetColor",
}
#: Conditions that an external survey cannot have: they are about the page that it would show on.
ON_PAGE = ("url", "selector", "events", "actions", "deviceTypes", "linkedFlagVariant")
CHOICE = ("single_choice", "multiple_choice")
BRANCHING = ("rating", "single_choice")
DANGEROUS = re.compile(
    r"<\s*(script|style|iframe|object)\b.*?(<\s*/\s*\1\s*>|$)|\s+on\w+\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)|javascript:",
    re.IGNORECASE | re.DOTALL,
)


def sanitise(text: Any) -> Any:
    """A text without what could run."""
    return DANGEROUS.sub("", text) if isinstance(text, str) else text


def language(code: str) -> str:
    """A language code in the usual case: de-at is de-AT, zh_hans is zh-Hans."""
    first, *rest = re.split("[-_]", code)
    parts = [part.upper() if len(part) in (2, 3) else part.title() if len(part) == 4 else part for part in rest]
    return "-".join([first.lower(), *parts])


class SurveyBase(Resource):
    """What surveys of all servers do with flags."""

    HIDDEN = ("linked_flag_id", "targeting_flag_id", "targeting_flag_filters", "remove_targeting_flag")
    extras: tuple[Extra, ...] = (Extra("activity", "activity", scope="activity_log:read"),)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        for question in data.get("questions") or []:
            if not isinstance(question, dict) or not question.get("question"):
                raise invalid("Question text is required", "questions")
        for name in ("linked_flag_id", "targeting_flag_id"):
            if data.get(name) is not None:
                own_flag(ctx, data[name])
        filters = data.get("targeting_flag_filters")
        if filters and reaches_everybody(filters):
            raise invalid(f"Invalid operation: {EVERYBODY}")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self.flags(ctx, row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self.flags(ctx, row, data)
        targeting = ctx.store.find("feature_flag", row.hidden.get("targeting"))
        if targeting is not None:
            targeting.data["active"] = self.live(row)

    @staticmethod
    def live(row: Row) -> bool:
        """Whether it was started and not ended."""
        return bool(row.get("start_date")) and not row.get("end_date")

    def flags(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """Link, create, change and drop the survey's flags."""
        if "linked_flag_id" in data:
            row.hidden["linked"] = data["linked_flag_id"]
            row.data.pop("linked_flag_id", None)
        if data.get("targeting_flag_id"):
            row.hidden["targeting"] = data["targeting_flag_id"]
        if data.get("targeting_flag_filters"):
            self.target(ctx, row, data["targeting_flag_filters"])
        if data.get("remove_targeting_flag"):
            drop_flag(ctx, row.hidden.pop("targeting", None))
        for name in self.HIDDEN:
            row.data.pop(name, None)

    def target(self, ctx: Context, row: Row, filters: dict[str, Any]) -> None:
        """Lay filters over those of the targeting flag, or make one."""
        current = ctx.store.find("feature_flag", row.hidden.get("targeting"))
        if current is not None:
            current.data["filters"] = {**current["filters"], **filters}
            return
        flag = make_flag(
            ctx,
            {
                "key": f"survey-targeting-{code_of(row['name'])}",
                "name": f"Targeting flag for survey {row['name']}",
                "active": bool(row.get("start_date")),
                "filters": filters,
            },
            "surveys",
            quiet=True,
        )
        flag.hidden["internal"] = True
        row.hidden.update(targeting=flag.pk, own=flag.pk)

    def deleting(self, ctx: Context, row: Row) -> None:
        drop_flag(ctx, row.hidden.get("own"))

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        for name, key in (("linked_flag", "linked"), ("targeting_flag", "targeting")):
            if name in self.table.keys:
                out[name] = minimal_flag(ctx, ctx.store.find("feature_flag", row.hidden.get(key)))
        if listing or "linked_flag_id" in self.table.keys:
            out["linked_flag_id"] = row.hidden.get("linked")
        return out

    def retrieve(self, ctx: Context, row: Row) -> Answer:
        return Answer({**self.present(ctx, row), "linked_flag_id": row.hidden.get("linked")})

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The history; the sandbox keeps none here."""
        self.row(ctx, pk)
        return Answer({"results": [], "next": None, "previous": None, "total_count": 0})


@behaviour("survey", "2024")
class Survey2024(SurveyBase):
    """Takes questions as they come; is started and stopped by its dates."""


@behaviour("survey", "current")
class Survey(SurveyBase):
    """Questions are typed and get ids; styling is paid for; an internal flag keeps those out who have answered."""

    extras: tuple[Extra, ...] = (
        Extra("activity", "activity", scope="activity_log:read"),
        Extra("stats", "stats", scope="survey:read"),
        Extra("launch", "launch", ("POST",), scope="survey:write"),
        Extra("stop", "stop", ("POST",), scope="survey:write"),
    )

    # ---- checks

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else None)

        if not data.get("targeting_flag_filters"):
            data.pop("targeting_flag_filters", None)
        if any(data.get(name) for name in self.HIDDEN[1:]):
            need_flag_scope(ctx)
        if data.get("questions") is not None:
            data["questions"] = [self.question(q, i, data["questions"]) for i, q in enumerate(data["questions"])]
        super().clean(ctx, data, row)
        if data.get("targeting_flag_filters"):
            try:
                data["targeting_flag_filters"] = check(
                    self.app.tables["feature_flag"].fields["filters"], data["targeting_flag_filters"]
                )
            except ApiError as exc:
                raise exc.under("targeting_flag_filters") from None
        if data.get("linked_insight_id") is not None:
            insight = ctx.store.find("insight", data["linked_insight_id"])
            if insight is None or insight.scope != ctx.project.pk:
                raise invalid("Insight with this ID does not exist", "linked_insight_id", "does_not_exist")
        self.conditions(ctx, data)
        self.appearance(ctx, data, row, value)
        if value("type") == "external_survey":
            self.external(data, value, row)
        self.iterations(data, row)
        self.sampling(data, row, value)
        if data.get("translations") is not None:
            data["translations"] = self.translations(data["translations"])
        return data

    def question(self, question: dict[str, Any], index: int, questions: list[Any]) -> dict[str, Any]:
        """One question as it is stored."""
        kind = question["type"]
        out = {**question, "id": question.get("id") or new_uuid()}
        for name in ("question", "description"):
            if name in out:
                out[name] = sanitise(out[name])
        link = out.get("link")
        if kind == "link" and link and not re.match(r"^(https://|mailto:)\S+", link):
            raise invalid("Link must be a URL to resource with one of these schemes [https, mailto]", "questions")
        if kind in CHOICE:
            choices = out.get("choices")
            if not isinstance(choices, list) or not 2 <= len(choices) <= 20:
                raise invalid("Question choices must be a list of 2 to 20 entries", "questions")
        branching = out.get("branching")
        if branching:
            if kind not in BRANCHING and branching["type"] == "response_based":
                raise invalid("Response based branching needs a rating or single choice question", "questions")
            if branching["type"] == "specific_question":
                target = branching.get("index")
                if not isinstance(target, int) or not 0 <= target < len(questions) or target == index:
                    raise invalid("Branching must lead to another question", "questions")
            if branching["type"] == "response_based" and not isinstance(branching.get("responseValues"), dict):
                raise invalid("Response based branching needs responseValues", "questions")
        for rule in out.get("validation") or []:
            if kind != "open":
                raise invalid("Validation is only possible on open questions", "questions")
            if rule.get("value") is not None and rule["value"] < 1:
                raise invalid("Validation values must be at least 1", "questions")
        if out.get("translations") is not None:
            out["translations"] = self.question_translations(out)
        return out

    def question_translations(self, question: dict[str, Any]) -> dict[str, Any]:
        """The translations of one question: known keys, as many choices as the question has."""
        field = next(f for f in self.table.fields["questions"].fields if f.name == "translations")
        out = {}
        for code, entry in question["translations"].items():
            kept = self.texts(field, entry, "questions")
            if "choices" in kept and len(kept["choices"]) != len(question.get("choices") or []):
                raise invalid("Translated choices must be as many as those of the question", "questions")
            if kept:
                out[language(code)] = kept
        return out

    def translations(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The translations of the survey itself."""
        field = self.table.fields["translations"]
        kept = {language(code): self.texts(field, entry, "translations") for code, entry in sent.items()}
        return {code: entry for code, entry in kept.items() if entry}

    @staticmethod
    def texts(field: Any, entry: Any, where: str) -> dict[str, Any]:
        """The known and filled keys of one language."""
        if not isinstance(entry, dict):
            raise invalid("Expected a dictionary of translations.", where, "not_a_dict")
        try:
            known = check_keys(field.fields, {k: v for k, v in entry.items() if v is not None}, "dropped")
        except ApiError as exc:
            raise exc.under(where) from None
        return {k: sanitise(v) for k, v in known.items() if v not in ("", [])}

    def conditions(self, ctx: Context, data: dict[str, Any]) -> None:
        """Waiting times, the variant of the linked flag, and actions, which must exist."""
        conditions = data.get("conditions") or {}
        if (conditions.get("seenSurveyWaitPeriodInDays") or 0) < 0:
            raise invalid("seenSurveyWaitPeriodInDays must be a positive integer", "conditions")
        variant = conditions.get("linkedFlagVariant")
        if variant:
            if not data.get("linked_flag_id"):
                raise invalid("linkedFlagVariant can only be used when a linked_flag_id is specified", "conditions")
            flag = own_flag(ctx, data["linked_flag_id"])
            known = [v["key"] for v in (flag["filters"].get("multivariate") or {}).get("variants") or []]
            if variant != "any" and variant not in known:
                raise invalid(f"Feature flag variant '{variant}' does not exist", "conditions")
        for item in (conditions.get("actions") or {}).get("values") or []:
            action = ctx.store.find("action", item["id"])
            if action is None or action.scope != ctx.project.pk or action.get("deleted"):
                raise invalid(f"Action with id {item['id']} does not exist", "conditions")

    def appearance(self, ctx: Context, data: dict[str, Any], row: Row | None, value: Any) -> None:
        """What is paid for, and shuffling against branching."""
        sent = data.get("appearance") or {}
        stored = (row.get("appearance") if row else None) or {}
        for name in ("thankYouMessageHeader", "thankYouMessageDescription"):
            if name in sent:
                sent[name] = sanitise(sent[name])
        if (sent.get("surveyPopupDelaySeconds") or 0) < 0:
            raise invalid("Survey popup delay seconds must be a positive integer", "appearance")
        if not ctx.seeding:
            features = ctx.store.has_feature
            if sent.get("whiteLabel") and not stored.get("whiteLabel"):
                if not features(ctx.organization.pk, "white_labelling"):
                    raise invalid("You need to upgrade to PostHog Enterprise to use white labelling", "appearance")
            changed = [name for name in sent if name in STYLING and sent[name] != stored.get(name)]
            if changed and not features(ctx.organization.pk, "surveys_styling"):
                raise invalid("You need to upgrade your plan to change the styling of surveys", "appearance")
        if (value("appearance") or {}).get("shuffleQuestions"):
            if any(question.get("branching") for question in value("questions") or []):
                raise invalid("Questions cannot be shuffled when one of them has branching", "appearance")

    @staticmethod
    def external(data: dict[str, Any], value: Any, row: Row | None) -> None:
        """An external survey is a page of its own: nothing decides where it shows."""
        if data.get("linked_flag_id") or (
            row is not None and "linked_flag_id" not in data and row.hidden.get("linked")
        ):
            raise invalid("External surveys cannot have a linked flag", "linked_flag_id")
        if data.get("targeting_flag_filters") or data.get("targeting_flag_id"):
            raise invalid("External surveys cannot have targeting", "targeting_flag_filters")
        for name in ON_PAGE:
            found = (value("conditions") or {}).get(name)
            if found and (not isinstance(found, dict) or found.get("values")):
                raise invalid(f"External surveys cannot have the condition {name}", "conditions")

    @staticmethod
    def iterations(data: dict[str, Any], row: Row | None) -> None:
        """How often a recurring survey repeats."""
        if (data.get("responses_limit") or 0) < 0:
            raise invalid("Ensure this value is greater than or equal to 0.", "responses_limit", "min_value")
        count, days = data.get("iteration_count"), data.get("iteration_frequency_days")
        if count is not None:
            if not 0 <= count <= 500:
                raise invalid("Number of iterations must be between 0 and 500", "iteration_count")
            current = row.get("current_iteration") if row else None
            if current and count < current:
                raise invalid(f"Cannot change survey recurrence to {count}, should be at least {current}")
        if days is not None and not 1 <= days <= 365:
            raise invalid("Iteration frequency must be between 1 and 365 days", "iteration_frequency_days")
        if "iteration_count" in data:
            data.setdefault("iteration_frequency_days", None)

    @staticmethod
    def sampling(data: dict[str, Any], row: Row | None, value: Any) -> None:
        """Limits on answers over time belong together."""
        start = data.get("response_sampling_start_date")
        if start and start != (row.get("response_sampling_start_date") if row else None):
            moment = parse_time(start)
            if moment and moment < datetime.now(UTC) - timedelta(days=1):
                raise invalid("Response sampling start date must be today or a future date")
        if (data.get("response_sampling_limit") or 0) > 0:
            if not value("response_sampling_start_date"):
                raise invalid("Response sampling start date is required")
            if not value("response_sampling_interval"):
                raise server_error()

    # ---- writing

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        super().fill(ctx, row, data)
        self.follow(ctx, row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        super().updated(ctx, row, data, before)
        self.follow(ctx, row, data)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        if isinstance(ctx.body, dict) and "conditions" not in ctx.body:
            # A PATCH that says nothing about conditions clears the linked actions.
            row.hidden["actions"] = []
        return super().update(ctx, row, partial)

    def follow(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """What follows from the stored values: linked actions, dates of iterations, the internal flag."""
        if "conditions" in data:
            conditions = dict(data["conditions"] or {})
            row.hidden["actions"] = [item["id"] for item in (conditions.get("actions") or {}).get("values") or []]
        count, days, start = row.get("iteration_count"), row.get("iteration_frequency_days"), row.get("start_date")
        if count and days:
            first = parse_time(start) or datetime.now(UTC)
            dates = [(first + timedelta(days=days * number)).isoformat() for number in range(count)]
            row.data["iteration_start_dates"] = [date.replace("+00:00", "Z") for date in dates]
            if start and not row.get("current_iteration"):
                row.data.update(current_iteration=1, current_iteration_start_date=row["iteration_start_dates"][0])
        elif "iteration_count" in data:
            row.data.update(iteration_start_dates=None, current_iteration=None, current_iteration_start_date=None)
        self.internal(ctx, row)

    def internal(self, ctx: Context, row: Row) -> None:
        """The flag that keeps out who has seen the survey; one that always shows has none."""
        number = row.hidden.get("internal")
        if row.get("schedule") == "always" or row["type"] in ("api", "external_survey"):
            drop_flag(ctx, row.hidden.pop("internal", None))
            return
        suffix = f"/{row['current_iteration']}" if row.get("current_iteration") else ""
        properties = [
            {
                "key": f"$survey_{what}/{row.pk}{suffix}",
                "type": "person",
                "operator": "is_not_set",
                "value": "is_not_set",
            }
            for what in ("dismissed", "responded")
        ]
        filters = {"groups": [{"properties": properties, "rollout_percentage": 100}]}
        flag = ctx.store.find("feature_flag", number)
        if flag is None:
            key = f"survey-targeting-{str(row.pk).replace('-', '')[-10:]}-custom"
            data = {"key": key, "name": f"Targeting flag for survey {row['name']}", "filters": filters}
            flag = make_flag(ctx, {**data, "active": self.live(row)}, "surveys", quiet=True)
            flag.hidden["internal"] = True
            row.hidden["internal"] = flag.pk
            return
        groups = flag["filters"]["groups"]
        flag.data["active"] = self.live(row)
        if [prop["key"] for prop in groups[0]["properties"]] != [prop["key"] for prop in properties]:
            change_flag(ctx, flag, {"filters": filters})

    def target(self, ctx: Context, row: Row, filters: dict[str, Any]) -> None:
        current = ctx.store.find("feature_flag", row.hidden.get("targeting"))
        if current is None:
            super().target(ctx, row, filters)
        else:
            change_flag(ctx, current, {"filters": filters})

    def deleting(self, ctx: Context, row: Row) -> None:
        for name in ("targeting", "internal", "own"):
            drop_flag(ctx, row.hidden.get(name))

    # ---- reading

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.arg("archived"):
            rows = [row for row in rows if bool(row.get("archived")) == ctx.flag("archived")]
        return rows

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        find = ctx.store.find
        internal = find("feature_flag", row.hidden.get("internal"))
        out["internal_targeting_flag"] = minimal_flag(ctx, internal)
        keys = []
        for name in ("linked", "targeting", "internal"):
            flag = find("feature_flag", row.hidden.get(name))
            label = "internal_targeting" if name == "internal" else name
            keys.append({"key": f"{label}_flag_key", "value": flag["key"] if flag else None})
        out["feature_flag_keys"] = keys
        conditions = row.get("conditions")
        if conditions is not None and "actions" in conditions:
            actions = self.app.resources["action"]
            found = [find("action", number) for number in row.hidden.get("actions", [])]
            shown = [actions.present(ctx, action) for action in found if action is not None]
            out["conditions"] = {**conditions, "actions": {**(conditions["actions"] or {}), "values": shown}}
        return out

    # ---- other routes

    def launch(self, ctx: Context, pk: str) -> Answer:
        """Start, or resume what was stopped."""
        row = self.row(ctx, pk)
        if self.live(row) or row.get("archived"):
            raise invalid("Survey is already running." if self.live(row) else "Survey is archived.")
        self.apply(ctx, row, {"start_date": row.get("start_date") or now(), "end_date": None})
        return Answer(self.present(ctx, row))

    def stop(self, ctx: Context, pk: str) -> Answer:
        """End."""
        row = self.row(ctx, pk)
        if not self.live(row):
            raise invalid("Survey is not running.")
        self.apply(ctx, row, {"end_date": now()})
        return Answer(self.present(ctx, row))

    def stats(self, ctx: Context, pk: str) -> Answer:
        """Answers so far: none."""
        row = self.row(ctx, pk)
        return Answer({"survey_id": row.pk, "start_date": row["start_date"], "end_date": row["end_date"], "stats": {}})


@behaviour("product_tour", "current")
class ProductTour(Resource):
    """Shows to those who have not seen it, by a hidden flag."""

    OWN = ("shown", "completed", "dismissed")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        content = data.get("content")
        if content is not None and not isinstance(content.get("steps", []), list):
            raise invalid("Steps must be a list", "content")
        if data.get("linked_flag_id") is not None:
            own_flag(ctx, data["linked_flag_id"])
        filters = data.get("targeting_flag_filters")
        if filters:
            need_flag_scope(ctx)
            try:
                data["targeting_flag_filters"] = check(self.app.tables["feature_flag"].fields["filters"], filters)
            except ApiError as exc:
                raise exc.under("targeting_flag_filters") from None
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self.follow(ctx, row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self.follow(ctx, row, data)

    def follow(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """Keep the hidden flag as the tour is."""
        if "targeting_flag_filters" in data:
            row.hidden["targeting"] = copy.deepcopy(data["targeting_flag_filters"]) or None
        own = [
            {"key": f"$product_tour_{what}/{row.pk}", "type": "person", "operator": "is_not_set", "value": "is_not_set"}
            for what in self.OWN
        ]
        groups = (row.hidden.get("targeting") or {}).get("groups") or [{"properties": [], "rollout_percentage": 100}]
        groups = [{**group, "properties": [*(group.get("properties") or []), *own]} for group in groups]
        active = bool(row.get("start_date")) and not row.get("end_date") and not row.get("archived")
        flag = ctx.store.find("feature_flag", row.hidden.get("flag"))
        if flag is None:
            key = f"product-tour-targeting-{code_of(row['name'])}-{str(row.pk)[-6:]}"
            name = f"Product tour: {row['name']}"
            flag = make_flag(
                ctx, {"key": key, "name": name, "filters": {"groups": groups}, "active": active}, "product_tours", True
            )
            flag.hidden["internal"] = True
            row.hidden["flag"] = flag.pk
            return
        flag.data["active"] = active
        if "targeting_flag_filters" in data:
            change_flag(ctx, flag, {"filters": {"groups": groups}})

    def deleting(self, ctx: Context, row: Row) -> None:
        drop_flag(ctx, row.hidden.get("flag"))

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        linked = ctx.store.find("feature_flag", row.get("linked_flag_id"))
        out["internal_targeting_flag"] = minimal_flag(ctx, ctx.store.find("feature_flag", row.hidden.get("flag")))
        out["feature_flag_key"] = linked["key"] if linked else None
        out["targeting_flag_filters"] = row.hidden.get("targeting")
        return out
