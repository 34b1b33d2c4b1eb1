# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""References that PostHog's documents hold wherever properties and queries appear.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID, Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.shapes import Checker, table
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Open

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup

ACTION = Ref("action")
COHORT = Ref("cohort")
FLAG = Ref("feature_flag")
INSIGHT = Ref("insight")
GROUP_TYPE = Ref("group_type", value="group_type_index")
VARIABLE = Ref("insight_variable")

#: What stands among cohorts for everybody; queries of older servers have 0 for it.
EVERYBODY: t.Final = ("all", 0)

#: What a condition on a property compares by.
OPERATORS = (
    "exact", "is_not", "icontains", "not_icontains", "icontains_multi", "not_icontains_multi", "regex", "not_regex",
    "starts_with", "not_starts_with", "ends_with", "not_ends_with", "gt", "gte", "lt", "lte", "semver_gt",
    "semver_gte", "semver_lt", "semver_lte", "semver_eq", "semver_neq", "semver_tilde", "semver_caret",
    "semver_wildcard", "is_set", "is_not_set", "is_date_exact", "is_date_after", "is_date_before", "in", "not_in",
    "flag_evaluates_to",
)  # fmt: skip

#: A property filter names a cohort by its id (API.md 5, feature_flag and cohort), a flag by its id as text.
PROPERTY_REFS: tuple[NestedRef, ...] = (
    NestedRef({"type": "cohort"}, "value", COHORT),
    NestedRef({"type": "flag"}, "key", Ref("feature_flag", as_string=True)),
)

#: Keys that hold the index of a group type, in nodes of queries and in the filters inside them.
GROUP_KEYS: t.Final = (
    "aggregation_group_type_index",
    "breakdown_group_type_index",
    "group_type_index",
    "groupTypeIndex",
    "math_group_type_index",
)

#: Types of groups in the conditions of flags, holdouts and scheduled changes.
CONDITION_GROUP_REFS: tuple[NestedRef, ...] = tuple(
    NestedRef({}, key, GROUP_TYPE) for key in ("aggregation_group_type_index", "group_type_index")
)

#: All that the filters of a query, a dashboard or a tile name.
FILTER_REFS: tuple[NestedRef, ...] = (
    *PROPERTY_REFS,
    NestedRef({"type": "cohort"}, "property", COHORT, not_references=EVERYBODY),
    NestedRef({"breakdown_type": "cohort"}, "breakdown", COHORT, not_references=EVERYBODY),
    *(NestedRef({}, key, GROUP_TYPE) for key in GROUP_KEYS),
)

#: A query also names actions, and the variables of SQL. The places are those of PostHog's
#: query schema; a test walks it for keys that none of these rules knows.
QUERY_REFS: tuple[NestedRef, ...] = (
    *FILTER_REFS,
    NestedRef({"kind": "ActionsNode"}, "id", ACTION),
    # Entities of retention, and of everything that comes from filters of the time before queries.
    NestedRef({"type": "actions"}, "id", ACTION),
    NestedRef({}, "actionId", ACTION),
    NestedRef({"kind": "HogQLQuery"}, "variables", VARIABLE, keyed=True),
    NestedRef({}, "variableId", VARIABLE),
)

#: What stands only in queries of what is made late: saved insights, and the results of experiments.
LATE_REFS: tuple[NestedRef, ...] = (
    *QUERY_REFS,
    NestedRef({"kind": "SavedInsightNode"}, "shortId", Ref("insight", value="short_id")),
    *(
        NestedRef({"kind": kind}, "experiment_id", Ref("experiment"))
        for kind in (
            "ExperimentActorsQuery",
            "ExperimentExposureQuery",
            "ExperimentFunnelsQuery",
            "ExperimentQuery",
            "ExperimentTrendsQuery",
        )
    ),
)

#: Names of properties; no references, but a name that the project has never seen is likely a mistake.
PROPERTY_MENTIONS: tuple[NestedRef, ...] = (
    NestedRef({"type": "event"}, "key", Ref("property_definition")),
    NestedRef({"type": "person"}, "key", Ref("property_definition")),
)

#: The same in queries, which also name events.
QUERY_MENTIONS: tuple[NestedRef, ...] = (
    *PROPERTY_MENTIONS,
    NestedRef({"kind": "EventsNode"}, "event", Ref("event_definition")),
)


def Query(name: str, **more: t.Any) -> Field:
    """A query of PostHog, checked against the shapes of its nodes.

    :param name: the field.
    :param more: see :class:`Field`; C(refs) if other names may stand in it than those of a query.
    :returns: the field.
    """
    more.setdefault("refs", QUERY_REFS)
    more.setdefault("checked", Checker(more["refs"]).query)
    return Open(name, **more)


def viz_query(name: str, **more: t.Any) -> Field:
    """A query of an insight, which people may write alone: PostHog wants it inside the node that draws it.

    :param name: the field.
    :param more: see :class:`Field`.
    :returns: the field.
    """
    checker = Checker(LATE_REFS)

    def check(value: t.Any, path: str, problems: Problems) -> t.Any:
        # Checked as it was written, so that problems have the paths that were written.
        return _drawn(checker.query(value, path, problems))

    return Query(name, refs=LATE_REFS, checked=check, **more)


#: The node that draws what is not wrapped in one, by preference.
_DRAWN_BY: t.Final = ("InsightVizNode", "DataVisualizationNode", "DataTableNode")


def _drawn(query: t.Any) -> t.Any:
    """A query inside the first node that can hold it; as it is where none is known to."""
    kind = query.get("kind") if isinstance(query, dict) else None
    if not isinstance(kind, str) or kind in _DRAWN_BY:
        return query
    holders = table().holders("source", kind)
    drawn = next((node for node in _DRAWN_BY if node in holders), None)
    return query if drawn is None else {"kind": drawn, "source": query}


def code_name(name: str) -> str:
    """The name of a variable in queries, which PostHog makes of its first name.

    :param name: the variable's name.
    :returns: the name in queries.
    """
    return re.sub(r"[^A-Za-z0-9 ]", "", name).replace(" ", "_").lower()


def held_variables(options: dict[str, t.Any], _problems: Problems) -> None:
    """Let a person write an SQL query's variables by name alone: PostHog wants code name and id in each of them.

    :param options: the options; C(query) is replaced.
    """
    if "query" in options:
        options["query"] = _with_variables(options["query"])


def _with_variables(value: t.Any) -> t.Any:
    if isinstance(value, list):
        return [_with_variables(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {key: _with_variables(item) for key, item in value.items()}
    variables = out.get("variables")
    if out.get("kind") == "HogQLQuery" and isinstance(variables, dict):
        out["variables"] = {key: _variable(key, item) for key, item in variables.items()}
    return out


def _variable(key: str, variables: t.Any) -> t.Any:
    item = variables if isinstance(variables, dict) else {"value": variables}
    named = {} if UUID.fullmatch(key) else {"code_name": code_name(key.replace("_", " "))}
    return {"variableId": key, **named, **item}


def variables_exist(
    session: Lookup, values: t.Mapping[str, t.Any], _current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """PostHog stores a query with C({variables.x}) for a variable that nobody made, and cannot run it.

    :param session: looks variables up.
    :param values: the declared values.
    :returns: the names that nothing bears.
    """
    from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure

    problems: Problems = []
    for path, node in _sql_queries(values.get("query"), "query"):
        variables = node.get("variables")
        held = {item.get("code_name") for item in variables.values() if isinstance(item, dict)} if variables else set()
        for name in dict.fromkeys(re.findall(r"\{\s*variables\.(\w+)\s*\}", str(node.get("query") or ""))):
            if name in held:
                continue
            try:
                session.lookup(VARIABLE, name, f"{path}.query", problems)
            except PostHogFailure:
                # An older server, or a key that may not look.
                return
    yield from problems


def _sql_queries(value: t.Any, path: str) -> t.Iterator[tuple[str, t.Mapping[str, t.Any]]]:
    if isinstance(value, dict):
        if value.get("kind") == "HogQLQuery":
            yield path, value
        for key, item in value.items():
            yield from _sql_queries(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _sql_queries(item, f"{path}[{index}]")


def Filters(name: str, **more: t.Any) -> Field:
    """A document of PostHog's own making with filters or queries somewhere in it, which are checked.

    :param name: the field.
    :param more: see :class:`Field`; C(refs) says what may be named in it.
    :returns: the field.
    """
    more.setdefault("checked", Checker(more.get("refs", ())).anywhere)
    return Open(name, **more)


def BoardFilters(name: str, **more: t.Any) -> Field:
    """The filters of a dashboard, or those that a tile has instead.

    :param name: the field.
    :param more: see :class:`Field`.
    :returns: the field.
    """
    return Open(name, refs=FILTER_REFS, checked=Checker(FILTER_REFS).document("DashboardFilter"), **more)
