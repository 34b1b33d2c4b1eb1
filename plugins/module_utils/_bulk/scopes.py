# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The least scopes that a key needs for a configuration, without PostHog.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import all_references
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import looks_like_id
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Scope
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: What finds a project and an organization. It also says which features the plan of the organization includes.
PROJECT: t.Final = "project:read"
ORGANIZATION: t.Final = "organization:read"

#: What these are for, besides types.
FIND: t.Final = "finding the project or the organization"


def least_scopes(session: Session, nodes: t.Sequence[Node]) -> dict[str, t.Any]:
    """Find out which scopes applying and planning a configuration take.

    PostHog checks the scope of each request (its documentation of personal API keys): C(<object>:read) to read and
    C(<object>:write) to write, which includes reading.

    :param session: knows the tables, and the organization and project of the task.
    :param nodes: the declared objects.
    :returns: C(apply) and C(plan), the scopes in alphabetical order; C(useful), those that a run goes without, though
        it leaves out what the plan of the organization lacks only with them; and C(reasons): for each scope the types,
        in the plural, or what else it is for.
    """
    writing: dict[str, set[str]] = {}
    reading: dict[str, set[str]] = {}
    limited: set[str] = set()

    def need(scope: str, reason: str) -> None:
        if scope:
            writing.setdefault(scope, set()).add(reason)
            reading.setdefault(re.sub(":write$", ":read", scope), set()).add(reason)

    for node in nodes:
        table = node.table
        for scope in table.scopes:
            need(scope, table.plural)
        for item in node.spec.items:
            given = {**item.values, **item.parts}
            for option, scope in table.more_scopes:
                if not option or given.get(option) is not None:
                    need(scope, table.plural)
            if any(field.plan_feature and given.get(field.name) is not None for field in table.fields):
                limited.add(table.plural)
        for _path, ref, value in all_references(session, node):
            if isinstance(value, str) and not ref.made and not looks_like_id(value):
                need(session.registry(ref.type).scopes[0], table.plural)
        for scope in _finding(session, node):
            need(scope, FIND)
    apply, plan = _without_lesser(writing), _without_lesser(reading)
    useful = [ORGANIZATION] if limited and not {ORGANIZATION, "organization:write"} & set(apply) else []
    reasons = {scope: sorted(writing[scope] | writing.get(re.sub(":write$", ":read", scope), set())) for scope in apply}
    reasons.update({scope: sorted(limited) for scope in useful})
    return {"apply": apply, "plan": plan, "useful": useful, "reasons": reasons}


def _finding(session: Session, node: Node) -> t.Iterator[str]:
    """What it takes to find the place of an object, unless its id is given."""
    organization = node.target.organization or session.target.wanted_organization
    project = node.target.project or session.target.wanted_project
    if node.table.scope is Scope.PROJECT:
        if not project or project == "@current":
            yield PROJECT
        elif not looks_like_id(str(project)):
            yield ORGANIZATION
    if node.table.scope is Scope.ORGANIZATION and not organization and not project:
        yield ORGANIZATION
    if organization and not looks_like_id(str(organization)):
        yield ORGANIZATION


def _without_lesser(scopes: t.Collection[str]) -> list[str]:
    """Scopes without those that another one includes.

    :param scopes: in any order.
    :returns: in alphabetical order.
    """
    return sorted(
        scope for scope in scopes if scope and not (scope.endswith(":read") and f"{scope[:-5]}:write" in scopes)
    )
