# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Exporting a configuration (M(community.posthog.posthog_export)).

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import fnmatch
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.export import Exporter
from ansible_collections.community.posthog.plugins.module_utils._bulk.export_dependencies import Dependencies
from ansible_collections.community.posthog.plugins.module_utils._bulk.terraform import Takeover, read_state
from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of, nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import (
    UNDECLARED,
    UNDECLARED_KEY,
    UNKNOWN_IDS_KEY,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, concurrency_of
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


class ExportHandler(ModuleHandler):
    """Exports the configuration of a project.

    :param tables: the types that have a module of their own.
    """

    def __init__(self, tables: t.Iterable[Resource]) -> None:
        super().__init__("posthog_export")
        self.tables = {table.plural: table for table in tables}

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.spec`."""
        return {
            "argument_spec": {
                **connection_spec(),
                "types": {"type": "list", "elements": "str"},
                "scope": {"type": "str", "choices": ["project", "organization", "all"], "default": "project"},
                "names": {"type": "list", "elements": "str"},
                "exclude": {"type": "list", "elements": "str"},
                "tags": {"type": "list", "elements": "str"},
                "rename": {"type": "dict"},
                "dest": {"type": "path"},
                "layout": {"type": "str", "choices": ["type", "object", "single"], "default": "type"},
                "clean": {"type": "bool", "default": False},
                "with_dependencies": {"type": "bool", "default": False},
                "from_terraform": {"type": "raw"},
                # The default depends on details, see run.
                "undeclared": {"type": "str", "choices": list(UNDECLARED)},
                "details": {"type": "bool", "default": True},
                "concurrency": {"type": "int", "default": 8},
            },
            "supports_check_mode": True,
        }

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        named = params.get("types")
        tables = self._chosen(named, str(params.get("scope") or "project"))
        session.many = True
        takeover = self._takeover(session, params)
        if takeover is not None:
            tables = [table for table in takeover.tables if not named or table in tables]
        details = params.get("details") is not False
        undeclared = str(params.get("undeclared") or ("default" if details else "keep"))
        if not details and undeclared == "default":
            text = "default needs details: what no list shows would be put back to PostHog's defaults"
            raise InvalidInput([(UNDECLARED_KEY, text)])
        exporter = Exporter(
            session,
            undeclared=undeclared,
            details=details,
            rename=self._rename(params),
            concurrency=concurrency_of(params),
        )
        wanted = _filter(params, takeover)
        refused: list[ApiError] = []
        for table in tables:
            try:
                exporter.read(table, wanted, named=bool(named))
            except ApiError as exc:
                # A type that this server or this key does not have is left out, unless the user named it.
                if named or exc.status not in (402, 403, 404):
                    raise
                refused.append(exc)
                if len(refused) == len(tables):
                    # The key can read no type at all.
                    raise refused[0] from None
                exporter.unfaithful.about(table.type)
                exporter.unfaithful.add("", session.explained(exc).message)
        more: dict[str, t.Any] = {} if takeover is None else {"terraform": takeover.result()}
        if params.get("with_dependencies"):
            excluded = _excluded(params.get("exclude") or [])
            more["dependencies"] = Dependencies(exporter, {table.scope for table in tables}, excluded).follow()
        export = exporter.finish()
        types = {key: items for key, items in export.config.items() if key not in (UNDECLARED_KEY, UNKNOWN_IDS_KEY)}
        objects = sum(len(items) if isinstance(items, list) else 1 for items in types.values())
        return {
            "changed": False,
            "msg": f"{counted(objects, 'object')} of {counted(len(types), 'type')}",
            "config": export.config,
            "secrets": export.secrets,
            "unfaithful": export.unfaithful,
            "source": self._source(session),
            **more,
        }

    def _takeover(self, session: Session, params: t.Mapping[str, t.Any]) -> Takeover | None:
        """What a Terraform state manages, where one is given."""
        given = params.get("from_terraform")
        if given is None:
            return None
        if isinstance(given, str):
            text = "is read on the controller, which this way of execution cannot; give what the file holds"
            raise InvalidInput([("from_terraform", text)])
        return Takeover(read_state(given, self.tables.values()), session.project_id())

    def _chosen(self, named: t.Any, scope: str) -> list[Resource]:
        """The types to export, in the order in which they are applied."""
        problems = []
        singular = {table.type: table for table in self.tables.values()}
        chosen: list[Resource] = []
        for index, name in enumerate(named or ()):
            table = self.tables.get(name) or singular.get(name)
            if table is None:
                problems.append((f"types[{index}]", f"{name!r} is no type{nearest(name, self.tables)}"))
            else:
                chosen.append(table)
        if problems:
            raise InvalidInput(problems)
        if named:
            return sorted(chosen, key=lambda table: table.order)
        scopes = {
            "project": {Scope.PROJECT},
            "organization": {Scope.ORGANIZATION},
            "all": {Scope.PROJECT, Scope.ORGANIZATION},
        }[scope]
        return [table for table in self.tables.values() if table.exported and table.scope in scopes]

    @staticmethod
    def _rename(params: t.Mapping[str, t.Any]) -> dict[str, dict[str, str]]:
        rename = params.get("rename") or {}
        problems = []
        out: dict[str, dict[str, str]] = {}
        types = {name: table.type for table in RESOURCES.values() for name in (table.type, table.plural)}
        for kind, names in rename.items():
            if kind not in types:
                problems.append((f"rename.{kind}", f"is no type{nearest(str(kind), types)}"))
            elif not isinstance(names, dict):
                problems.append((f"rename.{kind}", "takes a dictionary of names, each with the one to write for it"))
            else:
                for old, new in names.items():
                    if isinstance(new, (bool, dict, list)) or new is None or str(new) == "":
                        hint = f"; {QUOTE}" if isinstance(new, bool) else ""
                        shown = str(new).lower() if isinstance(new, bool) else kind_of(new)
                        problems.append((f"rename.{kind}.{old}", f"takes a name, not {shown}{hint}"))
                out.setdefault(types[kind], {}).update({str(old): str(new) for old, new in names.items()})
        if problems:
            raise InvalidInput(problems)
        return out

    @staticmethod
    def _source(session: Session) -> dict[str, t.Any]:
        """The project that was exported."""
        project = session.target.project()
        return {
            "host": session.client.connection.host,
            "organization_id": session.organization_id(),
            "project_id": project.get("id"),
            "project": project.get("name"),
        }


def _excluded(patterns: t.Sequence[str]) -> t.Callable[[Resource, t.Mapping[str, t.Any]], bool]:
    """The filter for objects that are left out by their names."""

    def excluded(table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
        return any(fnmatch.fnmatchcase(table.identity.shown(obj), pattern) for pattern in patterns)

    return excluded


def _filter(
    params: t.Mapping[str, t.Any], takeover: Takeover | None
) -> t.Callable[[Resource, t.Mapping[str, t.Any]], bool]:
    """The filter for objects that the options describe."""
    names = params.get("names")
    excluded = _excluded(params.get("exclude") or [])
    tags = {str(tag).strip().lower() for tag in params.get("tags") or []}

    def wanted(table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
        name = table.identity.shown(obj)
        if names is not None and not any(fnmatch.fnmatchcase(name, pattern) for pattern in names):
            return False
        if excluded(table, obj):
            return False
        if tags:
            field = table.field("tags")
            if field is None or not tags.intersection(field.value_in(obj) or []):
                return False
        return takeover is None or takeover.wanted(table, obj)

    return wanted
