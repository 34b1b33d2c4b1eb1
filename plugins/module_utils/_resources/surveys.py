# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Surveys and product tours.

Private to this collection: it may change without notice. Facts: API.md chapter 5, survey, product_tour.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, ids_of
from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    ACTION,
    FLAG,
    INSIGHT,
    OPERATORS,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.feature_flags import FILTERS, FlagFilters
from ansible_collections.community.posthog.plugins.module_utils._resources.lifecycle import Dated, dates_fit
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Listing, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    KindOf,
    ListOf,
    Map,
    Open,
    Reference,
    Text,
    Time,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

Values = t.Mapping[str, t.Any]
Found = t.Iterator[tuple[str, str]]

# -- languages -------------------------------------------------------------------------------------------------------


def language(code: str) -> str:
    """A language code in the form in which two are compared: some servers keep codes in lower case.

    :param code: for example C(de_at).
    :returns: for example C(de-AT).
    """
    first, *rest = re.split("[-_]", code.strip())
    parts = [part.title() if len(part) == 4 else part.upper() if len(part) <= 3 else part for part in rest]
    return "-".join([first.lower(), *parts])


def _language(code: t.Any) -> t.Any:
    return language(code) if isinstance(code, str) else code


def _some_texts(translations: t.Any) -> t.Any:
    """Translations without the empty ones, which PostHog drops."""
    if not isinstance(translations, dict):
        return translations
    return {code: texts for code, texts in translations.items() if texts not in ({}, None)}


def _no_empty_languages(options: dict[str, t.Any], problems: Problems) -> None:
    if "translations" in options:
        options["translations"] = _some_texts(options["translations"])
    questions = options.get("questions")
    if isinstance(questions, list):
        options["questions"] = [
            {**item, "translations": _some_texts(item["translations"])}
            if isinstance(item, dict) and "translations" in item
            else item
            for item in questions
        ]


# -- questions -------------------------------------------------------------------------------------------------------

#: What has choices, what may branch.
_CHOICES = ("single_choice", "multiple_choice")

#: Whose answers can decide where to go next; to a fixed question, or to the end, goes every type.
_ANSWERS_LEAD = ("rating", "single_choice")

_MATCHES = ("regex", "not_regex", "exact", "is_not", "icontains", "not_icontains")


def _texts(*names: str) -> list[Field]:
    """Texts in which PostHog cleans up the markup."""
    return [Text(name, null_as="", html=True) for name in names]


QUESTION = Document(
    "question",
    [
        # Answers are kept under it, so it stays with the question that it belongs to.
        Text("id", preserved=True),
        KindOf("type", ["open", "link", "rating", "single_choice", "multiple_choice"]),
        Text("question", required=True, html=True),
        *_texts("description"),
        Choice("descriptionContentType", ["text", "html"], null_as="text"),
        Bool("optional", null_as=False),
        Text("buttonText", null_as=""),
        Text("link", null_as=""),
        Choice("display", ["number", "emoji"], nullable=True),
        Int("scale", nullable=True),
        Text("lowerBoundLabel", null_as=""),
        Text("upperBoundLabel", null_as=""),
        Bool("isNpsQuestion", null_as=False),
        ListOf("choices", Text("choice"), null_as=[]),
        Bool("shuffleOptions", null_as=False),
        Bool("hasOpenChoice", null_as=False),
        # The browser's: an answer is sent as soon as it is chosen.
        Bool("skipSubmitButton", null_as=False, stays=True),
        Document(
            "branching",
            [
                KindOf("type", ["next_question", "end", "specific_question", "response_based"]),
                Int("index", nullable=True, minimum=0),
                Map("responseValues", Anything("target"), nullable=True),
            ],
            nullable=True,
        ),
        ListOf(
            "validation",
            Document(
                "rule",
                [
                    KindOf("type", ["min_length", "max_length", "email"]),
                    Int("value", nullable=True, minimum=1),
                ],
            ),
            null_as=[],
        ),
        Map(
            "translations",
            Document(
                "translation",
                [
                    *_texts("question", "description"),
                    Text("buttonText", null_as=""),
                    Text("lowerBoundLabel", null_as=""),
                    Text("upperBoundLabel", null_as=""),
                    Text("link", null_as=""),
                    ListOf("choices", Text("choice"), null_as=[]),
                ],
            ),
            keys=language,
            null_as={},
        ),
    ],
    item_keys=("type", "question"),
    match_keys=("type",),
    newer=True,
)

# -- where and how it shows -------------------------------------------------------------------------------------------


def _conditions_written(conditions: t.Any) -> t.Any:
    """Conditions as they are written: PostHog shows whole actions where it takes their ids."""
    values = dig(conditions, "actions.values") if isinstance(conditions, dict) else None
    if not isinstance(values, list):
        return conditions
    given = [{"id": item["id"]} if isinstance(item, dict) and "id" in item else item for item in values]
    return {**conditions, "actions": {**conditions["actions"], "values": given}}


_EVENT = Document(
    "event",
    [
        Text("name", required=True),
        Map(
            "propertyFilters",
            Document(
                "filter",
                [
                    ListOf("values", Anything("value"), required=True),
                    Choice("operator", OPERATORS, required=True, newer=True),
                ],
                newer=True,
            ),
            null_as={},
        ),
    ],
    newer=True,
)

CONDITIONS = Document(
    "conditions",
    [
        Text("url", null_as="", null_is="every page; write an empty text for that"),
        Choice("urlMatchType", _MATCHES, nullable=True),
        Text("selector", null_as="", null_is="every page; write an empty text for that"),
        Int("seenSurveyWaitPeriodInDays", nullable=True, minimum=0),
        Document(
            "events",
            [Bool("repeatedActivation", null_as=False), ListOf("values", _EVENT, null_as=[])],
            null_as={},
            null_is="without waiting for an event; write {} for that",
            newer=True,
        ),
        # Events that take a survey away again.
        Document("cancelEvents", [ListOf("values", _EVENT, null_as=[])], null_as={}, newer=True),
        Document(
            "actions",
            [ListOf("values", Document("action", [Anything("id", required=True)]), null_as=[])],
            null_as={},
            null_is="without waiting for an action; write {} for that",
        ),
        ListOf(
            "deviceTypes",
            Choice("type", ["Desktop", "Mobile", "Tablet"]),
            unordered=True,
            null_as=[],
            null_is="every device; write [] for that",
        ),
        Choice("deviceTypesMatchType", _MATCHES, nullable=True),
        Text("linkedFlagVariant", null_as="", null_is="every variant; write an empty text for that"),
    ],
    nullable=True,
    null_is="everybody, on every page; write {} for that",
    whole=True,
    newer=True,
    reading=_conditions_written,
    refs=(NestedRef({}, "id", ACTION, within="actions.values"),),
)

#: What decides where on a page a survey shows; one that is a page of its own has none of it.
_ON_PAGE = ("url", "selector", "events", "actions", "deviceTypes", "linkedFlagVariant")

APPEARANCE = Document(
    "appearance",
    [
        *(
            Text(name, null_as="")
            for name in (
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
                "submitButtonText",
                "descriptionTextColor",
                "placeholder",
                "fontFamily",
                "maxWidth",
                "boxPadding",
                "boxShadow",
                "borderRadius",
                "zIndex",
                "disabledButtonOpacity",
                "position",
                "tabPosition",
            )
        ),
        # What the browser's form writes although hardly anybody declares it.
        *(
            Text(name, null_as="", stays=True)
            for name in ("backButtonText", "scrollbarThumbColor", "scrollbarTrackColor")
        ),
        Bool("allowGoBack", null_as=False, stays=True),
        Bool("hideCancelButton", null_as=False, stays=True),
        Bool("whiteLabel", null_as=False),
        Bool("autoDisappear", null_as=False),
        Bool("displayThankYouMessage", nullable=True),
        *_texts("thankYouMessageHeader", "thankYouMessageDescription"),
        Choice("thankYouMessageDescriptionContentType", ["html", "text"], nullable=True),
        Text("thankYouMessageCloseButtonText", null_as=""),
        Bool("shuffleQuestions", null_as=False),
        Int("surveyPopupDelaySeconds", nullable=True, minimum=0),
        Choice("widgetType", ["button", "tab", "selector"], nullable=True),
        Text("widgetSelector", null_as=""),
        Text("widgetLabel", null_as=""),
        Text("widgetColor", null_as=""),
    ],
    nullable=True,
    whole=True,
    newer=True,
)


@dataclass(frozen=True)
class Targeting(FlagFilters):
    """Conditions on persons, of which an empty dictionary says that there are none."""

    def parse_value(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        return None if value == {} else super().parse_value(value, path, problems)


def targeting(name: str, **more: t.Any) -> Field:
    """Conditions on persons, in the form of a flag's filters.

    :param name: the field.
    :param more: see :class:`Field`.
    :returns: the field.
    """
    more.setdefault("reading", FILTERS.reading)
    null = "everybody; write {} for that"
    return Targeting(name, "document", fields=FILTERS.fields, nullable=True, null_is=null, refs=FILTERS.refs, **more)


# -- rules -----------------------------------------------------------------------------------------------------------


def _questions_fit(values: Values) -> Found:
    """What a question of one type needs, and what it cannot have."""
    questions = values.get("questions") or []
    for index, question in enumerate(questions):
        where = f"questions[{index}]"
        if QUESTION.unknown_kind(question) is not None:
            continue
        kind, choices = question["type"], question.get("choices")
        if kind in _CHOICES and not 2 <= len(choices or []) <= 20:
            yield f"{where}.choices", f"a question of the type {kind} has 2 to 20 choices, not {len(choices or [])}"
        if kind in _CHOICES and any(not choice.strip() for choice in choices or []):
            yield f"{where}.choices", "must not be empty texts"
        link = question.get("link")
        if kind == "link" and link and not link.startswith(("https://", "mailto:")):
            yield f"{where}.link", f"takes an address that begins with https:// or mailto:, not {link!r}"
        if question.get("validation") and kind != "open":
            yield f"{where}.validation", "only questions of the type open have it"
        for code, texts in (question.get("translations") or {}).items():
            given = texts.get("choices")
            if given and len(given) != len(choices or []):
                yield (
                    f"{where}.translations.{code}.choices",
                    f"there are {len(given)} for the {len(choices or [])} choices of the question",
                )
        yield from _branching_fits(question, f"{where}.branching", len(questions), index)


def _branching_fits(question: Values, where: str, number: int, own: int) -> Found:
    branching = question.get("branching")
    if not branching:
        return
    kind, index, targets = branching["type"], branching.get("index"), branching.get("responseValues")
    if kind == "response_based" and question["type"] not in _ANSWERS_LEAD:
        yield f"{where}.type", f"only answers to questions of the types {' and '.join(_ANSWERS_LEAD)} lead somewhere"
    if kind == "specific_question" and index is None:
        yield f"{where}.index", "is missing, which the type specific_question needs"
    if index is not None and (index >= number or index == own):
        what = "the question itself" if index == own else f"none; there are {number}, and the first has the index 0"
        yield f"{where}.index", f"{index} is {what}"
    if kind == "response_based" and not targets:
        yield f"{where}.responseValues", "is missing, which the type response_based needs"
    for answer, target in (targets or {}).items():
        if target != "end" and (isinstance(target, bool) or not isinstance(target, int) or not 0 <= target < number):
            yield (
                f"{where}.responseValues.{answer}",
                f"takes the index of a question (0 to {number - 1}) or end, not {target!r}",
            )


def _targets_some(values: Values) -> Found:
    """PostHog refuses conditions that everybody meets, and ignores empty ones."""
    filters = values.get("targeting_flag_filters")
    if filters is None:
        return
    where = "targeting_flag_filters"
    if values.get("targeting_flag") is not None:
        yield where, "are the conditions of a flag of the survey's own; give them or a targeting_flag"
    groups = filters.get("groups")
    if not groups:
        yield f"{where}.groups", "must hold a set of conditions; targeting_flag_filters: {} removes the targeting"
    for index, group in enumerate(groups or []):
        if not group.get("properties") and group.get("rollout_percentage", 100) == 100:
            yield (
                f"{where}.groups[{index}]",
                "is everybody, so it targets nobody in particular; targeting_flag_filters: {} shows it to everybody",
            )


def _shuffled_has_no_branches(session: Lookup, values: Values, current: Values | None) -> Found:
    def value(name: str) -> t.Any:
        return values[name] if name in values else (current or {}).get(name)

    if not dig(value("appearance"), "shuffleQuestions"):
        return
    for index, question in enumerate(value("questions") or []):
        if isinstance(question, dict) and question.get("branching"):
            given = "appearance" if "questions" not in values else "questions"
            where = "appearance.shuffleQuestions" if given == "appearance" else f"questions[{index}].branching"
            yield where, "questions cannot be shuffled where one of them has branching"
            return


def _external_is_a_page(session: Lookup, values: Values, current: Values | None) -> Found:
    """A survey that is a page of its own shows wherever somebody opens it."""
    if values.get("type", (current or {}).get("type")) != "external_survey":
        return
    for name in ("linked_flag", "targeting_flag", "targeting_flag_filters"):
        if values.get(name) is not None:
            yield name, "a survey of the type external_survey cannot have it"
    for name in _ON_PAGE:
        value = (values.get("conditions") or {}).get(name)
        if value and (not isinstance(value, dict) or value.get("values")):
            yield f"conditions.{name}", "a survey of the type external_survey cannot have it"


def _variant_of_a_flag(session: Lookup, values: Values, current: Values | None) -> Found:
    variant = (values.get("conditions") or {}).get("linkedFlagVariant")
    linked = values["linked_flag"] if "linked_flag" in values else dig(current or {}, "linked_flag")
    if variant and linked is None:
        yield "conditions.linkedFlagVariant", "needs a linked_flag"


def _no_iteration_undone(session: Lookup, values: Values, current: Values | None) -> Found:
    count, reached = values.get("iteration_count"), (current or {}).get("current_iteration")
    if count is not None and reached and count < reached:
        yield "iteration_count", f"cannot be less than {reached}, the iteration that the survey is in"


def _sampling_complete(session: Lookup, values: Values, current: Values | None) -> Found:
    def value(name: str) -> t.Any:
        return values[name] if name in values else (current or {}).get(name)

    if not value("response_sampling_limit"):
        return
    for name in ("response_sampling_start_date", "response_sampling_interval", "response_sampling_interval_type"):
        if not value(name):
            yield name, "is needed where there is a response_sampling_limit"


def _white_label_paid(session: Lookup, values: Values, current: Values | None) -> Found:
    """Hiding PostHog's name depends on the plan; where it is hidden already it may stay so."""
    wanted = (values.get("appearance") or {}).get("whiteLabel")
    if not wanted or dig(current or {}, "appearance.whiteLabel"):
        return
    features = session.features()
    if features is not None and "white_labelling" not in features:
        yield "appearance.whiteLabel", "needs the plan feature 'white_labelling', which this organization lacks"


# -- surveys ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SurveyEndpoint(Endpoint):
    """What a survey's body says is understood only with other parts of it."""

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        return super().create(collection, {key: value for key, value in body.items() if not self._removes(key, value)})

    def update(self, collection: ObjectList, current: Values, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        given = {key: value for key, value in body.items() if not self._removes(key, value)}
        if len(given) < len(body):
            # PostHog ignores a null there.
            given["remove_targeting_flag"] = True
        if dig(given.get("conditions"), "linkedFlagVariant") and "linked_flag_id" not in given:
            given["linked_flag_id"] = ids_of()(current.get("linked_flag"))
        return super().update(collection, current, given)

    @staticmethod
    def _removes(key: str, value: t.Any) -> bool:
        return key == "targeting_flag_filters" and value is None


SURVEY = Resource(
    type="survey",
    plural="surveys",
    scope=Scope.PROJECT,
    path="surveys/",
    identity=Identity("name", ("name",), unique=True, filter="search", fuzzy=True),
    scopes=("survey:read", "survey:write"),
    more_scopes=(("targeting_flag_filters", "feature_flag:write"),),
    order=48,
    endpoint=SurveyEndpoint(),
    # Whether the list hides archived ones is not known of every server.
    listing=Listing(hidden_params={"archived": "true"}),
    prepare=_no_empty_languages,
    # A PATCH without them clears the linked actions.
    always_send=("conditions",),
    send_together=(
        ("iteration_count", "iteration_frequency_days"),
        (
            "response_sampling_start_date",
            "response_sampling_interval_type",
            "response_sampling_interval",
            "response_sampling_limit",
        ),
    ),
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", null_as=""),
        Choice("type", ["popover", "widget", "external_survey", "api"], required=True),
        Choice("schedule", ["once", "recurring", "always"], nullable=True, since="2025"),
        Reference(
            "linked_flag",
            Ref("feature_flag", name_at="linked_flag.key"),
            api="linked_flag_id",
            read=("linked_flag", "linked_flag_id"),
            reading=ids_of(),
            aliases=("linked_flag_id",),
            nullable=True,
        ),
        Reference(
            "linked_insight",
            INSIGHT,
            api="linked_insight_id",
            read=("linked_insight_id", "linked_insight"),
            reading=ids_of(),
            aliases=("linked_insight_id",),
            nullable=True,
            since="2026",
        ),
        # Not to be cleared: PostHog would delete the flag, which may be somebody else's.
        Text(
            "targeting_flag",
            ref=Ref("feature_flag", name_at="targeting_flag.key"),
            api="targeting_flag_id",
            read=("targeting_flag",),
            reading=ids_of(),
            aliases=("targeting_flag_id",),
            # By now it is the survey's own, and its conditions say all of it.
            exported=False,
        ),
        targeting("targeting_flag_filters", read=("targeting_flag.filters",), sparse=True),
        ListOf("questions", QUESTION, null_as=[]),
        CONDITIONS,
        APPEARANCE,
        Time("start_date", nullable=True, relative=True),
        Time("end_date", nullable=True, relative=True),
        Bool("archived", default=False),
        Int("responses_limit", nullable=True),
        Int("iteration_count", nullable=True, minimum=0, maximum=500, since="2025"),
        Int("iteration_frequency_days", nullable=True, minimum=1, maximum=365, since="2025"),
        Time("response_sampling_start_date", nullable=True, relative=True, since="2025"),
        Choice("response_sampling_interval_type", ["day", "week", "month"], nullable=True, since="2025"),
        Int("response_sampling_interval", nullable=True, since="2025"),
        Int("response_sampling_limit", nullable=True, since="2025"),
        Open("response_sampling_daily_limits", nullable=True, since="2025"),
        Bool("enable_partial_responses", nullable=True, null_as=False, since="2025"),
        Bool("enable_iframe_embedding", since="2026"),
        Text("base_language", null_as="en", normalize=_language, since="2026"),
        Map(
            "translations",
            Document(
                "translation",
                [
                    *_texts("name", "description", "thankYouMessageHeader", "thankYouMessageDescription"),
                    Text("thankYouMessageCloseButtonText", null_as=""),
                ],
            ),
            keys=language,
            null_as={},
            since="2026",
        ),
        Open("form_content", nullable=True, since="2026"),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
    parts=(Dated("survey", {"launch": "launch", "stop": "stop"}),),
    checks=(dates_fit, _questions_fit, _targets_some),
    guards=(
        _shuffled_has_no_branches,
        _external_is_a_page,
        _variant_of_a_flag,
        _no_iteration_undone,
        _sampling_complete,
        _white_label_paid,
    ),
)

# -- product tours ---------------------------------------------------------------------------------------------------


def _steps_listed(values: Values) -> Found:
    steps = dig(values.get("content"), "steps")
    if steps is not None and not isinstance(steps, list):
        yield "content.steps", "takes a list"


PRODUCT_TOUR = Resource(
    type="product_tour",
    plural="product_tours",
    scope=Scope.PROJECT,
    path="product_tours/",
    identity=Identity("name", ("name",)),
    scopes=("product_tour:read", "product_tour:write"),
    more_scopes=(("targeting_flag_filters", "feature_flag:write"),),
    order=33,
    since="2026",
    fields=(
        Text("name", required=True),
        Text("description", null_as=""),
        Open("content", required=True),
        Bool("auto_launch"),
        Time("start_date", nullable=True, relative=True),
        Time("end_date", nullable=True, relative=True),
        Bool("archived", default=False),
        Reference(
            "linked_flag",
            FLAG,
            api="linked_flag_id",
            read=("linked_flag_id", "linked_flag"),
            reading=ids_of(),
            aliases=("linked_flag_id",),
            nullable=True,
            since="2026",
        ),
        targeting("targeting_flag_filters"),
    ),
    parts=(Dated("product tour"),),
    checks=(dates_fit, _steps_listed),
)
