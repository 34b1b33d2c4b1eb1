# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Values that no table describes: anything, open documents, JSON.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import json as jsonlib
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, equal, narrowed
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._data.words import form_of
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import (
    Exporter,
    Kind,
    Schema,
    SchemaWriter,
    Structure,
    refuse_mixed,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.open_documents import (
    Lost,
    compose_open,
    partners_of_open,
    spell_out_open,
    unspell_open,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


class AnythingKind(Kind):
    """A value of any type, compared as it is."""

    name = "any"
    is_open = takes_all = True

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        refuse_mixed(value, path, problems)
        return value


class OpenKind(Structure):
    """A dictionary or a list whose keys are the user's; compared by the keys declared, at every depth."""

    name = "open"
    argument_type = element_type = "dict"
    is_open = has_members = True

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        if not isinstance(value, (dict, list)):
            problems.append((path, f"takes a dictionary, not {form_of(value)}"))
            return value
        refuse_mixed(value, path, problems)
        return value if field.checked is None else field.checked(value, path, problems)

    def is_empty(self, field: Field, value: t.Any) -> bool:
        """See :meth:`Kind.is_empty`."""
        if isinstance(value, dict):
            return all(inner is None for inner in value.values())
        return super().is_empty(field, value)

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """See :meth:`Kind.same`."""
        return covers(desired, current)

    def view(self, field: Field, value: t.Any, other: t.Any, partial: bool, always: t.Collection[str]) -> t.Any:
        """See :meth:`Kind.view`."""
        return narrowed(value, other)

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
        """See :meth:`Kind.compose`."""
        if isinstance(desired, (dict, list)) and (desired or not field.clear_members):
            return compose_open(field, desired, current, path, lost)
        return super().compose(field, desired, current, path, lost, partial=partial, top=top)

    def partners(self, item: Field, desired: list[t.Any], current: list[t.Any], *, ordered: bool) -> list[int | None]:
        """See :meth:`Kind.partners`."""
        return partners_of_open(desired, current)

    def spell_out(self, field: Field, desired: t.Any, current: t.Any) -> t.Any:
        """See :meth:`Kind.spell_out`. Of a merged document, what is not named stays, whoever else writes it."""
        if field.merged or field.patched:
            return desired
        return spell_out_open(desired, current, (*field.server_added, *field.computed_keys))

    def unspell(self, field: Field, body: t.Any, desired: t.Any) -> t.Any:
        """See :meth:`Kind.unspell`."""
        return body if field.merged or field.patched or field.clear_members else unspell_open(body, desired)

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """See :meth:`Kind.json_schema`."""
        return {"type": ["object", "array"]}


class JsonKind(Kind):
    """JSON that PostHog keeps as text: the documents are compared, not their spelling."""

    name = "json"
    is_open = True

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """JSON that PostHog keeps as text: a string that is JSON is taken as it is, anything else is encoded."""
        if isinstance(value, str):
            try:
                jsonlib.loads(value, parse_constant=_refuse_constant)
                return value
            except ValueError:
                pass
        try:
            return jsonlib.dumps(value, allow_nan=False, ensure_ascii=False)
        except ValueError:
            problems.append((path, "holds a number that JSON does not know (NaN or Infinity)"))
            return value

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """See :meth:`Kind.same`."""
        return equal(loaded(desired), loaded(current))

    def view(self, field: Field, value: t.Any, other: t.Any, partial: bool, always: t.Collection[str]) -> t.Any:
        """See :meth:`Kind.view`."""
        return loaded(value)

    def export(self, field: Field, value: t.Any, path: str, exporter: Exporter) -> t.Any:
        """See :meth:`Kind.export`."""
        return loaded(value)


def loaded(value: t.Any) -> t.Any:
    """The document that a text holds.

    :param value: what is declared or shown.
    :returns: the document; the value itself where it is no text, or no JSON.
    """
    if not isinstance(value, str):
        return value
    try:
        return jsonlib.loads(value)
    except ValueError:
        return value


def _refuse_constant(name: str) -> t.Any:
    raise ValueError(name)
