# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Texts, numbers, truth values and times.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import decimal
import math
import re
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.community.posthog.plugins.module_utils._data.plain import from_now, instant
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import Kind, Schema, SchemaWriter
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE, Problems

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field

#: JSON schemas that the schema of configuration files defines: what Ansible takes for a boolean, and a number as text.
_BOOLEAN: t.Final = {"$ref": "#/$defs/boolean"}
_NUMERAL: t.Final = {"$ref": "#/$defs/numeral"}


class TextKind(Kind):
    """A text."""

    name = "str"
    argument_type = element_type = "str"
    is_text = True

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        if isinstance(value, (dict, list)):
            problems.append((path, f"takes text, not {kind_of(value)}"))
            return value
        if isinstance(value, bool):
            meant = _choice_of(value, field.choices)
            if meant is None:
                problems.append((path, f"takes text, not {str(value).lower()}; {QUOTE}"))
                return value
            return meant
        text = str(value)
        if field.lower:
            text = text.strip().lower()
        if field.max_length is not None and len(text) > field.max_length:
            problems.append((path, f"is {len(text)} characters long, {field.max_length} are allowed"))
        if field.required and text == "" and field.null_as != "":
            problems.append((path, "must not be empty"))
        elif field.pattern is not None and not re.fullmatch(field.pattern[0], text):
            problems.append((path, f"{text!r} is not allowed; it takes {field.pattern[1]}"))
        return text

    def trimmed(self, desired: t.Any, current: t.Any) -> tuple[t.Any, t.Any]:
        """See :meth:`Kind.trimmed`: PostHog takes blanks and line breaks off both ends of texts."""
        if isinstance(desired, str) and isinstance(current, str):
            return desired.strip(), current.strip()
        return desired, current

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """See :meth:`Kind.json_schema`. A number is taken as its text, where that may be one."""
        numbers = {"number": "0.5", "integer": "1"}
        fitting = [
            kind for kind, text in numbers.items() if field.pattern is None or re.fullmatch(field.pattern[0], text)
        ]
        schema: Schema = {"type": ["string", *fitting[:1]]}
        if field.max_length is not None and not field.lower:
            schema["maxLength"] = field.max_length
        if field.required:
            schema["minLength"] = 1
        if field.pattern is not None and not field.lower:
            schema["pattern"] = f"^(?:{field.pattern[0]})$"
        return schema


class NumberKind(Kind):
    """A number."""

    name = "num"
    argument_type = "float"
    #: Its type in a JSON schema.
    json_type = "number"
    yaml_types = frozenset(("int", "float"))

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        number: t.Any = value
        if isinstance(value, str):
            try:
                number = float(value) if re.search(r"[.eE]", value) else int(value)
            except ValueError:
                number = None
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            problems.append((path, f"takes a number, not {value!r}"))
            return value
        if (field.minimum is not None and number < field.minimum) or (
            field.maximum is not None and number > field.maximum
        ):
            low, high = field.minimum, field.maximum
            if low is None:
                limits = f"at most {high:g}"
            elif high is None:
                limits = f"at least {low:g}"
            else:
                limits = f"between {low:g} and {high:g}"
            problems.append((path, f"must be {limits}, not {number:g}"))
        return number

    def typed(self, value: str) -> t.Any:
        """See :meth:`Kind.typed`."""
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if number.is_integer() else number

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """See :meth:`Kind.json_schema`."""
        number: Schema = {"type": self.json_type}
        if field.minimum is not None:
            number["minimum"] = field.minimum
        if field.maximum is not None:
            number["maximum"] = field.maximum
        return {"anyOf": [number, _NUMERAL]}


class IntegerKind(NumberKind):
    """A whole number."""

    name = "int"
    json_type = "integer"
    argument_type = element_type = "int"

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        number = super().parse(field, value, path, problems)
        if isinstance(number, float):
            if number.is_integer():
                return int(number)
            problems.append((path, f"takes a whole number, not {value!r}"))
        return number


class DecimalKind(NumberKind):
    """A number that PostHog takes and shows as text."""

    name = "decimal"
    argument_type = "raw"

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        number = super().parse(field, value, path, problems)
        return str(number) if isinstance(number, (int, float)) else number

    def typed(self, value: str) -> t.Any:
        """See :meth:`Kind.typed`: it is a text in any case."""
        return value

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """See :meth:`Kind.same`."""
        return _decimal(desired) == _decimal(current)


class BooleanKind(Kind):
    """True or false."""

    name = "bool"
    argument_type = "bool"
    yaml_types = frozenset(("bool",))

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        try:
            return boolean(value)
        except TypeError:
            pass
        problems.append((path, f"takes true or false, not {value!r}"))
        return value

    def typed(self, value: str) -> t.Any:
        """See :meth:`Kind.typed`."""
        return {"true": True, "false": False}.get(value.strip().lower(), value)

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """See :meth:`Kind.json_schema`."""
        return _BOOLEAN


class TimeKind(Kind):
    """A point in time, ISO 8601."""

    name = "time"
    argument_type = "str"
    yaml_types = frozenset(("timestamp",))

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        if field.relative and from_now(value) is not None:
            return str(value)
        if instant(value) is None:
            also = ", or relative to now, such as +14d" if field.relative else ""
            problems.append((path, f"{value!r} is no ISO 8601 time, such as 2026-03-01T09:00:00Z{also}"))
        return str(value)

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """See :meth:`Kind.same`: what was declared relative to the time of creation stands as it came out then."""
        if field.relative and from_now(desired) is not None:
            return True
        return instant(desired) == instant(current) if instant(desired) else bool(desired == current)

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """See :meth:`Kind.json_schema`."""
        return {"type": "string"}


def _choice_of(value: bool, choices: t.Collection[t.Any]) -> str | None:
    """The only choice that YAML makes this boolean of, as Ansible takes it."""
    words = ("on", "yes", "true") if value else ("off", "no", "false")
    fitting = [choice for choice in choices if choice in words]
    return str(fitting[0]) if len(fitting) == 1 else None


def _decimal(value: t.Any) -> decimal.Decimal | None:
    try:
        return decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        return None
