# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Which object a declaration is about.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import Ambiguous, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Room
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.resolve import repeats_name
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import required
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection


class Finder(Room):
    """Finds the object that a declaration is about, and the place that it is in."""

    def collection(self, declared: ObjectSpec) -> Collection:
        """The objects among which the declared one is.

        :param declared: names the place, where the type needs one.
        :returns: the collection.
        :raises InvalidInput: the place does not exist.
        """
        if self.resource.parent is None:
            return self.session.collection(self.resource)
        problems: Problems = []
        found = self.place(declared, problems)
        if problems:
            raise InvalidInput(problems)
        # In check mode the place may be an object that an earlier task would have created.
        return self.session.collection(self.resource, found if found is not None else {})

    def place(self, declared: ObjectSpec, problems: Problems) -> t.Mapping[str, t.Any] | None:
        """Look the place up; None where there is none."""
        return required(self.resource.parent).find(self.session, self.resource, declared.values, problems)

    def current(self, collection: Collection, declared: ObjectSpec, object_id: t.Any) -> dict[str, t.Any] | None:
        """The object as it is; None where there is none."""
        if collection.parent == {}:
            return None
        if self.resource.singleton:
            shown = self._shown_by_place(collection, declared)
            return shown if shown is not None else collection.only()
        if object_id is not None:
            listed = None if self.policy.details else collection.listed(object_id)
            return listed if listed is not None else collection.get(object_id)
        found = self.named(collection, declared)
        if not found or not self.policy.details:
            return found[0] if found else None
        needs_more = any(
            not field.in_list
            or (self.resource.listing.varies and not field.write_only and not field.shown_by(found[0]))
            for field in self.resource.fields
            if field.name in declared.values and field.name not in self.resource.location_options
        )
        listed = None if needs_more else self._with_listed_parts(declared, found[0])
        return listed if listed is not None else collection.whole(found[0])

    def named(self, collection: Collection, declared: ObjectSpec) -> list[dict[str, t.Any]]:
        """The object of the declared name, or else of the first former name that an object has.

        :param collection: the objects.
        :param declared: what is declared.
        :returns: one object, or none.
        :raises Ambiguous: several objects have the name.
        """
        option, name = self.resource.identity.option, declared.values.get(self.resource.identity.option)
        for one in (name, *declared.lifecycle.old_names):
            called = declared if one == name else dataclasses.replace(declared, values={**declared.values, option: one})
            found = self.matches(collection, called)
            if len(found) > 1:
                raise self._ambiguous(called, found)
            if found:
                return found
        return []

    def as_lists_show(self, declared: ObjectSpec, current: dict[str, t.Any]) -> tuple[ObjectSpec, dict[str, t.Any]]:
        """What is declared and what is, both without what no list shows; what that is, is noted.

        :param declared: what is declared.
        :param current: the object as it was found.
        :returns: both.
        """
        values, parts, seen = dict(declared.values), dict(declared.parts), dict(current)
        unread: set[str] = set()
        for field in self.resource.fields:
            if field.name not in values or field.write_only or field.name in self.resource.location_options:
                continue
            if field.shown_by(current) or (
                field.in_list and not self.resource.listing.varies and not self.resource.singleton
            ):
                continue
            del values[field.name]
            unread.add(field.name)
        for part in self.resource.parts:
            name = part.field.name
            if name not in parts or part.in_list or name in current:
                continue
            shown = part.listed(self.session, self.resource, current)
            if shown is None:
                del parts[name]
                unread.add(name)
                continue
            seen[name] = shown
            parts[name] = part.listable(self.context.part_options(declared))[name]
            if parts[name] != declared.parts[name]:
                unread.add(f"{name} in part")
        if unread:
            self.session.shared.unread.setdefault(self.resource.plural, set()).update(unread)
        left = declared.undeclared.intersection([*values, *parts])
        return dataclasses.replace(declared, values=values, parts=parts, undeclared=left), seen

    def _with_listed_parts(self, declared: ObjectSpec, listed: dict[str, t.Any]) -> dict[str, t.Any] | None:
        """An object of a list with its declared parts; None where only its detail shows them."""
        parts = [part for part in self.resource.parts if part.field.name in declared.parts and not part.in_list]
        options = self.context.part_options(declared)
        shown: dict[str, t.Any] = {}
        for part in parts:
            if not self.session.policy.brief or part.field.name in listed:
                # What was read whole before is whole at no price.
                return None
            value = part.as_declared(self.session, self.resource, options, listed)
            if value is None:
                return None
            shown[part.field.name] = value
        return {**listed, **shown} if shown else listed

    def _shown_by_place(self, collection: Collection, declared: ObjectSpec) -> dict[str, t.Any] | None:
        """What a place shows of the one object in it; None where that does not show that it is as declared."""
        place = self.resource.parent
        if not self.session.policy.brief or place is None or not collection.parent or declared.parts or declared.extra:
            return None
        shown = place.shows(self.session, collection.parent)
        for field in self.resource.fields:
            if field.name not in declared.values or field.name in place.options:
                continue
            if self.policy.details and not (
                field.shown_by(shown) and field.same(declared.values[field.name], field.value_in(shown))
            ):
                return None
        return dict(shown) if shown else None

    def matches(self, collection: Collection, declared: ObjectSpec) -> list[dict[str, t.Any]]:
        """The objects that answer to what a declaration says of its identity."""
        identity = self.resource.identity
        if identity.by_value:
            found = collection.all()
        else:
            name = declared.values.get(identity.option)
            found = collection.find(name)
            if not found and not identity.unique:
                found = collection.find(name, sure=True)
        names = identity.within if not identity.by_value else (identity.option, *identity.within)
        for field in self.resource.fields:
            for key in [name.partition(".")[2] for name in identity.within if name.startswith(f"{field.name}.")]:
                inner = required(field.key(key))
                wanted = dig(declared.values.get(field.name), key)
                if wanted is not None:
                    found = [obj for obj in found if inner.same(wanted, dig(field.value_in(obj), key))]
            if not found or field.name not in names or field.name in self.resource.location_options:
                continue
            if field.name not in declared.values:
                if identity.strict:
                    found = [obj for obj in found if field.value_in(obj) in (None, field.default)]
                continue
            repeating = [obj for obj in found if repeats_name(field, declared.values[field.name], obj)]
            if repeating:
                # The objects hold the name themselves, so nothing has to be looked up.
                found = repeating
                continue
            problems: Problems = []
            wanted = self.session.resolve_field(field, declared.values[field.name], field.name, problems)
            if problems:
                raise InvalidInput(problems)
            # A field that this server does not show cannot be compared.
            found = [
                obj
                for obj in found
                if not field.shown_by(obj) or field.same(wanted, field.value_in(obj), partial=False)
            ]
        return found

    def _ambiguous(self, declared: ObjectSpec, found: t.Sequence[t.Mapping[str, t.Any]]) -> Ambiguous:
        """What to say of several objects that answer to the same name."""
        identity = self.resource.identity
        ids = ", ".join(sorted(str(self.resource.object_id(obj)) for obj in found))
        name = declared.values.get(identity.option)
        called = (
            "are like that"
            if isinstance(name, (dict, list)) or name is None or identity.by_value
            else f"are called {name!r}"
        )
        more = [option for option in identity.within if dig(declared.values, option) is None]
        remedy = f"give {' or '.join(more)} too, or " if more else ""
        return Ambiguous(
            f"{identity.option}: {len(found)} objects of type {self.resource.type} {called} "
            f"(ids {ids}); {remedy}give the id of the one that is meant, or rename the other"
        )

    def is_called(self, declared: ObjectSpec, current: t.Mapping[str, t.Any] | None) -> bool:
        """Whether the object of a declared id has the declared name; another one of that id may be elsewhere."""
        if current is None:
            return False
        identity = self.resource.identity
        if identity.by_value or identity.option not in declared.values:
            return True
        name = declared.values[identity.option]
        return identity.normalize("" if name is None else name) in identity.names(current)

    def identifying(self, declared: ObjectSpec) -> dict[str, t.Any]:
        names = {*self.resource.identity.options, *self.resource.location_options}
        return {key: value for key, value in declared.values.items() if key in names}

    def needs_what_is_missing(self, identifying: t.Mapping[str, t.Any]) -> bool:
        """Whether the identity of an object names another one that does not exist, so that it cannot exist either."""
        # The object is to be absent, so a name that nothing has is as wanted and needs no warning.
        session = self.session.strictly()
        for field in self.resource.fields:
            value = identifying.get(field.name)
            if field.ref is None or value is None or self.context.is_parent(field):
                continue
            if self.resource.named_by_reference(field):
                continue
            problems: Problems = []
            session.resolve_field(field, value, field.name, problems)
            # An ambiguous name is reported by the look-up that follows.
            if problems and not session.collection(session.registry(field.ref.type)).find(value):
                return True
        return False

    def place_exists(self, declared: ObjectSpec) -> bool:
        """Whether the place of an object that is to be absent exists; if not, that needs no warning."""
        place = required(self.resource.parent)
        return place.find(self.session.strictly(), self.resource, declared.values, []) is not None
