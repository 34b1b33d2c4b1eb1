# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Settings of a project that only its environment has.

Private to this collection: it may change without notice.

From the spring of 2025 until they were moved, some settings existed at C(/api/environments/{id}/) alone; the project's
own route answered 200, ignored them, and did not show them (recorded 2025). Before, there was no such route; after, the
project shows them all. So one answer of the server, once in a run, shows which of them are where.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Endpoint, Singleton

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

Obj = t.Mapping[str, t.Any]

#: The settings that servers of 2025 have at the environment's route alone.
OF_ENVIRONMENTS: t.Final = (
    "base_currency",
    "capture_dead_clicks",
    "cookieless_server_hash_mode",
    "default_data_theme",
    "feature_flag_confirmation_enabled",
    "feature_flag_confirmation_message",
    "human_friendly_comparison_periods",
    "marketing_analytics_config",
    "onboarding_tasks",
    "revenue_analytics_config",
    "session_recording_event_trigger_config",
    "session_recording_trigger_match_type_config",
    "session_recording_url_blocklist_config",
    "session_recording_url_trigger_config",
)

#: Under which a session remembers that its server has no environments.
_NONE: t.Final = "no environments"


def _path(project: t.Any) -> str:
    # The first environment of a project has the project's id.
    return f"/api/environments/{project}/"


def completed(session: Lookup, project: dict[str, t.Any]) -> dict[str, t.Any]:
    """A project with what only its environment shows.

    :param session: for the request, and to remember what the server is like.
    :param project: what the project's own route shows.
    :returns: the project, itself where nothing is missing or nobody else has it.
    """
    missing = [name for name in OF_ENVIRONMENTS if name not in project]
    if not missing or project.get("id") is None or session.traits.get(_NONE):
        return project
    try:
        environment = session.client.get(_path(project["id"]))
    except ApiError as exc:
        if exc.status not in (403, 404, 405):
            raise
        session.traits[_NONE] = True
        return project
    if not isinstance(environment, dict):
        return project
    found = {name: environment[name] for name in missing if name in environment}
    if not found:
        session.traits[_NONE] = True
    session.traits[("of the environment", str(project["id"]))] = frozenset(found)
    return {**project, **found}


def _halves(session: Lookup, project: t.Any, body: dict[str, t.Any]) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """What the project takes of a body, and what its environment does."""
    there = session.traits.get(("of the environment", str(project)), frozenset())
    return (
        {name: value for name, value in body.items() if name not in there},
        {name: value for name, value in body.items() if name in there},
    )


def _update(calls: t.Callable[[dict[str, t.Any]], t.Any], collection: ObjectList, current: Obj, body: Obj) -> t.Any:
    own, rest = _halves(collection.session, current.get("id"), dict(body))
    out = dict(current)
    for answer in (
        calls(own) if own else None,
        collection.session.write("PATCH", _path(current.get("id")), rest) if rest else None,
    ):
        out.update(answer if isinstance(answer, dict) else {})
    return out


class ProjectSettings(Singleton):
    """The settings of the project that a task works in."""

    def objects(self, collection: ObjectList, params: Obj) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        return [completed(collection.session, found) for found in super().objects(collection, params)]

    def update(self, collection: ObjectList, current: Obj, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        update = super().update
        return _update(lambda own: update(collection, current, own), collection, current, body)


class Projects(Endpoint):
    """The projects of an organization, whose list tells little of each."""

    def detail(self, collection: ObjectList, object_id: t.Any) -> t.Any:
        """See :meth:`Endpoint.detail`."""
        found = super().detail(collection, object_id)
        return completed(collection.session, found) if isinstance(found, dict) else found

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`. What the new project did not take is written to its environment afterwards."""
        made = super().create(collection, body)
        wanted = any(name in body for name in OF_ENVIRONMENTS)
        return completed(collection.session, made) if wanted and isinstance(made, dict) else made

    def update(self, collection: ObjectList, current: Obj, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        update = super().update
        return _update(lambda own: update(collection, current, own), collection, current, body)
