# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""All that a table may ask of a session, and of a list of objects.

Private to this collection: it may change without notice.

A table is a description: it knows neither how requests are sent nor what was read already. Where it has work of its own
(a part, a guard, a location), it gets a :class:`Lookup`; an endpoint gets an :class:`ObjectList`. Both are fulfilled by
the classes of C(_state), which this wing does not know.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
    from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource


class ObjectList(t.Protocol):
    """The objects of one type in one place, as far as they are known."""

    @property
    def session(self) -> Lookup:
        """For requests and other lists."""

    @property
    def resource(self) -> Resource:
        """The table of the type."""

    @property
    def path(self) -> str:
        """The path of the list, below the host."""

    @property
    def limit(self) -> int | None:
        """How many objects are read at most; None for all."""

    def object_path(self, object_id: t.Any) -> str:
        """The path of one object.

        :param object_id: the id that URLs take.
        :returns: a path below the host.
        """

    def all(self) -> list[dict[str, t.Any]]:
        """Every object; the list is read once.

        :returns: the objects as the list shows them.
        """

    def as_read(self) -> list[dict[str, t.Any]]:
        """Every object without what is only predicted.

        :returns: the objects as the server shows them.
        """

    def find(self, name: t.Any, *, sure: bool = False) -> list[dict[str, t.Any]]:
        """The objects of a name.

        :param name: as a person writes it.
        :param sure: look into the whole list, too, before saying that there is none.
        :returns: none, one, or several.
        """

    def get(self, object_id: t.Any) -> dict[str, t.Any] | None:
        """One object by its id, from the list if that was read.

        :param object_id: the id.
        :returns: the object, or None.
        """

    def detail(self, object_id: t.Any) -> dict[str, t.Any] | None:
        """One object, whole, read from the server.

        :param object_id: the id that URLs take.
        :returns: the object, or None.
        """

    def remember(self, obj: dict[str, t.Any], *, whole: bool = False) -> dict[str, t.Any]:
        """Take note of what a write answered.

        :param obj: the server's object.
        :param whole: it shows everything, as a detail does.
        :returns: the object as it is known now.
        """


class Origins(t.Protocol):
    """Which objects the ids of a configuration stand for."""

    def here(self, kind: str, object_id: t.Any) -> dict[str, t.Any] | None:
        """The object that an id stands for.

        :param kind: its type.
        :param object_id: the id.
        :returns: the object; None where the id was not declared, or its object is not found yet.
        """


class Lookup(t.Protocol):
    """What is known of PostHog while a task runs, and the way to write."""

    @property
    def client(self) -> Client:
        """For reading what no list holds."""

    @property
    def registry(self) -> t.Callable[[str], Resource]:
        """Finds a table by its type."""

    @property
    def many(self) -> bool:
        """Whether one run applies many objects."""

    @property
    def warn(self) -> t.Callable[[str], None]:
        """Shows a warning to the user."""

    @property
    def origins(self) -> Origins:
        """Which objects the ids of a configuration stand for."""

    @property
    def traits(self) -> dict[t.Any, t.Any]:
        """What answers showed about the server; the same for all sessions of one run."""

    def collection(self, resource: Resource, parent: t.Mapping[str, t.Any] | None = None) -> ObjectList:
        """The list of a type.

        :param resource: the table.
        :param parent: what stands for the place, where the type is reached through one.
        :returns: the same list each time.
        """

    def write(self, method: str, path: str, json: t.Any = None, *, repeatable: bool | None = None) -> t.Any:
        """Send a write.

        :param method: POST, PATCH, PUT or DELETE.
        :param path: below the host.
        :param json: the body.
        :param repeatable: whether sending it twice does no harm; None for what the method says.
        :returns: the decoded answer.
        """

    def alone_at(self, path: str) -> t.ContextManager[None]:
        """Let one thread at a time read and write something.

        :param path: identifies it.
        :returns: a context manager.
        """

    def path(self, resource: Resource, template: str, parent: t.Mapping[str, t.Any] | None = None) -> str:
        """The path of a list.

        :param resource: the table.
        :param template: one of its paths, or another one of the same scope.
        :param parent: what stands for the place, where there is one.
        :returns: a path below the host.
        """

    def lookup(self, ref: Ref, value: t.Any, path: str, problems: Problems) -> dict[str, t.Any] | None:
        """The object that a reference names.

        :param ref: the reference.
        :param value: name or id.
        :param path: the option path, for problems.
        :param problems: collects what is wrong.
        :returns: the object, or None with a problem noted.
        """

    def resolve(self, ref: Ref, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Turn a name into the value that PostHog wants.

        :param ref: the reference.
        :param value: name, id, or None.
        :param path: the option path, for problems.
        :param problems: collects what is wrong.
        :returns: the id; the name itself where it could not be resolved.
        """

    def resolve_field(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Resolve every reference in a declared value.

        :param field: the field.
        :param value: the parsed declaration.
        :param path: the option path.
        :param problems: collects what is wrong.
        :returns: the value with ids.
        """

    def name_of(self, ref: Ref, value: t.Any) -> t.Any:
        """The name of an object that was already read.

        :param ref: the reference.
        :param value: the id as PostHog shows it.
        :returns: the name, or the value where the object is not known.
        """

    def me(self) -> dict[str, t.Any]:
        """The owner of the key.

        :returns: the server's object; empty where the key may not read it.
        """

    def organization(self) -> dict[str, t.Any]:
        """The organization that the task works in.

        :returns: the server's object; empty where the key may not read it.
        """

    def organization_id(self) -> str:
        """The id of the organization that the task works in."""

    def project_id(self) -> str:
        """The id of the project that the task works in."""

    def features(self) -> frozenset[str] | None:
        """The keys of the plan features that the organization has.

        :returns: the keys, or None where the key may not know.
        """

    def within(self, project: t.Any) -> Lookup:
        """The same in another project.

        :param project: the project's id; None for one that is still to be created.
        :returns: the same session for each project.
        """

    def beside(self, organization: str | None, project: str | None) -> Lookup:
        """The same key in another organization or project, by name.

        :param organization: UUID, slug or name; None for the same.
        :param project: id or name; None for the same.
        :returns: the same session for the same names.
        """

    def check_scope(self, resource: Resource, error: ApiError) -> None:
        """Tell a missing project from a missing object, both of which are a 404.

        :param resource: the table whose path was called.
        :param error: the 404.
        :raises ApiError: the project is what is missing.
        """
