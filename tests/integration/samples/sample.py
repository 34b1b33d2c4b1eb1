# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sample says, and what of it the table tells already."""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

if t.TYPE_CHECKING:
    from harness import SandboxServer


#: What a field's value must be like in the object: gets the declared value, the object and the ids of names, and says
#: what is wrong, or nothing.
Shows = t.Callable[[t.Any, t.Mapping[str, t.Any], t.Mapping[str, t.Any]], t.Any]

#: A body for the API, or what makes one from the ids of names.
Body = t.Mapping[str, t.Any] | list[t.Any] | t.Callable[[t.Mapping[str, t.Any]], t.Any]


@dataclass(frozen=True)
class Value:
    """Two values of a field.

    :param first: in the full declaration.
    :param second: another one.
    :param along: what else is declared in the step that sets the second one, because PostHog demands it.
    :param also: other keys of the object that PostHog changes at the same time.
    :param clears: whether null clears it, where the table is not to be asked.
    :param stored: how PostHog shows a value, where that differs from the declaration by more than names and words.
    :param secret: the first value with other secrets in it: no change by itself, written with
        C(update_secret: always). Fields that are secret as a whole use the second value for that.
    """

    first: t.Any
    second: t.Any
    along: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    also: tuple[str, ...] = ()
    clears: bool | None = None
    stored: t.Callable[[t.Any], t.Any] = lambda value: value
    secret: t.Any = None


def nothing(server: SandboxServer) -> dict[str, t.Any]:
    """No prerequisites."""
    return {}


def nobody(server: SandboxServer, names: t.Mapping[str, t.Any]) -> None:
    """The object is created by its module."""


@dataclass(frozen=True)
class Sample:
    """What the conformance tests declare of a type.

    What tells which object is meant (the identity option, the options of C(Identity.within), those of the place) is
    no field here: C(name), C(within) and C(place) say it, and every declaration holds it.

    :param type: the type.
    :param name: an object's name: what its identity option takes. Any value where the identity is one
        (C(Identity.by_value)) or names another object; nothing for the only object of a place.
    :param within: values of the options of C(Identity.within).
    :param elsewhere: other values of some of them: an object of the same name with these is another one.
    :param place: the options that say where the object is.
    :param numbered: makes further names from a number, where a dash and the number behind the name will not do; None
        where there are no other names.
    :param other: a name to rename the object to; the one of number 2 if it is not given. None where the name cannot
        change (references, values and names fixed after creation never do).
    :param seed: puts the object there, for types that no request creates; called after C(prepare) with the ids of
        names. The object must be there with other values than the first ones.
    :param values: values of fields that mean something, so that no table tells them.
    :param minimal: what a declaration needs besides the identity.
    :param foreign: what somebody else gave an object of that name, as a body for the API, or a function that makes it
        from the ids of names. Name and C(within) are added where they are plain text; an identity that is a value or
        names another object must stand here in the API's form.
    :param make: method and path, below C(path), by which somebody else makes the object.
    :param drift: method and path, below C(path), by which somebody else changes it; C({id}) is its id.
    :param drifts: the body of that change with the options that it alters: (body, options); without it, two fields of
        plain kinds get their second values.
    :param not_by_hand: why nobody else can make the object, or it cannot be told from the sandbox's point of view.
    :param no_twin: why there cannot be two objects of the same identity.
    :param later: fields that cannot be in the declaration that creates the object, each with the reason; they join
        once it exists.
    :param left_out: fields that are in no full declaration, each with the reason and the test that covers them.
    :param fixed: fields that are declared but not changed afterwards, each with the reason. (Those that the table
        calls create_only need not be told.)
    :param last: fields changed after all others, since they restrict what the others may be.
    :param unused_keys: keys of documents that no value uses, each with the reason.
    :param moving: keys that the server changes of its own accord with every write, or soon after it.
    :param shows: by field, how its value is found in the object, where that is more than looking it up (parts, mostly).
    :param foretold: by key of the object, whether what check mode foretold has come about, where the server adds more
        than can be foretold: gets the foretold and the real value.
    :param secrets: texts in the values that must stand in no result, no diff and no message.
    :param prepare: makes the objects that values name; returns their ids, by the name used in a declaration. A name in
        double braces is a variable.
    :param after_creation: tasks of the same kind for objects that must belong to the new one: (name, method, path,
        body); C(created) holds the result of the creation.
    :param path: of the list in the API, relative to the project; C({organization}), C({project}) and the names that
        C(prepare) returned are filled in.
    :param rows: picks the objects from the answer of the list, where it is neither a list nor has C(results).
    :param warns: what the creation warns of, in part; nothing else may be warned of.
    :param least: most requests that a declaration of one unchanged object may take that names no other object: the
        list, and whatever it takes to get there.
    :param again: most requests that the full declaration of one unchanged object may take; without references it
        is two, and whatever names no other object must do with C(least) anyway.
    :param again_reason: what they are.
    :param unscoped: why a key may do this whatever its scopes.
    :param old: what the message says on the server of 2024, where it is neither "this PostHog has no ..." nor a
        success; a dash where nothing is said about it, with the reason in a comment.
    """

    type: str
    name: t.Any = ""
    within: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    elsewhere: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    place: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    numbered: t.Callable[[int], t.Any] | bool | None = True
    other: t.Any = True
    seed: t.Callable[[SandboxServer, t.Mapping[str, t.Any]], t.Any] = nobody
    values: t.Mapping[str, Value] = dataclasses.field(default_factory=dict)
    minimal: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    foreign: Body = dataclasses.field(default_factory=dict)
    make: tuple[str, str] | None = None
    drift: tuple[str, str] | None = None
    drifts: tuple[Body, t.Mapping[str, t.Any]] | None = None
    not_by_hand: str = ""
    no_twin: str = ""
    later: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    left_out: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    fixed: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    last: tuple[str, ...] = ()
    unused_keys: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    moving: tuple[str, ...] = ()
    shows: t.Mapping[str, Shows] = dataclasses.field(default_factory=dict)
    foretold: t.Mapping[str, t.Callable[[t.Any, t.Any], bool]] = dataclasses.field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    prepare: t.Callable[[SandboxServer], dict[str, t.Any]] = nothing
    after_creation: tuple[tuple[str, str, str, t.Any], ...] = ()
    path: str = ""
    rows: t.Callable[[t.Any], list[dict[str, t.Any]]] | None = None
    warns: str = ""
    least: int = 2
    again: int = 2
    again_reason: str = ""
    unscoped: str = ""
    old: str = ""
    _cache: dict[str, Value] = dataclasses.field(default_factory=dict, compare=False)

    @property
    def table(self) -> t.Any:
        """The type's table."""
        from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES

        return RESOURCES[self.type]

    @property
    def module(self) -> str:
        """The module's full name."""
        return f"community.posthog.posthog_{self.type}"

    # -- which object ------------------------------------------------------------------------------------------------

    @property
    def identity(self) -> str:
        """The option that names the object; empty for the only one of a place."""
        return str(self.table.identity.option)

    @property
    def plain_name(self) -> bool:
        """Whether the name is text of the object's own."""
        known = self.table.field(self.identity)
        return bool(self.identity) and not self.table.identity.by_value and (known is None or known.ref is None)

    def named(self, other: t.Any = None, /, **options: t.Any) -> dict[str, t.Any]:
        """Options that tell which object is meant, and further ones.

        :param other: another name than the usual one.
        :param options: what else to declare.
        """
        own = {self.identity: self.name if other is None else other} if self.identity else {}
        return {**own, **self.within, **self.place, **options}

    def name_of(self, number: int) -> t.Any:
        """Another name.

        :param number: which.
        :returns: a name; None where there is none.
        """
        if callable(self.numbered):
            return self.numbered(number)
        if not self.numbered or not self.plain_name or not isinstance(self.name, str):
            return None
        return f"{self.name}-{number:02}"

    @property
    def new_name(self) -> t.Any:
        """A name to rename the object to; None where it keeps the one it has."""
        table = self.table
        known = table.field(self.identity)
        if not self.plain_name or not table.has_id or table.replaceable or (known and known.create_only):
            return None
        return self.name_of(2) if self.other is True else self.other

    @property
    def can_be_made(self) -> bool:
        """Whether a task can make the object."""
        return bool(self.table.creatable and not self.table.singleton)

    @property
    def can_be_deleted(self) -> bool:
        """Whether a task can delete the object."""
        return bool(self.table.delete.value != "none")

    # -- what is declared of it ----------------------------------------------------------------------------------------

    @property
    def fields(self) -> list[t.Any]:
        """What can be declared besides what tells which object is meant: the table's fields and its parts'."""
        table = self.table
        naming = {*table.identity.options, *table.location_options}
        own = [item for item in table.fields if item.name not in naming]
        return own + [part.field for part in table.parts]

    def field(self, name: str) -> t.Any:
        """A field, or a part's."""
        return next(item for item in self.fields if item.name == name)

    def value(self, name: str) -> Value:
        """The values of a field: those of the sample, else those that follow from its kind.

        :param name: the field.
        :returns: two values.
        :raises LookupError: neither the sample nor the kind tells.
        """
        if name in self.values:
            return self.values[name]
        if name not in self._cache:
            self._cache[name] = derived(self.field(name))
        return self._cache[name]

    def clears(self, name: str) -> bool:
        """Whether null clears a field."""
        told = self.value(name).clears
        known = self.field(name)
        if told is not None:
            return told
        null = (known.nullable or known.null_as is not None) and not known.null_is
        return null and not known.write_only and not known.create_only

    def secret(self, name: str) -> bool:
        """Whether a field's value is a secret."""
        return bool(self.field(name).secret)

    @property
    def secret_texts(self) -> tuple[str, ...]:
        """Texts that must stand in no result."""
        values = (self.value(item.name) for item in self.fields if item.secret and item.name not in self.left_out)
        own = [text for value in values for text in (value.first, value.second) if isinstance(text, str)]
        return (*self.secrets, *own)

    def full(self, *, creating: bool = True) -> dict[str, t.Any]:
        """A declaration that names every field, with the first values.

        :param creating: leave out what can only be declared of an object that exists.
        :returns: options, without the identity.
        """
        out = dict(self.minimal)
        for known in self.fields:
            if known.name not in self.left_out and not (creating and known.name in self.later):
                out[known.name] = self.value(known.name).first
        return out

    @property
    def updated(self) -> list[str]:
        """The fields that get a second value, in order."""
        out = {*self.left_out, *self.fixed, *self.minimal}
        names = [item.name for item in self.fields if item.name not in out and not item.create_only]
        return [name for name in names if name not in self.last] + [name for name in self.last if name in names]


def derived(known: t.Any) -> Value:
    """Two values for a field of which the table tells all that matters.

    :param known: the field.
    :returns: two legal values.
    :raises LookupError: the values mean something; the sample must give them.
    """
    if known.words:
        words = list(known.words)
        return Value(words[-1], words[0])
    if known.choices:
        return Value(known.choices[0], known.choices[1])
    if known.ref is None and not known.refs:
        if known.kind == "bool":
            return Value(True, False)
        if known.kind == "str" and known.pattern is None:
            return Value(f"First {known.name}"[: known.max_length], f"Second {known.name}"[: known.max_length])
        if known.kind == "int":
            low = int(known.minimum or 0)
            return Value(low + 1, low + 2)
        if known.kind == "num":
            low = float(known.minimum or 0)
            return Value(low + 0.5, low + 0.25)
        if known.kind == "decimal":
            return Value(0.5, "0.25")
        if known.kind == "time":
            return Value("2031-03-01T09:00:00Z", "2032-04-01T10:30:00+02:00")
        if known.kind == "list" and known.items is not None and known.items.kind == "str":
            if known.unordered:
                return Value(["Beta", "alpha"], ["gamma", "alpha"])
            return Value(["https://one.example.com", "https://two.example.com"], ["https://two.example.com"])
    raise LookupError(f"the values of {known.name} mean something: give them in the sample")
