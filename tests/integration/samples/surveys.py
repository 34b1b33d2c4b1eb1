# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surveys and product tours."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def linked(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """A flag, which is shown whole."""
    found = obj.get("linked_flag")
    # A predicted object has its id alone.
    good = found in (names.get(value), value) if not isinstance(found, dict) else found["key"] == value
    return None if good else f"linked_flag is {found!r}, declared was {value!r}"


def targeted(filters: t.Any) -> dict[str, t.Any]:
    """Filters with conditions that not everybody meets."""
    return {"groups": [{"properties": [{"key": "plan", "type": "person", "value": filters}]}]}


def around(server: SandboxServer) -> dict[str, t.Any]:
    """Flags, an insight, actions and a cohort."""
    staff = [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}]
    people = {"properties": {"type": "AND", "values": [{"type": "AND", "values": staff}]}}
    variants = [{"key": "blue", "rollout_percentage": 50}, {"key": "green", "rollout_percentage": 50}]
    flag = {"groups": [{"properties": [], "rollout_percentage": 100}], "multivariate": {"variants": variants}}
    query = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": []}}
    api = server.api
    made = {
        "Staff": api("POST", "cohorts/", {"name": "Staff", "filters": people})["id"],
        "new-shell": api("POST", "feature_flags/", {"key": "new-shell", "filters": flag})["id"],
        "old-shell": api("POST", "feature_flags/", {"key": "old-shell", "filters": flag})["id"],
        "Answers": api("POST", "insights/", {"name": "Answers", "query": query})["id"],
        "Signups": api("POST", "insights/", {"name": "Signups", "query": query})["id"],
        "Ordered": api("POST", "actions/", {"name": "Ordered", "steps": [{"event": "order"}]})["id"],
        "Returned": api("POST", "actions/", {"name": "Returned", "steps": [{"event": "return"}]})["id"],
    }
    ids = {"{{ shell }}": made["new-shell"], "{{ ordered }}": made["Ordered"], "{{ returned }}": made["Returned"]}
    return {**made, **ids}


QUESTIONS: list[dict[str, t.Any]] = [
    {
        "id": "01900000-0000-7000-8000-00000000000a",
        "type": "rating",
        "question": "How likely are you to recommend us?",
        "description": "<b>Be</b> honest",
        "descriptionContentType": "html",
        "optional": True,
        "buttonText": "Next",
        "display": "number",
        "scale": 10,
        "lowerBoundLabel": "Not likely",
        "upperBoundLabel": "Very likely",
        "isNpsQuestion": True,
        "branching": {"type": "response_based", "responseValues": {"detractors": 1, "promoters": "end"}},
        "translations": {
            "de-at": {
                "question": "Empfehlen Sie uns?",
                "description": "Ehrlich",
                "buttonText": "Weiter",
                "lowerBoundLabel": "Nein",
                "upperBoundLabel": "Ja",
            }
        },
    },
    {
        "type": "open",
        "question": "Why?",
        "validation": [{"type": "min_length", "value": 10}, {"type": "email"}],
    },
    {
        "type": "multiple_choice",
        "question": "What do you use?",
        "choices": ["Flags", "Insights", "Other"],
        "shuffleOptions": True,
        "hasOpenChoice": True,
        "skipSubmitButton": True,
        "translations": {"fr": {"choices": ["Drapeaux", "Analyses", "Autre"], "link": "https://acme.test/fr"}},
    },
    {"type": "link", "question": "Read on", "link": "https://acme.test"},
    {
        "type": "single_choice",
        "question": "Again?",
        "choices": ["Yes", "No"],
        "branching": {"type": "specific_question", "index": 0},
    },
]

COLOURS = (
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
    "widgetColor",
)

APPEARANCE: dict[str, t.Any] = {
    **dict.fromkeys(COLOURS, "#00aaff"),
    "submitButtonText": "Send",
    "placeholder": "Write here",
    "fontFamily": "system-ui",
    "maxWidth": "400px",
    "boxPadding": "20px",
    "boxShadow": "none",
    "borderRadius": "8px",
    "zIndex": "100",
    "disabledButtonOpacity": "0.5",
    "position": "right",
    "tabPosition": "left",
    "backButtonText": "Back",
    "scrollbarThumbColor": "#00aaff",
    "scrollbarTrackColor": "#00aaff",
    "whiteLabel": True,
    "allowGoBack": True,
    "hideCancelButton": True,
    "autoDisappear": True,
    "displayThankYouMessage": True,
    "thankYouMessageHeader": "Thank you!",
    "thankYouMessageDescription": 'See <a href="https://acme.test">this</a>',
    "thankYouMessageDescriptionContentType": "html",
    "thankYouMessageCloseButtonText": "Close",
    "surveyPopupDelaySeconds": 3,
    "widgetType": "selector",
    "widgetSelector": "#ask",
    "widgetLabel": "Ask",
}

CONDITIONS: dict[str, t.Any] = {
    "url": "/pricing",
    "urlMatchType": "icontains",
    "selector": "#price",
    "seenSurveyWaitPeriodInDays": 30,
    "events": {
        "repeatedActivation": True,
        "values": [{"name": "$pageview", "propertyFilters": {"plan": {"values": ["pro"], "operator": "exact"}}}],
    },
    "cancelEvents": {
        "values": [{"name": "ordered", "propertyFilters": {"plan": {"values": ["pro"], "operator": "exact"}}}]
    },
    "actions": {"values": [{"id": "Ordered"}, {"id": "Returned"}]},
    "deviceTypes": ["Mobile", "Desktop"],
    "deviceTypesMatchType": "exact",
    "linkedFlagVariant": "blue",
}


def codes(value: t.Any) -> t.Any:
    """Languages as PostHog writes them."""
    fixed = {"de-at": "de-AT", "pt_br": "pt-BR", "zh-hans": "zh-Hans"}
    if isinstance(value, list):
        return [
            {**item, "translations": codes(item["translations"])} if "translations" in item else item for item in value
        ]
    return {fixed.get(code, code): texts for code, texts in value.items()} if isinstance(value, dict) else value


FLAG_KEYS = {
    f"targeting_flag_filters.{key}": "as in a flag; feature_flag.filters"
    for key in (
        "multivariate",
        "payloads",
        "aggregation_group_type_index",
        "feature_enrollment",
        "holdout",
        "super_groups",
        "holdout_groups",
        "early_exit",
        "groups.variant",
        "groups.aggregation_group_type_index",
        "groups.description",
        "groups.sort_key",
        "groups.properties.group_type_index",
        "groups.properties.negation",
        "groups.properties.label",
    )
}

FIRST_TARGET = {
    "groups": [
        {
            "properties": [
                {"key": "plan", "type": "person", "operator": "exact", "value": "free"},
                {"key": "id", "type": "cohort", "operator": "in", "value": "Staff"},
            ],
            "rollout_percentage": 50,
        }
    ]
}

SURVEY = Sample(
    type="survey",
    name="Net promoter score",
    path="surveys/",
    prepare=around,
    minimal={"type": "popover"},
    values={
        "type": Value("popover", "widget"),
        "linked_flag": Value("new-shell", "old-shell", clears=False),
        "linked_insight": Value("Answers", "Signups"),
        "targeting_flag_filters": Value(FIRST_TARGET, targeted(["team", "paid"])),
        "questions": Value(
            QUESTIONS,
            [
                {"type": "open", "question": "Why not?"},
                {"type": "rating", "question": "Will you come back?", "display": "emoji", "scale": 5},
            ],
            stored=codes,
        ),
        "conditions": Value(
            CONDITIONS,
            {
                "url": "^/a",
                "urlMatchType": "regex",
                "linkedFlagVariant": "any",
                "actions": {"values": [{"id": "Ordered"}]},
            },
        ),
        "appearance": Value(APPEARANCE, {"backgroundColor": "#fff", "shuffleQuestions": True}),
        "start_date": Value("2026-01-05T09:00:00Z", "2026-02-05T10:00:00+01:00", also=("iteration_start_dates",)),
        "end_date": Value("2026-06-05T09:00:00Z", "2026-07-05T09:00:00Z"),
        "iteration_count": Value(3, 4, also=("iteration_start_dates",)),
        "iteration_frequency_days": Value(30, 60, also=("iteration_start_dates",)),
        "response_sampling_start_date": Value("+2d", "2030-01-01T00:00:00Z"),
        "response_sampling_daily_limits": Value({"1": 10}, {"1": 20, "2": 5}),
        "translations": Value(
            {
                "pt_br": {
                    "name": "Pesquisa",
                    "description": "Para todos",
                    "thankYouMessageHeader": "Obrigado",
                    "thankYouMessageDescription": "<i>Volte</i>",
                    "thankYouMessageCloseButtonText": "Fechar",
                }
            },
            {"zh-hans": {"name": "调查"}, "de": {"name": "Umfrage"}},
            stored=codes,
        ),
        "base_language": Value("de", "fr"),
        "form_content": Value({"title": "Ask", "blocks": [1, 2]}, {"title": "Asked", "blocks": []}),
    },
    left_out={
        "targeting_flag": "excludes targeting_flag_filters; test_targeting_by_a_flag",
        "status": "follows from the dates, which are declared here; test_states_of_what_has_dates",
        "response_sampling_limit": "PostHog refuses it without the others; test_sampling",
    },
    unused_keys=FLAG_KEYS,
    foreign={"type": "api", "description": "Made by hand", "questions": [{"type": "open", "question": "Well?"}]},
    no_twin="PostHog refuses a second one of the name",
    shows={"linked_flag": linked},
    # Somebody else's change, too, has to repeat the conditions.
    drifts=(
        {
            "description": "Altered",
            "responses_limit": 77,
            "conditions": {
                **CONDITIONS,
                "actions": {"values": [{"id": "{{ ordered }}"}, {"id": "{{ returned }}"}]},
            },
            "linked_flag_id": "{{ shell }}",
        },
        {"description": "Altered", "responses_limit": 77},
    ),
    moving=(
        "iteration_start_dates",
        "current_iteration",
        "current_iteration_start_date",
        "internal_targeting_flag",
        "targeting_flag",
        "feature_flag_keys",
    ),
    again=6,
    again_reason="the surveys, the flag, the insights, the actions and the cohorts",
)

CONTENT: dict[str, t.Any] = {
    "steps": [
        {"id": "one", "type": "element", "selector": "#menu", "content": "The menu"},
        {"id": "two", "type": "modal", "content": "That is all"},
    ],
    "appearance": {"backgroundColor": "#fff"},
    "conditions": {"url": "/home", "urlMatchType": "exact"},
}

TOUR = Sample(
    type="product_tour",
    name="First steps",
    path="product_tours/",
    prepare=around,
    minimal={"content": CONTENT},
    values={
        "content": Value(CONTENT, {"steps": [{"id": "one", "type": "modal", "content": "Welcome"}]}),
        "start_date": Value("2026-01-05T09:00:00Z", "2026-02-05T10:00:00+01:00"),
        "end_date": Value("2026-06-05T09:00:00Z", "2026-07-05T09:00:00Z"),
        "linked_flag": Value("new-shell", "old-shell"),
        "targeting_flag_filters": Value(FIRST_TARGET, targeted(["team", "paid"])),
    },
    left_out={"status": "follows from the dates, which are declared here; test_states_of_what_has_dates"},
    unused_keys=FLAG_KEYS,
    foreign={"description": "Made by hand", "content": {"steps": []}},
    moving=("feature_flag_key", "internal_targeting_flag"),
    again=4,
    again_reason="the tours, the flag and the cohorts",
)

SAMPLES = [SURVEY, TOUR]
