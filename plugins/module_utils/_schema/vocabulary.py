# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The vocabulary of the tables: one function for each kind of field.

See :class:`Field` for the options that all of them take.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref

#: The tag by which M(community.posthog.posthog_config) knows the objects that it made. No task's list of tags is about
#: it, unless the task names it.
MARK: t.Final = "managed-by-ansible"


def Text(name: str, **more: t.Any) -> Field:
    """A text field. See :class:`Field` for the options."""
    return Field(name, "str", **more)


def Bool(name: str, **more: t.Any) -> Field:
    """A true/false field."""
    return Field(name, "bool", **more)


def Int(name: str, **more: t.Any) -> Field:
    """A whole number."""
    return Field(name, "int", **more)


def Number(name: str, **more: t.Any) -> Field:
    """A number."""
    return Field(name, "num", **more)


def Time(name: str, **more: t.Any) -> Field:
    """A point in time, ISO 8601; C(relative) where people say it relative to now."""
    return Field(name, "time", **more)


def Choice(name: str, choices: t.Sequence[t.Any], **more: t.Any) -> Field:
    """A text field that takes some values only."""
    return Field(name, "str", choices=tuple(choices), **more)


def KindOf(name: str, choices: t.Sequence[t.Any], **more: t.Any) -> Field:
    """A text field that says of which kind the document is that it stands in; PostHog learns new ones."""
    more.setdefault("required", True)
    return Field(name, "str", choices=tuple(choices), newer=True, names_kind=True, **more)


def Word(name: str, words: t.Mapping[str, t.Any], **more: t.Any) -> Field:
    """A magic number of the API, for which the option takes a word; the number is accepted too."""
    return Field(name, "any", words=words, **more)


def Anything(name: str, **more: t.Any) -> Field:
    """A value of any type, compared as it is."""
    return Field(name, "any", **more)


def Document(name: str, fields: t.Sequence[Field], **more: t.Any) -> Field:
    """A dictionary whose keys are known; a typo in a key is refused."""
    return Field(name, "document", fields=tuple(fields), **more)


def Open(name: str, **more: t.Any) -> Field:
    """A dictionary (or list) whose keys are the user's business; compared by the keys declared, at every depth."""
    return Field(name, "open", **more)


def ListOf(name: str, items: Field, **more: t.Any) -> Field:
    """A list, compared by position unless C(unordered)."""
    return Field(name, "list", items=items, **more)


def Map(name: str, items: Field, **more: t.Any) -> Field:
    """A dictionary with free keys and like values."""
    return Field(name, "map", items=items, **more)


def Tags(name: str = "tags", **more: t.Any) -> Field:
    """PostHog's tags: trimmed, lower-cased, without order; dropped silently without the plan feature (API.md 5)."""
    more.setdefault("plan_feature", "tagging")
    more.setdefault("default", [])
    return ListOf(name, Text("tag", lower=True), unordered=True, ignored=(MARK,), null_as=[], **more)


def Reference(name: str, ref: Ref, **more: t.Any) -> Field:
    """The name or the id of another object."""
    return Field(name, "any", ref=ref, **more)


def References(name: str, ref: Ref, **more: t.Any) -> Field:
    """Names or ids of other objects, in any order."""
    return ListOf(name, Field("item", "any", ref=ref), unordered=True, ref=ref, **more)
