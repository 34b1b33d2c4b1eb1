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
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE, Problems

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


class Kind:
    """One kind of value that a field may hold: how it is read, compared and shown.

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

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Read a value that a user wrote.

        :param field: the field.
        :param value: plain data, not null.
        :param path: the option path, for problems.
        :param problems: collects what is wrong.
        :returns: the value as PostHog wants it.
        """
        raise NotImplementedError

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
        :param other: the declared value; tells which keys matter.
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
