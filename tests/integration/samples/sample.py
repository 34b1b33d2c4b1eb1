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


@dataclass(frozen=True)
class Value:
    """Two values of a field.

    :param first: in the full declaration.
    :param second: another one.
    :param along: what else is declared in the step that sets the second one, because PostHog demands it.
    :param also: other fields that PostHog changes at the same time.
    :param clears: whether null clears it, where the table is not to be asked.
    :param stored: how PostHog shows a value, where that differs from the declaration by more than names and words.
    """

    first: t.Any
    second: t.Any
    along: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    also: tuple[str, ...] = ()
    clears: bool | None = None
    stored: t.Callable[[t.Any], t.Any] = lambda value: value


def nothing(server: SandboxServer) -> dict[str, t.Any]:
    """No prerequisites."""
    return {}


@dataclass(frozen=True)
class Sample:
    """What the litany declares of a type.

    :param type: the type.
    :param name: an object's name: what its identity option takes.
    :param values: values of fields that mean something, so that no table tells them.
    :param minimal: what a declaration needs besides the identity.
    :param foreign: what somebody else gave an object of that name, as a body for the API.
    :param later: fields that cannot be in the declaration that creates the object, each with the reason; they join
        once it exists.
    :param left_out: fields that are in no full declaration, each with the reason and the test that covers them.
    :param fixed: fields that are declared but not changed afterwards, each with the reason.
    :param last: fields changed after all others, since they restrict what the others may be.
    :param unused_keys: keys of documents that no value uses, each with the reason.
    :param moving: keys that the server changes of its own accord with every write, or soon after it.
    :param prepare: makes the objects that values name; returns their ids, by the name used in a declaration.
    :param after_creation: tasks of the same kind for objects that must belong to the new one: (name, method, path,
        body); C(created) holds the result of the creation.
    :param path: of the list in the API, relative to the project, or with the organization's id filled in.
    :param warns: what the creation warns of, in part; nothing else may be warned of.
    :param again: most requests that the full declaration of one unchanged object may take; without references it
        is two, and whatever names no other object must do with two anyway.
    :param again_reason: what they are.
    """

    type: str
    name: str
    values: t.Mapping[str, Value] = dataclasses.field(default_factory=dict)
    minimal: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    foreign: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    later: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    left_out: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    fixed: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    last: tuple[str, ...] = ()
    unused_keys: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    moving: tuple[str, ...] = ()
    prepare: t.Callable[[SandboxServer], dict[str, t.Any]] = nothing
    after_creation: tuple[tuple[str, str, str, t.Any], ...] = ()
    path: str = ""
    warns: str = ""
    again: int = 2
    again_reason: str = ""
    _cache: dict[str, Value] = dataclasses.field(default_factory=dict, compare=False)

    @property
    def table(self) -> t.Any:
        """The type's table."""
        from ansible_collections.community.posthog.plugins.module_utils._registry import RESOURCES

        return RESOURCES[self.type]

    @property
    def module(self) -> str:
        """The module's full name."""
        return f"community.posthog.posthog_{self.type}"

    @property
    def fields(self) -> list[t.Any]:
        """Everything that can be declared besides the identity: the table's fields and its parts'."""
        table = self.table
        own = [item for item in table.fields if item.name != table.identity.option]
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
        return not known.write_only and not known.create_only and (known.nullable or known.null_as is not None)

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
        names = [item.name for item in self.fields if item.name not in {*self.left_out, *self.fixed, *self.minimal}]
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
        if known.kind == "decimal":
            return Value(0.5, "0.25")
        if known.kind == "list" and known.items is not None and known.items.kind == "str":
            if known.unordered:
                return Value(["Beta", "alpha"], ["gamma", "alpha"])
            return Value(["https://one.example.com", "https://two.example.com"], ["https://two.example.com"])
    raise LookupError(f"the values of {known.name} mean something: give them in the sample")
