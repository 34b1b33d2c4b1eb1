# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What all kinds of values have in common.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import html
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import equal
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._data.plain import from_now, without_nulls
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.open_documents import Lost
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE, Problems

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field

Schema = dict[str, t.Any]


class _Nothing:
    """Stands for a value that need not be declared."""


NOTHING: t.Final = _Nothing()


class Exporter(t.Protocol):
    """What exports the values of other fields."""

    def value(self, field: Field, value: t.Any, path: str) -> t.Any:
        """Convert a value.

        :param field: its field.
        :param value: what PostHog stores.
        :param path: where it is.
        :returns: the value to declare, or :data:`NOTHING`.
        """

    def note(self, path: str, reason: str) -> None:
        """Take note of a value that cannot be reproduced.

        :param path: where it is.
        :param reason: why.
        """


class SchemaWriter(t.Protocol):
    """What writes the JSON schemas of the fields inside a field."""

    def of_key(self, field: Field) -> Schema:
        """The schema of a key of a document."""

    def of_item(self, field: Field) -> Schema:
        """The schema of an item of a list."""

    def of_value(self, field: Field) -> Schema:
        """The schema of a value of a map."""


class Kind:
    """One kind of value that a field may hold: how it is read, compared, shown, written and exported.

    Each kind is a class, and has one object, which :data:`KINDS` finds by its name. What differs between two fields
    of a kind is in the field, which every method gets first. What holds for all kinds (null, words for numbers,
    references) is done by :class:`Field` before it asks the kind.
    """

    #: Its name in tables.
    name: str = ""
    #: Ansible's type of an option of this kind.
    argument_type: str = "raw"
    #: Ansible's type of an item, where the option is a list.
    element_type: str = "raw"
    #: What YAML may have made of a word without quotes that is meant for this kind.
    yaml_types: frozenset[str] = frozenset()
    #: It takes values that no table describes.
    is_open: bool = False
    #: It is a text, which names things and is free of structure.
    is_text: bool = False
    #: It takes values of all types, null too.
    takes_all: bool = False
    #: It holds several values, so that a reference of this kind names several objects.
    is_list: bool = False
    #: A table describes its keys.
    has_known_keys: bool = False
    #: It has members that a write keeps although nobody declared them.
    has_members: bool = False
    #: What is not declared of it goes, also what cannot be read.
    is_all_declared: bool = False

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Read a value that a user wrote.

        :param field: the field.
        :param value: plain data, not null.
        :param path: the option path, for problems.
        :param problems: collects what is wrong.
        :returns: the value as PostHog wants it.
        """
        raise NotImplementedError

    def unknown_kind(self, field: Field, value: t.Any) -> Field | None:
        """Whether a document is of a kind that this release does not know.

        Nothing is known of the keys of such a document, not even of those that other kinds have too.

        :param field: the field.
        :param value: the document, as it was written or as the server shows it.
        :returns: the key that names the kind; None where the kind is known, or nothing names it.
        """
        return None

    def typed(self, value: str) -> t.Any:
        """What a text stands for, where PostHog shows one instead of a value of this kind.

        :param value: what the server shows.
        :returns: the value; the text itself where it stands for none.
        """
        return value

    def is_empty(self, field: Field, value: t.Any) -> bool:
        """Whether a value means the same as null.

        :param field: the field.
        :param value: what is declared or shown, not null.
        :returns: True for an empty list, document or map.
        """
        if field.ignored and isinstance(value, list):
            return all(item in field.ignored for item in value)
        return False

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """Whether a declared value is the current one.

        :param field: the field.
        :param desired: the declared value, not null.
        :param current: the server's value, not null.
        :param partial: see :meth:`Field.same`.
        :returns: True if nothing has to be written.
        """
        if field.ref is not None:
            return str(desired) == str(current)
        desired, current = self.trimmed(desired, current)
        if field.html and isinstance(desired, str) and isinstance(current, str):
            return _markup(desired) == _markup(current)
        if field.lower and isinstance(current, str):
            return bool(desired == current.strip().lower())
        if field.casefold and isinstance(desired, str) and isinstance(current, str):
            return desired.casefold() == current.casefold()
        return equal(desired, current)

    def trimmed(self, desired: t.Any, current: t.Any) -> tuple[t.Any, t.Any]:
        """Two values without what PostHog takes off.

        :param desired: the declared value.
        :param current: the server's value.
        :returns: both.
        """
        return desired, current

    def view(self, field: Field, value: t.Any, other: t.Any, partial: bool, always: t.Collection[str]) -> t.Any:
        """A value as a diff shows it.

        :param field: the field.
        :param value: the value to show.
        :param other: the declared value; its keys are those that matter.
        :param partial: see :meth:`Field.same`.
        :param always: keys of the document that are shown even if nobody declared them.
        :returns: plain data.
        """
        if field.words:
            return next((word for word, number in field.words.items() if number == value), value)
        return field.typed(field.null_read(value))

    def children(self, field: Field, value: t.Any) -> t.Iterator[tuple[t.Any, Field, t.Any]]:
        """The values inside a value that have a field of their own.

        :param field: the field.
        :param value: what is declared or shown.
        :returns: the step that leads to each (a key or an index), its field, and the value.
        """
        return iter(())

    def field_at(self, field: Field, step: t.Any) -> Field | None:
        """The field of what is inside.

        :param field: the field.
        :param step: a key or an index.
        :returns: the field; None where the table has none there.
        """
        return field.items if isinstance(step, int) else field.key(str(step))

    # -- writing --------------------------------------------------------------------------------------------------

    def compose(
        self,
        field: Field,
        desired: t.Any,
        current: t.Any,
        path: Path,
        lost: Lost,
        *,
        partial: bool = False,
        top: bool = False,
    ) -> t.Any:
        """The value to send so that the server ends up with the declared one.

        :param field: the field.
        :param desired: the declared value.
        :param current: the server's value, or None on creation.
        :param path: where the value stands.
        :param lost: collects what the write takes away although nobody named it.
        :param partial: see :meth:`Field.same`; undeclared keys are then repeated as they are.
        :param top: whether this is the document that a PATCH merges.
        :returns: the value for the body.
        """
        if field.clear_members and not desired and isinstance(current, dict):
            return dict.fromkeys(current)
        if field.relative:
            return from_now(desired) or desired
        if desired is None:
            lost += self.unknown_keys(field, current, path)
        return desired

    def as_written(self, field: Field, value: t.Any) -> t.Any:
        """A value of the server's as a write takes it.

        :param field: the field.
        :param value: the server's value.
        :returns: the value without what the server computes.
        """
        return value

    def partners(self, item: Field, desired: list[t.Any], current: list[t.Any], *, ordered: bool) -> list[int | None]:
        """Which item of a list each declared one is. This is asked of the kind of the items.

        :param item: the field of an item.
        :param desired: the declared items.
        :param current: the server's items.
        :param ordered: whether the index of an item means anything.
        :returns: for each declared item the index of its partner, or None.
        """
        raise NotImplementedError

    def unknown_keys(self, field: Field, value: t.Any, path: Path) -> t.Iterator[tuple[Path, t.Any]]:
        """What a value of the server's holds under keys that this release does not know.

        :param field: the field.
        :param value: the server's value.
        :param path: where the value stands.
        :returns: paths and values.
        """
        for step, inner, item in self.children(field, value):
            yield from inner.of_kind.unknown_keys(inner, item, (*path, step))

    def with_defaults(self, field: Field, desired: t.Any) -> t.Any:
        """A value as its creation would store it.

        :param field: the field.
        :param desired: the declared value.
        :returns: the value with the defaults of undeclared keys.
        """
        return desired

    def reset_keys(self, field: Field, desired: t.Any, current: t.Any) -> frozenset[str]:
        """The keys of a document that a declaration puts back to their default by not naming them.

        :param field: the field.
        :param desired: the declared value.
        :param current: the server's value.
        :returns: names of keys.
        """
        return frozenset()

    # -- what nobody declared -------------------------------------------------------------------------------------

    def spell_out(self, field: Field, desired: t.Any, current: t.Any) -> t.Any:
        """A declared value in which what it does not name of an open document is null, which means absent.

        :param field: the field.
        :param desired: the declared value.
        :param current: what the server shows.
        :returns: a copy.
        """
        return desired

    def unspell(self, field: Field, body: t.Any, desired: t.Any) -> t.Any:
        """A body without the nulls that :meth:`spell_out` added.

        :param field: the field.
        :param body: the value as it would be sent.
        :param desired: the declared value, before it was spelled out.
        :returns: a copy.
        """
        return body

    # -- options, exports, schemas --------------------------------------------------------------------------------

    def argument_spec(self, field: Field) -> dict[str, t.Any]:
        """The type of an option, as Ansible's argument spec has it.

        :param field: the field.
        :returns: a new dictionary.
        """
        spec: dict[str, t.Any] = {"type": self.argument_type}
        if field.choices and not field.newer:
            spec["choices"] = list(field.choices)
        return spec

    def misplaced_texts(self, field: Field, value: t.Any) -> t.Iterator[str]:
        """The texts that stand where a dictionary or a list should; they may be secrets.

        :param field: the field.
        :param value: what a user wrote.
        :returns: the texts.
        """
        return iter(())

    def export(self, field: Field, value: t.Any, path: str, exporter: Exporter) -> t.Any:
        """A value as a task declares it. Nulls, words and references are converted before.

        :param field: the field.
        :param value: what PostHog stores.
        :param path: where it is.
        :param exporter: exports what is inside.
        :returns: the value to declare, or :data:`NOTHING`.
        """
        if field.choices and isinstance(value, str) and value not in field.choices and not field.newer:
            exporter.note(path, f"this release does not know the value {value!r}, and refuses it")
        return without_nulls(value, field.server_added)

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """The JSON schema of what a configuration file may hold.

        :param field: the field, without choices, words or references.
        :param writer: writes the schemas of what is inside.
        :returns: a schema; empty where everything is allowed.
        """
        return {}


class Structure(Kind):
    """What documents, lists, maps and open documents have in common."""

    def is_empty(self, field: Field, value: t.Any) -> bool:
        """See :meth:`Kind.is_empty`."""
        return super().is_empty(field, value) if field.ignored and isinstance(value, list) else not value

    def misplaced_texts(self, field: Field, value: t.Any) -> t.Iterator[str]:
        """See :meth:`Kind.misplaced_texts`."""
        if isinstance(value, str):
            yield value
        elif isinstance(value, list) and field.items is not None:
            for item in value:
                yield from field.items.of_kind.misplaced_texts(field.items, item)


def _markup(text: str) -> str:
    """A form in which cleaned-up markup is as it was: without what is added to links, with plain characters."""
    plain = re.sub(r"""\s(rel|target)=("[^"]*"|'[^']*')""", "", text)
    return re.sub(r"\s*/?>", ">", html.unescape(plain)).strip()


def refuse_mixed(value: t.Any, path: str, problems: Problems) -> None:
    """Texts and booleans in one list: one of the texts was a word that YAML does not take for text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            refuse_mixed(inner, f"{path}.{key}", problems)
    elif isinstance(value, list):
        texts = any(isinstance(item, str) for item in value)
        for index, item in enumerate(value):
            if texts and isinstance(item, bool):
                problems.append((f"{path}[{index}]", f"is {str(item).lower()} among texts; {QUOTE}"))
            refuse_mixed(item, f"{path}[{index}]", problems)
