# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What an item of a configuration says by not naming a field, where it is the whole truth about its object.

Private to this collection: it may change without notice.

An export leaves out what :func:`at_rest` finds to be at its default, and a declaration that is the whole truth puts
back what :func:`at_rest` finds not to be. Both ask the same function, so what one leaves out the other one knows.
"""

from __future__ import annotations

import copy
import dataclasses
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.plain import is_blank
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UNKNOWN, Field

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
    from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource


def at_rest(field: Field, value: t.Any) -> bool:
    """Whether a field has the value that it has where nobody says anything.

    :param field: the field.
    :param value: what the server shows.
    :returns: True if leaving it out comes to the same; False also where nobody knows.
    """
    rest = field.undeclared_value
    if rest is UNKNOWN:
        return False
    if is_blank(rest) and is_blank(value):
        return True
    if isinstance(rest, (bool, int, float, str)):
        value = field.null_as if value is None and field.null_as is not None else value
        # Only the very same value; the comparison decides about others.
        return type(value) is type(rest) and bool(value == rest)
    if rest == {} and not field.fields:
        # Everything is the same as a document without a key.
        return False
    # The comparison passes over keys that nobody knows, and they would be lost.
    return field.same(rest, value) and not any(field.of_kind.unknown_keys(field, value, ()))


def completed(resource: Resource, declared: ObjectSpec) -> ObjectSpec:
    """A declaration with the defaults of all that it does not name.

    :param resource: the table.
    :param declared: what an item names.
    :returns: the same with defaults for the rest; their names are in C(undeclared).
    """
    values = {
        field.name: copy.deepcopy(field.undeclared_value)
        for field in resource.fields
        if field.undeclared_value is not UNKNOWN
        and field.name not in declared.values
        and field.name not in (*resource.identity.options, *resource.location_options)
        and not any(name.startswith(f"{field.name}.") for name in resource.identity.within)
        # What an extra field says stands beside it in the same body.
        and field.api_name not in declared.extra
    }
    parts = {
        part.field.name: copy.deepcopy(part.field.undeclared_value)
        for part in resource.parts
        if part.field.undeclared_value is not UNKNOWN and part.field.name not in declared.parts
    }
    return dataclasses.replace(
        declared,
        values={**declared.values, **values},
        # A short form says one thing of a document; the rest of the document is not named either.
        partial=set(),
        parts={**declared.parts, **parts},
        undeclared=frozenset([*values, *parts]),
    )


def settled(declared: ObjectSpec, resource: Resource, current: t.Mapping[str, t.Any] | None) -> ObjectSpec:
    """A completed declaration without the defaults that need no word.

    :param declared: what :func:`completed` returned.
    :param resource: the table.
    :param current: the object as it is; None where it is still to be made, and gets its defaults from PostHog.
    :returns: the declaration with those defaults only that the object is not at.
    """
    needless = set()
    for name in declared.undeclared:
        field = resource.field(name)
        unseen = field is not None and current is not None and not field.shown_by(current)
        if current is None or unseen or (field is not None and at_rest(field, field.value_in(current))):
            needless.add(name)
    if not needless:
        return declared
    return dataclasses.replace(
        declared,
        values={name: value for name, value in declared.values.items() if name not in needless},
        parts={name: value for name, value in declared.parts.items() if name not in needless},
        undeclared=declared.undeclared - needless,
    )


def spelled_out(field: Field, desired: t.Any, current: t.Any) -> t.Any:
    """A declared value in which what it does not name of an open document is null, which means absent.

    :param field: the field.
    :param desired: the declared value.
    :param current: what the server shows.
    :returns: a copy; what the table knows the keys of is left to the comparison, which knows their defaults.
    """
    return field.of_kind.spell_out(field, desired, current)


def unspelled(field: Field, body: t.Any, desired: t.Any) -> t.Any:
    """A value for the body of a write without the nulls that :func:`spelled_out` added.

    :param field: the field.
    :param body: the value as it would be sent.
    :param desired: the declared value, before it was spelled out.
    :returns: a copy. What a write replaces whole is rid of a key by leaving it out; a server may keep a null as one.
    """
    return field.of_kind.unspell(field, body, desired)


def names(values: t.Mapping[str, t.Any], path: str) -> bool:
    """Whether a declaration names a place.

    :param values: what is declared, by field.
    :param path: as in a list of changes, for example C(filters.groups[0].variant).
    :returns: False where the way there ends in the declaration before the place is reached.
    """
    value: t.Any = values
    left = path
    while left and isinstance(value, (dict, list)):
        if isinstance(value, list):
            step = re.match(r"\[(\d+)\]\.?", left)
            if step is None or int(step.group(1)) >= len(value):
                return True
            value, left = value[int(step.group(1))], left[step.end() :]
            continue
        # A key may hold a point itself, so the longest one that fits is the one that is meant.
        fitting = [key for key in value if isinstance(key, str) and re.match(rf"{re.escape(key)}(?=$|[.\[])", left)]
        if not fitting:
            return False
        key = max(fitting, key=len)
        value, left = value[key], left[len(key) :].lstrip(".")
    return True
