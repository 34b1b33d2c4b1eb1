# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a request body against a table, the way the server's serializers do: first error only, typed messages."""

from __future__ import annotations

import re
import uuid as uuid_module
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from .errors import ApiError, invalid
from .tables import Field

TRUE = {True, "1", "true", "True", "TRUE", "t", "T", "yes", "on", "y"}
FALSE = {False, "0", "false", "False", "FALSE", "f", "F", "no", "off", "n"}
EMAIL = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")


def parse_time(value: Any) -> datetime | None:
    """An ISO 8601 time as an aware datetime in UTC, None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


@lru_cache(maxsize=1)
def timezones() -> set[str]:
    """The names of the tz database."""
    return available_timezones() | {"UTC"}


def is_timezone(value: Any) -> bool:
    """Whether a name is in the tz database; on a machine without that database, whether it looks like one."""
    if len(timezones()) > 100:
        return isinstance(value, str) and value in timezones()
    return isinstance(value, str) and bool(re.match(r"^(UTC|[A-Z]\w+(/[A-Z][\w+-]+){1,2})$", value))


def _string(field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise invalid("Not a valid string.")
    text = str(value).strip() if isinstance(value, str) else str(value)
    if not text and (field.required if field.blank is None else not field.blank):
        raise invalid("This field may not be blank.", code="blank")
    if field.max_length and len(text) > field.max_length:
        raise invalid(f"Ensure this field has no more than {field.max_length} characters.", code="max_length")
    return text


def _choice(field: Field, value: Any) -> Any:
    for known in field.enum or ():
        if str(known) == str(value) and not isinstance(value, bool):
            return int(known) if field.type in ("int", "integer") or str(known).lstrip("-").isdigit() else known
    if value == "" and not field.required:
        return value
    raise invalid(f'"{value}" is not a valid choice.', code="invalid_choice")


def _boolean(value: Any) -> bool:
    try:
        if value in TRUE:
            return True
        if value in FALSE:
            return False
    except TypeError:
        pass
    raise invalid("Must be a valid boolean.")


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise invalid("A valid integer is required.")
    try:
        if isinstance(value, float) and not value.is_integer():
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise invalid("A valid integer is required.") from None


def _number(value: Any) -> float | int:
    if isinstance(value, bool):
        raise invalid("A valid number is required.")
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        raise invalid("A valid number is required.") from None


def _decimal(value: Any) -> str:
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        number = Decimal(str(value))
    except InvalidOperation:
        raise invalid("A valid number is required.") from None
    if number.as_tuple().exponent < -2:  # type: ignore[operator]
        raise invalid("Ensure that there are no more than 2 decimal places.", code="max_decimal_places")
    if not 0 <= number <= 1:
        bound = "greater than or equal to 0" if number < 0 else "less than or equal to 1"
        code = "min_value" if number < 0 else "max_value"
        raise invalid(f"Ensure this value is {bound}.", code=code)
    return str(number.quantize(Decimal("0.01")))


def _uuid(value: Any) -> str:
    try:
        return str(uuid_module.UUID(str(value)))
    except ValueError:
        raise invalid("Must be a valid UUID.") from None


def _time(value: Any) -> str:
    parsed = parse_time(value)
    if parsed is None:
        raise invalid(
            "Datetime has wrong format. Use one of these formats instead: "
            "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
        )
    return parsed.isoformat().replace("+00:00", "Z")


def check(field: Field, value: Any) -> Any:
    """The stored form of one value; in a strict document nothing is coerced."""
    if value is None:
        if field.nullable or field.type in ("any", "json"):
            return None
        raise invalid("This field may not be null.", code="null")
    kind = field.type
    if field.enum and not kind.startswith("list"):
        return _choice(field, value)
    if field.strict and kind in ("boolean", "int", "integer", "number", "string"):
        _same_type(kind, value)
    if kind == "boolean":
        return _boolean(value)
    if kind in ("int", "integer"):
        return _integer(value)
    if kind == "number":
        return _number(value)
    if kind == "string":
        return _string(field, value)
    if kind == "key":
        # The name of a property: numbers become strings, whatever else is refused.
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise invalid("Not a valid string.")
        return str(value)
    if kind == "string:email":
        text = _string(field, value)
        if not EMAIL.match(text):
            raise invalid("Enter a valid email address.")
        return text
    if kind == "string:uri":
        text = _string(field, value)
        if text and not re.match(r"^[a-z]+://\S+$", text):
            raise invalid("Enter a valid URL.")
        return text
    if kind == "string:decimal":
        return _decimal(value)
    if kind in ("uuid", "string:uuid"):
        return _uuid(value)
    if kind == "date-time":
        return _time(value)
    if kind == "enum(IANA tz)":
        if not is_timezone(value):
            raise invalid(f'"{value}" is not a valid choice.', code="invalid_choice")
        return value
    if kind == "enum(ISO currency)":
        # The facts do not list the currencies, so only the form of a code is checked.
        if not (isinstance(value, str) and re.match(r"^[A-Z]{3}$", value)):
            raise invalid(f'"{value}" is not a valid choice.', code="invalid_choice")
        return value
    if kind.startswith("list"):
        return _list(field, value)
    if kind in ("object", "map"):
        if not isinstance(value, dict):
            raise invalid(f'Expected a dictionary of items but got type "{type(value).__name__}".', code="not_a_dict")
        return (
            check_keys(field.fields, value, field.unknown_keys or "open")
            if field.fields and kind == "object"
            else value
        )
    return value


def _same_type(kind: str, value: Any) -> None:
    """Refuse what strict typing does not coerce: "50" for 50, 1 for true."""
    wanted: dict[str, tuple[type, ...]] = {
        "boolean": (bool,),
        "int": (int,),
        "integer": (int,),
        "number": (int, float),
        "string": (str,),
    }
    if not isinstance(value, wanted[kind]) or (isinstance(value, bool) and kind != "boolean"):
        text = {"boolean": "Must be a valid boolean.", "string": "Not a valid string."}
        raise invalid(
            text.get(kind, "A valid number is required." if kind == "number" else "A valid integer is required.")
        )


def _list(field: Field, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(f'Expected a list of items but got type "{type(value).__name__}".', code="not_a_list")
    inner = field.type[5:-1] if field.type.startswith("list<") else "any"
    item = Field("", inner, fields=field.fields, unknown_keys=field.unknown_keys, enum=field.enum, required=True)
    out = []
    for index, entry in enumerate(value):
        try:
            out.append(check(item, entry))
        except ApiError as exc:
            raise exc.under(str(index)) from None
    return out


def check_keys(fields: Iterable[Field], value: dict[str, Any], unknown: str) -> dict[str, Any]:
    """A nested document: known keys are typed, unknown ones refused, dropped or kept as the table says."""
    known = {f.name: f for f in fields}
    out: dict[str, Any] = {}
    for key, entry in value.items():
        field = known.get(key)
        if field is None:
            if unknown == "refused":
                raise invalid(f"Extra inputs are not permitted: {key}", key)
            if unknown != "dropped":
                out[key] = entry
            continue
        if field.computed:
            out[key] = entry
            continue
        try:
            out[key] = check(field, entry)
        except ApiError as exc:
            raise exc.under(key) from None
    for field in known.values():
        if field.required and field.name not in value:
            raise invalid("This field is required.", field.name, "required")
    return out


def flattened(error: ApiError, field: Field) -> ApiError:
    """An error in a document that is checked by hand: one of the whole document, whatever part of it is wrong."""
    if error.attr is None and error.code == "null":
        return error.under(field.name)
    assert field.flat is not None
    return invalid(error.detail, field.flat["attr"], field.flat.get("code", "invalid_input"))


def check_body(fields: dict[str, Field], body: dict[str, Any], partial: bool, create: bool) -> dict[str, Any]:
    """The writable fields of a body, checked, in the order of the table; unknown and read-only keys are ignored."""
    out = {}
    for name, field in fields.items():
        if field.absent:
            continue
        if name not in body:
            if field.required and not partial:
                raise invalid("This field is required.", name, "required")
            continue
        if field.write_once and not create:
            continue
        try:
            out[name] = check(field, body[name])
        except ApiError as exc:
            raise (flattened(exc, field) if field.flat else exc.under(name)) from None
    return out
