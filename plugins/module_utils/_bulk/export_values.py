# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Stored values become the values that a task declares.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.export_names import ReferenceNames
from ansible_collections.community.posthog.plugins.module_utils._bulk.export_report import Unfaithful
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import at_rest
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.free import loaded
from ansible_collections.community.posthog.plugins.module_utils._schema.references import walk


class _Nothing:
    """Stands for a value that need not be declared."""


NOTHING: t.Final = _Nothing()


class ValueExporter:
    """Converts the values of fields.

    :param names: finds the names of objects.
    :param unfaithful: values that cannot be reproduced are added to it.
    """

    def __init__(self, names: ReferenceNames, unfaithful: Unfaithful) -> None:
        self._names = names
        self._unfaithful = unfaithful

    def value(self, field: Field, value: t.Any, path: str) -> t.Any:
        """Convert a value.

        :param field: its field.
        :param value: what PostHog stores.
        :param path: where it is.
        :returns: the value to declare, or C(NOTHING).
        """
        value = field.typed(value)
        if value is None:
            # Where a task cannot declare null, it stands for the default.
            return None if (field.nullable or field.null_as is not None) and not field.null_is else NOTHING
        if field.words:
            return next((word for word, number in field.words.items() if number == value), value)
        if field.ref is not None:
            if isinstance(value, list):
                names = [self._names.name_of(field.ref, item, f"{path}[{i}]") for i, item in enumerate(value)]
                return sorted(names, key=str) if field.unordered else names
            return self._names.name_of(field.ref, value, path)
        if field.refs:
            value = walk(value, field.refs, lambda rule, item, where: self._names.name_of(rule.ref, item, where), path)
        if field.kind == "document":
            return self.document(field, value, path)
        if field.kind == "list" and isinstance(value, list):
            if field.ignored:
                value = [item for item in value if item not in field.ignored]
            if field.items is None:
                return without_nulls(value)
            items = [self.value(field.items, item, f"{path}[{i}]") for i, item in enumerate(value)]
            items = [None if item is NOTHING else item for item in items]
            return sorted(items, key=str) if field.unordered else items
        if field.kind == "map" and isinstance(value, dict) and field.items is not None:
            inner = {key: self.value(field.items, item, f"{path}.{key}") for key, item in sorted(value.items())}
            return {key: None if item is NOTHING else item for key, item in inner.items()}
        if field.kind == "json":
            return loaded(value)
        if field.choices and isinstance(value, str) and value not in field.choices and not field.newer:
            self._unfaithful.add(path, f"this release does not know the value {value!r}, and refuses it")
        return without_nulls(value, field.server_added)

    def document(self, field: Field, value: t.Any, path: str) -> t.Any:
        """Convert a document, without keys that are at their defaults.

        :param field: its field.
        :param value: what PostHog stores.
        :param path: where it is.
        :returns: the document to declare.
        """
        if not isinstance(value, dict):
            return without_nulls(value)
        if field.unknown_kind(value) is not None:
            return without_nulls({key: inner for key, inner in value.items() if not _is_computed(field, key)})
        out: dict[str, t.Any] = {}
        for inner in field.fields:
            if inner.computed or inner.name not in value:
                continue
            if not inner.required and inner.same(inner.default, value[inner.name]):
                continue
            declared = self.value(inner, value[inner.name], f"{path}.{inner.name}")
            if declared is not NOTHING:
                out[inner.name] = declared
        for key, unknown in value.items():
            if field.key(key) is None and field.takes_newer(key) and unknown not in (None, "", [], {}):
                out[key] = without_nulls(unknown)
        return out


def is_default(field: Field, value: t.Any, obj: t.Mapping[str, t.Any]) -> bool:
    """Whether a task can leave a value out.

    :param field: its field.
    :param value: the value as a task declares it.
    :param obj: the object.
    """
    if field.preserved or (field.create_only and value is None):
        # A field that is left alone where it is not declared needs no declaration of an empty value.
        return value in (None, [], {}, "")
    return at_rest(field, field.value_in(obj))


def without_nulls(value: t.Any, server_added: t.Container[str] = ()) -> t.Any:
    """An open document without keys that are null.

    :param value: the document.
    :param server_added: keys that are left out, too, since PostHog adds them.
    :returns: a copy.
    """
    if isinstance(value, dict):
        return {
            key: without_nulls(inner, server_added)
            for key, inner in value.items()
            if inner is not None and key not in server_added
        }
    if isinstance(value, list):
        return [without_nulls(inner, server_added) for inner in value]
    return value


def _is_computed(field: Field, key: str) -> bool:
    """Whether the server computes a key of a document."""
    inner = field.key(key)
    return inner is not None and inner.computed
