# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""One object becomes the options that declare it.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.export_names import ReferenceNames
from ansible_collections.community.posthog.plugins.module_utils._bulk.export_report import Unfaithful
from ansible_collections.community.posthog.plugins.module_utils._bulk.export_secrets import SecretVariables
from ansible_collections.community.posthog.plugins.module_utils._bulk.export_values import ValueExporter, is_default
from ansible_collections.community.posthog.plugins.module_utils._data.plain import without_nulls
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import at_rest
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UNKNOWN, Field
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import NOTHING
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


class ObjectExporter:
    """Converts objects.

    :param session: the project.
    :param rename: by type, names that another name is written for.
    :param unfaithful: what cannot be reproduced is added to it.
    :param details: objects are complete; without, what their lists do not show is left out.
    """

    def __init__(
        self,
        session: Session,
        rename: t.Mapping[str, t.Mapping[str, str]],
        unfaithful: Unfaithful,
        *,
        details: bool,
    ) -> None:
        self._session = session
        self._unfaithful = unfaithful
        self._details = details
        self.names = ReferenceNames(session, rename, unfaithful)
        self.values = ValueExporter(self.names, unfaithful)
        self.secrets = SecretVariables(session, self.names, unfaithful)
        #: By type, the options that were left out because no list shows them.
        self.unread: dict[str, set[str]] = {}

    def declaration(
        self, table: Resource, obj: t.Mapping[str, t.Any], location: t.Mapping[str, t.Any]
    ) -> dict[str, t.Any] | None:
        """The options that declare an object.

        :param table: its type.
        :param obj: the object.
        :param location: the options that locate its parent.
        :returns: the options, C(id) among them; None where there is nothing to declare.
        """
        name = table.identity.shown(obj) or next((str(value) for value in location.values()), "")
        self._unfaithful.about(table.type, name)
        self.secrets.next_object()
        self.names.look_inside(table, obj)
        item = {option: self._renamed_location(table, option, value) for option, value in location.items()}
        for field in _identity_first(table):
            value = self._field(table, field, obj)
            if value is not NOTHING:
                item[field.name] = value
        for part in table.parts:
            shown = self._with_listed(table, part, obj)
            if shown is None:
                continue
            obj = shown
            value = self._part(table, part, obj)
            if value is not None and not at_rest(part.field, value):
                item[part.field.name] = without_nulls(value) if part.field.undeclared_value is not UNKNOWN else value
        if table.has_id:
            item["id"] = table.object_id(obj)
        if table.singleton and location and not (item.keys() - location.keys()):
            # An object that is at its defaults in each of many parents would fill pages.
            return None
        return item

    def _field(self, table: Resource, field: Field, obj: t.Mapping[str, t.Any]) -> t.Any:
        """The value to declare for a field, or C(NOTHING)."""
        if field.name in table.location_options or field.computed:
            return NOTHING
        if field.secret:
            return self.secrets.variable(field.name) if field.required or field.value_in(obj) else NOTHING
        if field.write_only or not field.exported:
            return NOTHING
        if not field.shown_by(obj):
            if not field.in_list or table.singleton:
                self._note_unread(table, field.name)
            return NOTHING
        self._unfaithful.add_unknown(field, field.value_in(obj))
        value = self.values.value(field, self.secrets.in_field(table, field, obj), field.name)
        is_name = field.name in table.identity.options[:1]
        if is_name:
            if value is NOTHING or value is None:
                value = field.value_in(obj)
            if value is None and table.identity.nameless:
                value = ""
            value = self.names.renamed(table.type, value)
        elif value is NOTHING or (not field.required and is_default(field, value, obj)):
            return NOTHING
        if field.unportable and value:
            self._unfaithful.add(field.name, field.unportable)
        return value

    def _with_listed(self, table: Resource, part: Part, obj: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any] | None:
        """The object with what its list shows of a part; None where the list shows nothing of it."""
        name = part.field.name
        if self._details or part.in_list or name in obj:
            return obj
        listed = part.listed(self._session, table, obj)
        self._note_unread(table, name if listed is None else f"{name} in part")
        return None if listed is None else {**obj, name: listed}

    def _part(self, table: Resource, part: Part, obj: t.Mapping[str, t.Any]) -> t.Any:
        """The value to declare for a part, or None."""
        name = part.field.name
        try:
            value = part.export(self._session, table, obj)
        except NotImplementedError:
            self._unfaithful.add(name, "cannot be exported yet")
            return None
        if part.in_form:
            self._unfaithful.add_unknown(part.field, obj.get(name))
        for path, reason in part.left_out(self._session, table, obj):
            self._unfaithful.add(path, reason)
        return self.secrets.in_part(table, name, value, obj)

    def _note_unread(self, table: Resource, option: str) -> None:
        """Note an option that is left out because no list shows it."""
        if not self._details:
            self.unread.setdefault(table.type, set()).add(option)

    def _renamed_location(self, table: Resource, option: str, value: t.Any) -> t.Any:
        field = table.field(option)
        return self.names.renamed(field.ref.type, value) if field is not None and field.ref is not None else value


def _identity_first(table: Resource) -> list[Field]:
    """The fields, those that identify the object first."""
    position = {option: index for index, option in enumerate(table.identity.options)}
    return sorted(table.fields, key=lambda field: position.get(field.name, len(position)))
