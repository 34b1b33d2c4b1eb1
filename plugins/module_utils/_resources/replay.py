# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Recordings and the lists they are kept in.

Private to this collection: it may change without notice. Facts: API.md chapter 5, session_recording,
session_recording_playlist.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput, as_object
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import BROWSER_ONLY
from ansible_collections.community.posthog.plugins.module_utils._resources.common import QUERY_REFS, Filters
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Purging, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Bool, Choice, ListOf, Text

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

# -- recordings ------------------------------------------------------------------------------------------------------


class Recordings(Endpoint):
    """Data: the list is a search among what was recorded lately, so a recording is read by its id."""

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        wanted = params.get(_BY_ID)
        if wanted is None:
            return super().objects(collection, params)
        try:
            answer = self.detail(collection, wanted)
        except ApiError as exc:
            if not exc.gone or exc.no_route:
                raise
            collection.session.check_scope(collection.resource, exc)
            return []
        return [as_object(answer, collection.object_path(wanted))]

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`: the answer tells nothing but the success."""
        super().update(collection, current, body)
        return self.detail(collection, collection.resource.object_id(current))


#: Stands for the id among the parameters of a list; it is never sent.
_BY_ID: t.Final = "id"


def _seen_is_seen(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    if values.get("viewed") is False and (current or {}).get("viewed"):
        yield "viewed", "PostHog has no way to forget that a recording was seen"


SESSION_RECORDING = Resource(
    type="session_recording",
    plural="session_recordings",
    scope=Scope.PROJECT,
    path="session_recordings/",
    identity=Identity("session_id", ("id",), unique=True, filter=_BY_ID, partial=True),
    scopes=("session_recording:read", "session_recording:write"),
    order=90,
    endpoint=Recordings(),
    creatable=False,
    origin="recordings come from the browsers and apps of the people that are recorded",
    purging=Purging(allowed=False),
    exported=False,
    guards=(_seen_is_seen,),
    fields=(
        Text("session_id", required=True, read=("id",), create_only=True, max_length=200),
        Bool("viewed"),
    ),
)

# -- lists of recordings ---------------------------------------------------------------------------------------------

#: What is said of routes that a server closes to keys.
CLOSED: t.Final = f" - {BROWSER_ONLY}; change what is in the collection in PostHog (Session replay, Collections)"


class Playlists(Endpoint):
    """The usual requests, with what they must have: a type, and the filters in each change of a list that has some."""

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        kind = "filters" if body.get("filters") else "collection"
        return super().create(collection, {"type": kind, **body})

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        return super().update(collection, current, {**self._filters(current), **body})

    def delete(self, collection: ObjectList, current: t.Mapping[str, t.Any], options: t.Mapping[str, t.Any]) -> None:
        """See :meth:`Endpoint.delete`."""
        super().delete(collection, current, {**self._filters(current), **options})

    @staticmethod
    def _filters(current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        return {"filters": current["filters"]} if current.get("filters") else {}


class PlaylistRecordings(Part):
    """The recordings in a collection: a list with a route for each recording that comes or goes."""

    field = ListOf("recordings", Text("recording", max_length=200), unordered=True, null_as=[], exported=False)
    switches = (Bool("exclusive"),)
    # The list of playlists tells only how many there are, and these have a list of their own.
    in_list = True

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        if current is not None and current.get("type") == "filters":
            reason = f"the {resource.label(current)} has filters, by which PostHog finds out itself what is in it"
            raise InvalidInput([("recordings", reason)])
        before = self._there(session, resource, current) if current is not None else []
        new = [item for item in declared["recordings"] if item not in before]
        gone = [item for item in before if item not in declared["recordings"]] if declared.get("exclusive") else []
        after = [item for item in before if item not in gone] + new
        return PartPlan(sorted(before), sorted(after), bool(new or gone), None, (new, gone), len(new) + len(gone))

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`: what PostHog shows of a collection does not tell what is in it."""

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`: recordings are data of one project."""
        return None

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        path = self._path(session, resource, current)
        new, gone = plan.work
        for method, items in (("POST", new), ("DELETE", gone)):
            for item in items:
                try:
                    session.write(method, f"{path}{item}/", repeatable=True)
                except ApiError as exc:
                    raise _closed(exc) from exc
        return dict(current)

    @staticmethod
    def _path(session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> str:
        return f"{session.collection(resource).object_path(resource.object_id(current))}recordings/"

    def _there(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> list[str]:
        """The ids of the recordings in a collection."""
        if resource.object_id(current) is None:
            # It is still to be created.
            return []
        path = self._path(session, resource, current)
        found: list[str] = []
        while True:
            try:
                answer = session.client.get(path, {"limit": 100, "offset": len(found)})
            except ApiError as exc:
                raise _closed(exc) from exc
            results = answer.get("results") if isinstance(answer, dict) else answer
            if not isinstance(results, list) or not all(isinstance(item, dict) for item in results):
                raise ApiError(f"GET {path} did not answer with a list of recordings", method="GET", path=path)
            fresh = [str(item.get("id")) for item in results if str(item.get("id")) not in found]
            found += fresh
            if not (isinstance(answer, dict) and (answer.get("has_next") or answer.get("next"))):
                return found
            if not fresh:
                raise ApiError(
                    f"GET {path} says that there are more than {len(found)} recordings, but does not show them",
                    method="GET",
                    path=path,
                )


def _closed(error: ApiError) -> ApiError:
    """The same error, which says so where no key has access."""
    if error.status == 403 and ":read" not in error.detail and ":write" not in error.detail:
        error.message += CLOSED
    return error


def _kinds_fit(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """A list has filters, or is a collection."""
    kind = values.get("type")
    if values.get("filters") and (kind == "collection" or values.get("recordings")):
        yield "filters", "a collection has none; leave them out, or leave out type and recordings"
    if kind == "filters":
        if "filters" in values and not values["filters"]:
            yield "filters", "must hold at least one filter, with type: filters"
        if values.get("recordings"):
            yield "recordings", "are for collections; a list with filters finds its own"


def _filters_fit(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    kind = (current or values).get("type")
    if current is None and kind == "filters" and not values.get("filters"):
        yield "filters", "are needed to create a list of the type filters"
    if current is not None and "filters" in values:
        if kind == "collection" and values["filters"]:
            yield "filters", "this is a collection, which has none, and PostHog cannot turn it into a list with filters"
        if kind == "filters" and not values["filters"]:
            yield "filters", "must hold at least one filter; PostHog cannot turn the list into a collection"


SESSION_RECORDING_PLAYLIST = Resource(
    type="session_recording_playlist",
    plural="session_recording_playlists",
    scope=Scope.PROJECT,
    path="session_recording_playlists/",
    identity=Identity("name", ("name",), filter="search", fuzzy=True, nameless=True),
    scopes=("session_recording_playlist:read", "session_recording_playlist:write"),
    order=44,
    id_path="short_id",
    other_ids=("id",),
    delete=Delete.SOFT,
    endpoint=Playlists(),
    # PostHog's own lists, such as the recordings that one has watched.
    alive=lambda obj: not obj.get("is_synthetic"),
    checks=(_kinds_fit,),
    guards=(_filters_fit,),
    parts=(PlaylistRecordings(),),
    fields=(
        Text("name", required=True, null_as="", max_length=400),
        Text("derived_name", nullable=True, max_length=400),
        Text("description", null_as=""),
        Bool("pinned", default=False),
        Choice("type", ["filters", "collection"], create_only=True, since="2025"),
        Filters("filters", nullable=True, refs=QUERY_REFS),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
)
