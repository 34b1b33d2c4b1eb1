# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unit tests of whole configurations share: a few small types, and projects in memory for several threads."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.posthog.plugins.module_utils._bulk.project import Project
from ansible_collections.community.posthog.plugins.module_utils._bulk.purge import Purge
from ansible_collections.community.posthog.plugins.module_utils._bulk.result import Result
from ansible_collections.community.posthog.plugins.module_utils._handlers.config import ConfigHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import resource
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Purging, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Open,
    Reference,
    References,
    Tags,
    Text,
)
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.tests.unit.plugins.utils import ORGANIZATION, Memory, Obj

#: Refers to others of its kind inside a document, and has tags.
THING = Resource(
    type="thing",
    plural="things",
    scope=Scope.PROJECT,
    path="things/",
    identity=Identity("name", ("name",)),
    scopes=("thing:read", "thing:write"),
    order=20,
    purging=Purging(marker="tags"),
    fields=(
        Text("name", required=True, aliases=("title",)),
        Text("note", null_as=""),
        Tags(plan_feature=None),
        Text("password", secret=True),
        Open("settings", refs=(NestedRef({"kind": "thing"}, "id", Ref("thing")),)),
        References("boxes", Ref("box")),
    ),
)
#: Comes later, refers to things, and has no tags.
BOX = Resource(
    type="box",
    plural="boxes",
    scope=Scope.PROJECT,
    path="boxes/",
    identity=Identity("name", ("name",), casefold=True),
    scopes=("box:read", "box:write"),
    order=30,
    fields=(
        Text("name", required=True),
        Text("note", null_as=""),
        References("things", Ref("thing")),
        Reference("lid", Ref("thing"), nullable=True),
        Reference("owner", Ref("team"), nullable=True),
    ),
)
#: Belongs to the organization.
TEAM = Resource(
    type="team",
    plural="teams",
    scope=Scope.ORGANIZATION,
    path="teams/",
    identity=Identity("name", ("name",)),
    scopes=("team:read", "team:write"),
    order=2,
    fields=(Text("name", required=True), Text("note", null_as="")),
)
#: Needs a box from the beginning.
LABEL = Resource(
    type="label",
    plural="labels",
    scope=Scope.PROJECT,
    path="labels/",
    identity=Identity("name", ("name",)),
    scopes=("label:read", "label:write"),
    order=40,
    delete=Delete.NONE,
    fields=(Text("name", required=True), Reference("box", Ref("box"), required=True)),
)
TABLES = (THING, BOX, TEAM, LABEL)


class Busy(Memory):
    """A PostHog in memory that takes its time, so that threads really run beside each other."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = seconds
        self.running = self.most_running = 0
        #: So many requests that create something wait for each other once, so that a slow machine shows them, too.
        self.crowd = 0
        #: Called before a request is answered.
        self.before: Callable[[str, str, Any], None] = lambda method, path, body: None

    def _pause(self, creates: bool = False) -> None:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        if self.threads.turns is not None:
            with self.threads.turns.aside():
                time.sleep(self.seconds)
                patience = time.monotonic() + 10
                while creates and self.most_running < self.crowd and time.monotonic() < patience:
                    time.sleep(0.001)
        self.running -= 1

    def objects(self, path: str, params: Mapping[str, Any] | None = None, **more: Any) -> list[Obj]:
        """See the client."""
        self._pause()
        self.before("GET", path, params)
        found = super().objects(path, params, **more)
        self._pause()
        return found

    def request(self, method: str, path: str, **more: Any) -> Any:
        """See the client."""
        self._pause(method == "POST")
        self.before(method, path, more.get("json"))
        try:
            return super().request(method, path, **more)
        finally:
            self._pause()


@dataclass
class Universe:
    """An organization with projects, in memory."""

    memory: Busy
    session: Session
    warnings: list[str]
    tables: tuple[Resource, ...]
    lines: list[str]

    @property
    def handlers(self) -> dict[str, ResourceHandler]:
        """The modules of all its types."""
        return {table.plural: ResourceHandler(table) for table in (*self.tables, resource("project"))}

    def project(self, *documents: Any, concurrency: int = 8, marks: bool = True) -> Project:
        """A configuration that was read."""
        self.session.many = True
        self.session.policy = dataclasses.replace(self.session.policy, marks=marks)
        tasks = {plural: item.task for plural, item in self.handlers.items()}
        made = Project(self.session, tasks, concurrency=concurrency, progress=self.lines.append)
        made.read(documents)
        return made

    def plan(self, *documents: Any, concurrency: int = 8, **purge: Any) -> Result:
        """What a run would do; the session stays as it was."""
        made = self.project(*documents, concurrency=concurrency)
        made.order()
        try:
            return made.plan(_purge(purge))
        finally:
            self.session.planning(False)

    def apply(self, *documents: Any, concurrency: int = 8, **purge: Any) -> Result:
        """Do it."""
        made = self.project(*documents, concurrency=concurrency)
        made.order()
        try:
            made.plan(_purge(purge))
            return made.apply()
        finally:
            self.session.planning(False)

    def run(self, **options: Any) -> Obj:
        """As the module does it."""
        handler = ConfigHandler(self.handlers.values())
        params = {"max_deletions": "10", "concurrency": 8, "unknown_names": "ignore", **options}
        return handler.run(self.session, options, params)

    def names(self, plural: str = "things", project: int = 1) -> list[str]:
        """What there is."""
        return sorted(obj["name"] for obj in self.memory.lists.get(f"/api/projects/{project}/{plural}/", []))

    def put(self, plural: str, *objects: Obj, project: int = 1) -> None:
        """Put objects there."""
        there = self.memory.lists.setdefault(f"/api/projects/{project}/{plural}/", [])
        there += [
            {"id": 1000 * project + 10 * len(plural) + len(there) + index, **obj} for index, obj in enumerate(objects)
        ]


def _purge(options: Mapping[str, Any]) -> Purge:
    types = options.get("purge", ())
    return Purge(types=tuple(types), **{key: value for key, value in options.items() if key != "purge"})


def universe(
    *,
    tables: Iterable[Resource] = TABLES,
    projects: Iterable[tuple[int, str]] = ((1, "Main"), (2, "Staging")),
    seconds: float = 0.0,
    project: str | None = "1",
    check_mode: bool = False,
) -> Universe:
    """An organization with projects."""
    memory = Busy(seconds)
    own = {table.type: table for table in tables}
    inside = [{"id": number, "name": name, "organization": ORGANIZATION} for number, name in projects]
    organization = {"id": ORGANIZATION, "name": "Acme", "slug": "acme", "projects": inside, "membership_level": 15}
    memory.lists["/api/organizations/"] = [organization]
    memory.lists[f"/api/organizations/{ORGANIZATION}/projects/"] = inside
    memory.singles[f"/api/organizations/{ORGANIZATION}/"] = organization
    memory.singles["/api/organizations/@current/"] = organization
    for item in inside:
        memory.singles[f"/api/projects/{item['id']}/"] = item
    warnings: list[str] = []
    session = Session(
        memory,  # type: ignore[arg-type]
        lambda name: own.get(name) or resource(name),
        types=[*own, "project"],
        organization=ORGANIZATION,
        project=project,
        policy=RunPolicy(check_mode=check_mode),
        warn=warnings.append,
    )
    lines: list[str] = []
    session.shared.report = lines.append
    return Universe(memory, session, warnings, tuple(own.values()), lines)


def marked(name: str, **more: Any) -> Obj:
    """A thing that carries the collection's mark."""
    return {"name": name, "tags": ["managed-by-ansible"], **more}


def unmarked(table: Resource) -> Resource:
    """The same type without tags."""
    return dataclasses.replace(table, purging=dataclasses.replace(table.purging, marker=None))
