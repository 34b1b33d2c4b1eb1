# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How an object is found by its name, key or address.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID


def looks_like_id(text: str) -> bool:
    """Whether a text is taken for an id, so that no object is looked for by it as a name.

    :param text: as somebody wrote it.
    :returns: True for digits alone, and for a UUID.
    """
    return text.isdigit() or UUID.fullmatch(text) is not None


@dataclass(frozen=True)
class Identity:
    """How an object is found by its name, key or address.

    :param option: the option that names it.
    :param read: paths in the server's object where that name may stand; the first is the usual one.
    :param unique: the server refuses a second object of that name.
    :param casefold: upper and lower case are the same.
    :param filter: query parameter of the list that narrows it to the name; what it gives is checked again, since
        servers that do not know it ignore it.
    :param fuzzy: the filter is a search that may overlook things, so an object it does not find is looked for in the
        whole list before another one of that name is created.
    :param filter_limit: longest text that the filter takes.
    :param within: further options by which objects of the same name differ; an object that differs in a declared one
        of them is another object. C(option.key) is a key of a document.
    :param strict: an option of C(within) that is not declared means null, instead of anything.
    :param by_value: the identity option is no name but a value (a condition, a reference, a time), compared as values
        are.
    :param large: the list may be too long to be read for the sake of names. Then each name is asked for with the
        filter.
    :param partial: the list shows only some of the objects, so each name is asked for with the filter.
    :param nameless: an object may do without a name: PostHog takes an empty one, or null.
    :param also: makes, from a name, another one that the object of that name answers to, the first of C(read); for
        lists without a filter.
    """

    option: str = ""
    read: tuple[str, ...] = ()
    unique: bool = False
    casefold: bool = False
    filter: str | None = None
    fuzzy: bool = False
    filter_limit: int = 200
    within: tuple[str, ...] = ()
    strict: bool = False
    by_value: bool = False
    large: bool = False
    partial: bool = False
    nameless: bool = False
    also: t.Callable[[str], str] | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """All options that identify the object."""
        return ((self.option,) if self.option else ()) + tuple(name.partition(".")[0] for name in self.within)

    def normalize(self, value: t.Any) -> str:
        """The form in which names are compared.

        :param value: a name.
        :returns: text.
        """
        text = str(value)
        return text.strip().casefold() if self.casefold else text

    def names(self, obj: t.Mapping[str, t.Any]) -> list[str]:
        """The names that an object answers to, in compared form.

        :param obj: the server's object.
        :returns: at least one name, unless the object has none.
        """
        found = [dig(obj, path) for path in self.read]
        names = [self.normalize(value) for value in found if value is not None]
        return ["", *names] if self.nameless and found[0] is None else names

    def shown(self, obj: t.Mapping[str, t.Any]) -> str:
        """The name to show to a person.

        :param obj: the server's object.
        :returns: the name as it is written, or an empty string.
        """
        value = dig(obj, self.read[0]) if self.read else None
        return "" if value is None or isinstance(value, (dict, list)) else str(value)


#: There is exactly one in its place.
NO_NAME: t.Final = Identity()
