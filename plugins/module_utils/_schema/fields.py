# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a field of a resource type is: its type, its limits, its references, its default on the server.

Private to this collection: it may change without notice.

A field reads what a user wrote (:meth:`Field.parse`), compares two values (:meth:`Field.same`) and shows one
(:meth:`Field.view`). What depends on the kind of the value is in C(kinds). How a name becomes an id is in C(_state).
"""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import equal
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, has
from ansible_collections.community.posthog.plugins.module_utils._data.words import article, kind_of, nearest
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import Kind as BaseKind
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.index import KINDS
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE, Check, Problems, Remark
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref, with_text_ids
from ansible_collections.community.posthog.plugins.module_utils._schema.spelling import likely


class _Unknown:
    """Stands for a default that nobody knows."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: t.Any) -> _Unknown:
        return self


#: Stands for the default of a field that PostHog fills in an unknown way.
UNKNOWN: t.Final = _Unknown()

#: Text, numbers and so on. C(json) is JSON that the API keeps as text; C(open) a document whose keys are the user's.
Kind = t.Literal["str", "int", "num", "bool", "time", "decimal", "any", "json", "open", "document", "list", "map"]

UUID: t.Final = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Field:
    """One field of a resource type, or one key of a document.

    A table is a list of these, so their attributes are keywords of one level. They are ordered by what they are about.

    :param name: the option's name; the API's own wherever it has one.
    :param kind: what it holds.
    :param aliases: other names of the option.
    :param since: the first server generation that knows it.
    :param plan_feature: key of the plan feature without which the server drops it silently.
    :param required: needed to create the object.
    :param choices: the values that PostHog takes.
    :param words: words that stand for the API's magic numbers.
    :param newer: a document takes keys, or a choice values, that this release does not know, with a warning, since
        PostHog does; what is nearly a known one is a typo.
    :param names_kind: the value says of which kind the document is that it stands in. A document of a kind that this
        release does not know is passed on, compared and kept as an open one: see :meth:`Field.unknown_kind`.
    :param minimum: smallest number.
    :param maximum: largest number.
    :param max_length: longest text.
    :param pattern: pair of a regular expression and the words for it.
    :param checked: looks deeper into an open document than the table does; gets the value, its path and the problems,
        and returns the value in the form that PostHog takes.
    :param relative: a time may be given relative to now (C(+14d)); where the object has one already, that is it.
    :param fields: the keys of a document.
    :param items: what a list or a map holds.
    :param keys: turns a key of a map into the form that the server keeps.
    :param item_keys: keys by which an item of a list is recognised, wherever it stands, although others of its keys
        have changed. Its preserved keys stay with it.
    :param match_keys: the same for an item at the same index; the required keys if none are given.
    :param ref: the value names another object.
    :param names: the text is the name of another object, and is sent as it is.
    :param refs: references inside the document.
    :param default: the value that PostHog gives a field that is left out.
    :param unsettled: the default depends on something else, such as a template or an account. So no value shows that
        the field was left out, and an export always writes it, empty values too.
    :param nullable: whether C(null) clears it.
    :param null_as: what null means (a rollout of null is 100 percent); also what a C(null) option sends.
    :param null_is: what an explicit C(null) would open a thing to, and what says that without one. Such a null is
        refused, since a variable that happens to be empty is one. A stored null stays, and means the same as before.
    :param initial: what a creation sends where nothing is declared.
    :param preserved: owned by someone else: left as it is unless it is declared.
    :param stays: a key of a document that is left as it is where the document is declared without it, unless the
        declaration is the whole truth.
    :param merged: a map or an open document of which only the declared keys count; the others stay as they are, and
        null takes a key away.
    :param normalize: brings a value into the form in which two of them are compared, where PostHog stores it in other
        words than it was written in.
    :param lower: the server lower-cases and trims the text.
    :param casefold: upper and lower case are the same when compared.
    :param html: the server cleans up the markup in the text.
    :param unordered: a list whose order has no meaning.
    :param ignored: items of an unordered list that are not the task's business: they stay where they are, and count
        only where they are declared.
    :param api: the API's name where the option has another one.
    :param read: paths of the value in what the server shows, newest generation first, where it is not C(api).
    :param sparse: the value stands deep in what the server shows, and the way there ends early where there is none.
    :param reading: turns what the server shows into what a write takes, where the two have different forms; it leaves
        alone what already has that form.
    :param in_list: whether a list call shows it.
    :param computed: the server's own; never compared, never sent.
    :param create_only: fixed after creation.
    :param update_only: ignored in the POST that creates the object; sent right after it.
    :param write_only: accepted but never shown.
    :param secret: never or only masked on read.
    :param patched: PostHog lays what is sent of an open document over what it has, so nothing else of it is repeated.
    :param whole: a write replaces the document whole, so what is not declared is not sent.
    :param clear_members: the server ignores an empty document, so clearing it sends null for each of its keys.
    :param server_added: keys of an open document, at any depth, that the server adds; an export leaves them out, and no
        write repeats them.
    :param computed_keys: keys of an open document, at any depth, that the server computes; no write repeats them.
    :param exported: an export writes it; not where another field says the same in a better way.
    :param unportable: why its value means nothing in another project; an export says so.
    """

    # What it is.
    name: str
    kind: Kind = "str"
    aliases: tuple[str, ...] = ()
    since: str | None = None
    plan_feature: str | None = None
    # Which values it takes.
    required: bool = False
    choices: tuple[t.Any, ...] = ()
    words: t.Mapping[str, t.Any] = field(default_factory=dict)
    newer: bool = False
    names_kind: bool = False
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    pattern: tuple[str, str] | None = None
    checked: Check | None = None
    relative: bool = False
    # What stands inside it.
    fields: tuple[Field, ...] = ()
    items: Field | None = None
    keys: t.Callable[[str], str] | None = None
    item_keys: tuple[str, ...] = ()
    match_keys: tuple[str, ...] = ()
    # What it names.
    ref: Ref | None = None
    names: Ref | None = None
    refs: tuple[NestedRef, ...] = ()
    # What null and silence mean.
    default: t.Any = None
    unsettled: bool = False
    nullable: bool = False
    null_as: t.Any = None
    null_is: str = ""
    initial: t.Any = None
    preserved: bool = False
    stays: bool = False
    merged: bool = False
    # How two values are compared.
    normalize: t.Callable[[t.Any], t.Any] | None = None
    lower: bool = False
    casefold: bool = False
    html: bool = False
    unordered: bool = False
    ignored: tuple[t.Any, ...] = ()
    # Where it stands in what PostHog shows.
    api: str | None = None
    read: tuple[str, ...] = ()
    sparse: bool = False
    reading: t.Callable[[t.Any], t.Any] | None = None
    in_list: bool = True
    # How it is written.
    computed: bool = False
    create_only: bool = False
    update_only: bool = False
    write_only: bool = False
    secret: bool = False
    patched: bool = False
    whole: bool = False
    clear_members: bool = False
    server_added: tuple[str, ...] = ()
    computed_keys: tuple[str, ...] = ()
    # How it is exported.
    exported: bool = True
    unportable: str = ""

    @property
    def undeclared_value(self) -> t.Any:
        """What the field of a resource type is at where nobody says anything, in the API's form.

        :data:`UNKNOWN` where nobody knows that, where it is not the task's business, and where nothing could be put
        back there.
        """
        if self.required or self.computed or self.secret or self.write_only or self.preserved or self.create_only:
            return UNKNOWN
        if self.unsettled or not self.exported:
            return UNKNOWN
        for value in (self.initial, self.default, self.null_as):
            if value is not None:
                return value
        return None if self.nullable else UNKNOWN

    @property
    def left_alone(self) -> bool:
        """Whether it is left as it is where nobody names it."""
        return self.preserved or self.stays

    @property
    def api_name(self) -> str:
        """The key in the body of a write."""
        return self.api or self.name

    def path_in(self, obj: t.Any) -> str:
        """Where the value stands in what the server shows.

        :param obj: the server's object.
        :returns: the first of the paths that is there; the first of all where none is.
        """
        if not self.read:
            return self.api_name
        for path in self.read:
            if has(obj, path) or (self.sparse and has(obj, path.partition(".")[0])):
                return path
        return self.read[0]

    def shown_by(self, obj: t.Any) -> bool:
        """Whether the server shows the field.

        :param obj: the server's object.
        :returns: True if it is there, if only as null.
        """
        path = self.path_in(obj)
        return has(obj, path) or (self.sparse and has(obj, path.partition(".")[0]))

    def put_in(self, obj: dict[str, t.Any], value: t.Any, path: str | None = None) -> None:
        """Put a value where the server shows it.

        :param obj: an object as the server shows it; it is changed.
        :param value: the value.
        :param path: which of the paths; the one that is right for the object if None.
        """
        parts = (path or self.path_in(obj)).split(".")
        if self.sparse and value is None:
            parts = parts[:1]
        for part in parts[:-1]:
            inner = obj.get(part)
            if not isinstance(inner, dict):
                inner = {}
                obj[part] = inner
            obj = inner
        obj[parts[-1]] = value

    def value_in(self, obj: t.Any) -> t.Any:
        """The field's value in what the server shows.

        :param obj: the server's object.
        :returns: the value, or None.
        """
        value = dig(obj, self.path_in(obj))
        return value if self.reading is None or value is None else self.reading(value)

    @functools.cached_property
    def kind_fields(self) -> tuple[Field, ...]:
        """The document's fields that tell its kind."""
        return tuple(known for known in self.fields if known.names_kind)

    def key(self, name: str) -> Field | None:
        """The document's field of that name.

        :param name: a key.
        :returns: the field, or None where the document knows no such key.
        """
        for key_field in self.fields:
            if key_field.name == name:
                return key_field
        return None

    @property
    def of_kind(self) -> BaseKind:
        """What its kind does: reading, comparing, showing, writing."""
        return KINDS[self.kind]

    def unknown_kind(self, value: t.Any) -> Field | None:
        """See :meth:`Kind.unknown_kind`."""
        return self.of_kind.unknown_kind(self, value)

    # -- reading what a user wrote --------------------------------------------------------------------------------

    def parse(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Read a value that a user wrote.

        :param value: plain data (see :func:`plain`).
        :param path: the option path, for problems.
        :param problems: collects what is wrong.
        :returns: the value as PostHog wants it, names of other objects still unresolved.
        """
        if value is None:
            if self.null_is:
                problems.append((path, f"cannot be null, which would mean {self.null_is}"))
                return None
            if self.null_as is not None:
                return self.null_as
            if not self.nullable and (
                self.required or self.words or self.ref is not None or not self.of_kind.takes_all
            ):
                problems.append((path, "cannot be null: it always has a value; leave it out to leave it alone"))
            return None
        if self.words:
            return self._word(value, path, problems)
        if self.ref is not None and not self.of_kind.is_list:
            if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
                hint = f"; {QUOTE}" if isinstance(value, bool) else ""
                problems.append((path, f"takes the name or the id of {article(self.ref.type)}, not {value!r}{hint}"))
            return value.strip() if isinstance(value, str) else value
        parsed = self.parse_value(value, path, problems)
        if self.choices and isinstance(parsed, (dict, list)):
            # Of a text that should be a document, parsing has reported the mistake.
            if self.of_kind.takes_all:
                problems.append((path, f"takes {', '.join(map(str, self.choices))}, not {kind_of(parsed)}"))
        elif self.choices and parsed not in self.choices:
            if self.newer:
                meant = likely(str(value), self.choices)
                text = f"{value!r} is none of PostHog's choices; did you mean {meant}?"
                if meant is None:
                    problems.append(Remark((path, f"{value!r} is not known to this release; PostHog gets it as it is")))
                else:
                    problems.append((path, text))
                return parsed
            problems.append(
                (path, f"{value!r} is none of {', '.join(map(str, self.choices))}{nearest(str(value), self.choices)}")
            )
        return parsed

    def _word(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        """A word for a magic number, or the number."""
        text = str(value)
        if text in self.words:
            return self.words[text]
        for number in self.words.values():
            if text == str(number):
                return number
        near = nearest(text, self.words) if isinstance(value, (str, int)) else ""
        problems.append((path, f"{kind_of(value)} is none of {', '.join(self.words)}{near}"))
        return value

    def takes_newer(self, key: str) -> bool:
        """Whether a document takes a key that this release does not know.

        :param key: a key that is none of its keys.
        :returns: False also where the key would be taken for a typo of one that it has.
        """
        return self.newer and likely(key, [key_field.name for key_field in self.fields]) is None

    def parse_value(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Read a value as its kind does; a table's own class of fields may do more.

        :param value: plain data, not null.
        :param path: the option path, for problems.
        :param problems: collects what is wrong.
        :returns: the value as PostHog wants it.
        """
        return self.of_kind.parse(self, value, path, problems)

    # -- comparing ------------------------------------------------------------------------------------------------

    def same(self, desired: t.Any, current: t.Any, *, partial: bool = False) -> bool:
        """Whether a declared value is the current one. References are resolved to ids in both.

        :param desired: what :meth:`parse` made of the declaration.
        :param current: what the server shows.
        :param partial: only the declared top-level keys of a document count; set where a short form declared them.
        :returns: True if nothing has to be written.
        """
        desired, current = self.null_read(desired), self.typed(self.null_read(current))
        if self.refs:
            # Ids are numbers in some documents and text in others.
            desired, current = (with_text_ids(value, self.refs) for value in (desired, current))
        if self.normalize is not None:
            return equal(self.normalize(desired), self.normalize(current))
        kind = self.of_kind
        if desired is None or current is None:
            return all(value is None or kind.is_empty(self, value) for value in (desired, current))
        return kind.same(self, desired, current, partial)

    def view(self, value: t.Any, other: t.Any, *, partial: bool = False, always: t.Collection[str] = ()) -> t.Any:
        """A value as a diff shows it: without what the server computes, and without what is not the task's business.

        :param value: the value to show.
        :param other: the declared value; its keys are those that matter.
        :param partial: see :meth:`same`.
        :param always: keys of the document that are shown even if nobody declared them.
        :returns: plain data.
        """
        return self.of_kind.view(self, value, other, partial, always)

    def children(self, value: t.Any) -> t.Iterator[tuple[t.Any, Field, t.Any]]:
        """The values inside a value that have a field of their own.

        :param value: what is declared or shown.
        :returns: the step that leads to each (a key or an index), its field, and the value; without nulls of documents.
        """
        return self.of_kind.children(self, value)

    def null_read(self, value: t.Any) -> t.Any:
        """A value, or what null means.

        :param value: what is declared or shown.
        :returns: the value; for null what the table says that it means.
        """
        return self.null_as if value is None and self.null_as is not None else value

    def typed(self, value: t.Any) -> t.Any:
        """A value of the server's in the type that the field has.

        The configuration of a batch export reads back as text: C("100"), C("True") (recorded 2025).

        :param value: what the server shows.
        :returns: the number or the truth value that a text stands for; any other value as it is.
        """
        return self.of_kind.typed(value) if isinstance(value, str) else value

    def by_key(self, value: t.Any) -> t.Any:
        """A map with its keys in the form in which they are compared.

        :param value: what is declared or shown.
        :returns: a copy where the field has a form for keys; any other value as it is.
        """
        if self.keys is None or not isinstance(value, dict):
            return value
        return {self.keys(str(key)): inner for key, inner in value.items()}


_T = t.TypeVar("_T")


def required(value: _T | None) -> _T:
    """A value that a table is bound to hold where it is asked for.

    :param value: the value.
    :returns: the same value.
    :raises LookupError: the table lacks it; a defect of the table.
    """
    if value is None:
        raise LookupError("a table lacks what its other entries need")
    return value
