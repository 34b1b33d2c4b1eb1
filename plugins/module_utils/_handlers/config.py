# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Applying a whole configuration (M(community.posthog.posthog_config)).

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import json as jsonlib
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.ask import QUESTIONS
from ansible_collections.community.posthog.plugins.module_utils._bulk.hints import nearest_type
from ansible_collections.community.posthog.plugins.module_utils._bulk.plan_file import checked, differences, record
from ansible_collections.community.posthog.plugins.module_utils._bulk.plan_markdown import SMALLEST, plan_markdown
from ansible_collections.community.posthog.plugins.module_utils._bulk.project import Project
from ansible_collections.community.posthog.plugins.module_utils._bulk.purge import Purge
from ansible_collections.community.posthog.plugins.module_utils._bulk.result import (
    Result,
    outdated,
    refused,
    with_mistakes,
)
from ansible_collections.community.posthog.plugins.module_utils._bulk.review import Guard, Review, reached
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted, scopes_at_once
from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import IGNORE_CHANGES, ignored_by
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome, changes, with_layer
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP, UNDECLARED, Policy
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, concurrency_of
from ansible_collections.community.posthog.plugins.module_utils._handlers.locks import alone_in
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import RISKS
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: The sign of an action in the text of a plan.
SIGNS: t.Final = {"created": "+", "updated": "~", "deleted": "-"}

#: A longer text in the place of objects may be a whole file, so it is masked.
_LONG: t.Final = 100

#: Ansible's types of what a guard limits, where that is no whole number.
_GUARD_TYPES: t.Final = {"rollout_step": "float", "reach": "str"}

#: Longest value in the text of a plan.
_WIDE: t.Final = 160


class ConfigHandler(ModuleHandler):
    """Applies a configuration to one or several projects.

    :param handlers: the handlers of all resource types.
    """

    def __init__(self, handlers: t.Iterable[ResourceHandler]) -> None:
        super().__init__("posthog_config")
        self.handlers = {handler.table.plural: handler for handler in handlers}

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.spec`."""
        return {
            "argument_spec": {
                **connection_spec(),
                "config": {"type": "raw"},
                "src": {"type": "list", "elements": "path"},
                "overlays": {"type": "list", "elements": "path"},
                "purge": {"type": "list", "elements": "str"},
                "purge_scope": {"type": "str", "choices": ["marked", "all"], "default": "marked"},
                "max_deletions": {"type": "str", "default": "10"},
                "allow_empty": {"type": "bool", "default": False},
                "undeclared": {"type": "str", "choices": list(UNDECLARED), "default": KEEP.undeclared},
                "details": {"type": "bool", "default": True},
                "unknown_names": {"type": "str", "choices": ["warn", "error", "ignore"], "default": "warn"},
                "concurrency": {"type": "int", "default": 8},
                "report": {"type": "str", "choices": ["none", "markdown"], "default": "none"},
                "report_limit": {"type": "int", "default": 65000},
                "report_dest": {"type": "path"},
                "guard": {
                    "type": "dict",
                    "options": {option: {"type": _GUARD_TYPES.get(option, "int")} for option in RISKS.values()},
                },
                "offline": {"type": "bool", "default": False},
                "ask": {"type": "list", "elements": "str", "choices": list(QUESTIONS)},
                "ignore_changes": {"type": "dict"},
                "plan": {"type": "raw"},
                "plan_dest": {"type": "path"},
                "mistakes_dest": {"type": "path"},
                "fingerprint": {"type": "bool", "default": False},
                "confirm": {"type": "list", "elements": "str", "choices": list(RISKS)},
            },
            "required_one_of": [["config", "src"]],
            "supports_check_mode": True,
        }

    def secrets(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """See :meth:`ModuleHandler.secrets`."""
        return {text for handler, item in self._items(raw) for text in handler.secret_texts(item)}

    def suspected(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """See :meth:`ModuleHandler.suspected`."""
        found = {text for handler, item in self._items(raw) for text in handler.suspected(item)}
        for document in _documents(raw.get("config")):
            # A long text that is no item may contain secrets.
            for held in document.values() if isinstance(document, dict) else [document]:
                items = held if isinstance(held, list) else [held]
                found |= {item for item in items if isinstance(item, str) and len(item) > _LONG}
        return found

    def hidden(self, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.hidden`."""

        def item(handler: ResourceHandler | None, value: t.Any) -> t.Any:
            if isinstance(value, list):
                return [item(handler, inner) for inner in value]
            return handler.hidden(value) if handler is not None and isinstance(value, dict) else value

        def document(found: t.Any) -> t.Any:
            if isinstance(found, list):
                return [document(inner) for inner in found]
            if not isinstance(found, dict):
                return found
            return {key: item(self.handlers.get(key), value) for key, value in found.items()}

        return {**params, "config": document(params["config"])} if "config" in params else dict(params)

    def _items(self, raw: t.Mapping[str, t.Any]) -> t.Iterator[tuple[ResourceHandler, dict[str, t.Any]]]:
        """All declared items, each with the handler of its type."""
        for document in _documents(raw.get("config")):
            for key, value in document.items() if isinstance(document, dict) else ():
                handler = self.handlers.get(key)
                for item in (value if isinstance(value, list) else [value]) if handler is not None else ():
                    if handler is not None and isinstance(item, dict):
                        yield handler, item

    def offline(self, params: t.Mapping[str, t.Any]) -> bool:
        """See :meth:`ModuleHandler.offline`."""
        return bool(params.get("offline"))

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        for option in ("src", "overlays"):
            if raw.get(option):
                text = "is read on the controller, which this way of execution cannot; use config instead"
                raise InvalidInput([(option, text)])
        instead = {"report_dest": "report", "plan_dest": "fingerprint", "mistakes_dest": "the result"}
        for option, other in instead.items():
            if raw.get(option):
                text = f"is written on the controller, which this way of execution cannot; use {other} instead"
                raise InvalidInput([(option, text)])
        if isinstance(raw.get("plan"), str):
            text = "is read on the controller, which this way of execution cannot; give what the file holds"
            raise InvalidInput([("plan", text)])
        check_mode = session.check_mode
        problems: Problems = []
        policy = self._policy(params, check_mode, problems)
        purge = self._purge(params, problems)
        concurrency = self._concurrency(params, problems)
        guard = self._guard(params, problems)
        session.many = True
        adopted = {self.handlers[name].table.type for name in purge.types if name in self.handlers}
        adopts = frozenset(adopted) if not purge.everything else frozenset()
        session.policy = RunPolicy(check_mode=check_mode, marks=True, brief=True, adopts=adopts)
        session.keep_secret(self.secrets(raw))
        tasks = {plural: handler.task for plural, handler in self.handlers.items()}
        project = Project(
            session,
            tasks,
            concurrency=concurrency,
            policy=policy,
            progress=session.shared.report,
            ignored=ignored_paths(tasks, params.get(IGNORE_CHANGES) or {}, problems),
        )
        project.problems += problems
        project.read(_documents(raw.get("config")))
        try:
            project.order()
            if self.offline(params):
                return self._validated(project, purge)
            with alone_in(session, [] if check_mode else project.target_ids()):
                result = project.plan(purge, str(params.get("unknown_names") or "warn"))
                project.ask(params.get("ask") or ())
                review = Review(result, session.client.rate_limit)
                reviewed = self._reviewed(review, result, params)
                for path, text in project.unknown:
                    session.warn(f"{path}: {text}")
                for table, fields in sorted(session.shared.unread.items()):
                    rest = ", ".join(sorted(fields))
                    session.warn(f"details: of {table} only what lists show was compared, without {rest}")
                self._hold_to_plan(session, project, result, params, reviewed)
                if check_mode:
                    for text in review.warnings(guard):
                        session.warn(text)
                elif refusals := review.refusals(guard):
                    raise refused(refusals, reviewed)
                else:
                    # The run reads the objects again; it does not use the predicted ones.
                    result = project.apply()
        except PostHogFailure as exc:
            raise with_mistakes(exc, project.problems) from exc.__cause__
        finally:
            session.policy = RunPolicy(check_mode=check_mode)
            session.client.threads.ended = None
        return {**self._result(result, check_mode, review.cost_sentence() if check_mode else ""), **reviewed}

    @staticmethod
    def _hold_to_plan(
        session: Session,
        project: Project,
        result: Result,
        params: t.Mapping[str, t.Any],
        reviewed: dict[str, t.Any],
    ) -> None:
        """Keep the plan if that is asked for, and refuse what a reviewed one does not say."""
        host = session.client.connection.host
        kept = params.get("plan")
        if params.get("fingerprint"):
            reviewed["plan_file"] = record(result, host, project.target_ids())
        if kept is not None:
            problems = differences(result, checked(kept, host, project.target_ids()))
            if problems:
                raise outdated(problems, reviewed)

    @staticmethod
    def _validated(project: Project, purge: Purge) -> dict[str, t.Any]:
        """The result of a check without PostHog."""
        numbers = project.validate(purge)
        return {
            "changed": False,
            "msg": f"{counted(sum(numbers.values()), 'object')} checked without PostHog, no mistake found",
            "checked": numbers,
            "scopes": project.scopes(),
        }

    @staticmethod
    def _reviewed(review: Review, result: Result, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The plan, as the result tells it."""
        reviewed: dict[str, t.Any] = {"plan": review.entries(), "cost": review.cost()}
        if params.get("report") == "markdown":
            limit = int(params.get("report_limit") or 65000)
            reviewed["plan_markdown"] = plan_markdown(reviewed["plan"], result.counts, review.cost_sentence(), limit)
        return reviewed

    @staticmethod
    def _guard(params: t.Mapping[str, t.Any], problems: Problems) -> Guard:
        given = params.get("guard") or {}
        texts = {kind: str(given[option]).strip() for kind, option in RISKS.items() if given.get(option) is not None}
        percent = frozenset(kind for kind, text in texts.items() if text.endswith("%"))
        limits: dict[str, float] = {}
        for kind, text in texts.items():
            if re.fullmatch(r"-?\d+(\.\d+)? ?%?", text):
                limits[kind] = float(text.rstrip("% "))
            else:
                problems.append((f"guard.{RISKS[kind]}", f"takes a number or a percentage such as 20%, not {text!r}"))
        if "reach" in texts and "reach" not in (params.get("ask") or ()):
            problems.append(("guard.reach", "needs ask: [reach], since only PostHog knows whom a flag reaches"))
        problems += [(f"guard.{RISKS[kind]}", "must not be below 0") for kind, limit in limits.items() if limit < 0]
        size = params.get("report_limit")
        if size is not None and size < SMALLEST:
            problems.append(("report_limit", f"must be at least {SMALLEST}, not {size}"))
        return Guard(limits, frozenset(params.get("confirm") or ()), percent)

    @staticmethod
    def _policy(params: t.Mapping[str, t.Any], check_mode: bool, problems: Problems) -> Policy:
        details = params.get("details")
        if details is False and not check_mode:
            text = "is for check mode only: what would be written must be compared with all of the object"
            problems.append(("details", f"false {text}"))
        return Policy(str(params.get("undeclared") or KEEP.undeclared), details is not False)

    @staticmethod
    def _concurrency(params: t.Mapping[str, t.Any], problems: Problems) -> int:
        try:
            return concurrency_of(params)
        except InvalidInput as exc:
            problems += exc.problems
            return 1

    @staticmethod
    def _purge(params: t.Mapping[str, t.Any], problems: Problems) -> Purge:
        limit = str(params.get("max_deletions") if params.get("max_deletions") is not None else "10").strip()
        if not re.fullmatch(r"\d+ ?%?", limit):
            problems.append(("max_deletions", f"takes a number or a percentage such as 20%, not {limit!r}"))
            limit = "0"
        return Purge(
            types=tuple(params.get("purge") or ()),
            everything=params.get("purge_scope") == "all",
            limit=int(limit.rstrip("% ")),
            percent=limit.endswith("%"),
            allow_empty=bool(params.get("allow_empty")),
        )

    @staticmethod
    def _result(result: Result, check_mode: bool, cost: str = "") -> dict[str, t.Any]:
        counts = result.counts
        changed = bool(counts["created"] or counts["updated"] or counts["deleted"] or result.begun)
        out: dict[str, t.Any] = {
            "changed": changed,
            "msg": ("Plan: " if check_mode else "") + result.summary,
            "counts": counts,
            "objects": result.entries,
            "diff": {"prepared": plan_text(result) + (f"{cost}\n" if cost and changed else "")},
        }
        if counts["failed"]:
            failed = [entry for entry in result.entries if entry["action"] == "failed"]
            lines = "\n".join(f"- {entry['type']} {entry['name']!r}: {entry['msg']}" for entry in failed)
            out["failed"] = True
            out["mistakes"] = result.mistakes
            out["msg"] = f"{result.summary}; running it again goes on from here.\n{lines}"
            out["msg"] += scopes_at_once(str(entry["msg"]) for entry in failed)
        return out


def ignored_paths(
    tasks: t.Mapping[str, ResourceTask], given: t.Mapping[str, t.Any], problems: Problems
) -> dict[str, list[str]]:
    """What no item of a type is compared by or changed in.

    :param tasks: the tasks of each type, by its plural name.
    :param given: the option: paths by type.
    :param problems: collects what is wrong.
    :returns: the paths by plural type.
    """
    found: dict[str, list[str]] = {}
    for plural, paths in given.items():
        where = f"{IGNORE_CHANGES}.{plural}"
        if plural not in tasks:
            problems.append((where, f"is no type{nearest_type(str(plural), tasks)}"))
        else:
            found[plural] = ignored_by(tasks[plural].table, paths, where, problems)
    return found


def _documents(config: t.Any) -> list[t.Any]:
    """The documents of a configuration: one, or a list of them."""
    if config is None:
        return []
    return config if isinstance(config, list) else [config]


def plan_text(result: Result) -> str:
    """The changes of a plan or a run as text.

    :param result: what became of all objects.
    :returns: lines; one block for each object.
    """
    lines: list[str] = []
    for name, outcome in result.outcomes:
        sign = SIGNS.get(outcome.action)
        if sign is None:
            continue
        lines.append(f"{sign} {outcome.label or outcome.resource.label(name)}")
        lines += [f"    {line}" for line in _details(outcome)]
        lines += [f"    {item['path']}: {reached(item)}" for item in outcome.reach]
    for entry in result.entries:
        if entry["action"] in ("failed", "skipped"):
            lines.append(f"! {entry['type'].replace('_', ' ')} {entry['name']!r} {entry['action']}: {entry['msg']}")
    counts = result.counts
    lines.append(
        f"{counts['created']} to create, {counts['updated']} to change, {counts['deleted']} to delete, "
        f"{counts['unchanged']} unchanged."
        if not counts["failed"]
        else result.summary
    )
    return "\n".join(lines) + "\n"


def _details(outcome: Outcome) -> t.Iterator[str]:
    """The fields of an object that are set or changed."""
    if outcome.action == "created":
        for key, value in outcome.after.items():
            yield f"{key}: {_inline(value)}{_layer(with_layer(outcome, {'path': key}))}"
    elif outcome.action == "updated":
        for change in changes(outcome):
            before, after = _inline(change["before"]), _inline(change["after"])
            reason = " (not declared, so PostHog's default)" if change.get("undeclared") else _layer(change)
            yield f"{change['path']}: {before} -> {after}{reason}"


def _layer(change: t.Mapping[str, t.Any]) -> str:
    """The overlay that a value is from, for the end of its line."""
    return f" (from {change['layer']})" if change.get("layer") else ""


def _inline(value: t.Any) -> str:
    """A value on one line, shortened if it is too long."""
    text = jsonlib.dumps(value, ensure_ascii=False, sort_keys=False, default=str)
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}… ({len(text)} characters)"
