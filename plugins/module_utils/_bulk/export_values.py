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
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import NOTHING
from ansible_collections.community.posthog.plugins.module_utils._schema.references import walk


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
        return field.of_kind.export(field, value, path, self)

    def note(self, path: str, reason: str) -> None:
        """See :meth:`Exporter.note`."""
        self._unfaithful.add(path, reason)


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
