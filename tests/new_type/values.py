# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values for the fields of a new type, for its samples, its examples and what it returns."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .facts import FieldFact, TypeFacts

#: What the objects of samples and examples are called, and another name.
NAME, OTHER = "First example", "Second example"

PERSON = {"id": 1, "uuid": "01a200e4-fa65-781e-9a6c-ecb157baebd5", "first_name": "Olivia", "email": "owner@example.com"}

#: What PostHog shows by itself, by key.
COMPUTED: dict[str, t.Any] = {
    "short_id": "aB3dE5gH",
    "created_at": "2026-11-22T01:41:56.546195Z",
    "updated_at": "2026-11-22T01:41:56.546195Z",
    "last_modified_at": "2026-11-22T01:41:56.546195Z",
    "created_by": PERSON,
    "updated_by": PERSON,
    "last_modified_by": PERSON,
    "user_access_level": "editor",
}

#: Two values of each kind.
VALUES: dict[str, tuple[t.Any, t.Any]] = {
    "text": ("First text", "Second text"),
    "int": (1, 2),
    "number": (1.5, 2.5),
    "bool": (True, False),
    "time": ("2026-12-01T09:00:00Z", "2026-12-24T18:00:00Z"),
    "object": ({"key": "first"}, {"key": "second"}),
    "any": ("First value", "Second value"),
}


def values(known: FieldFact) -> tuple[t.Any, t.Any]:
    """Return two values of a field.

    :param known: the field.
    """
    if known.choices:
        first, second = known.choices[0], known.choices[-1]
    elif known.kind == "list":
        first, second = ([value] for value in VALUES.get(known.items, VALUES["any"]))
    else:
        first, second = VALUES[known.kind]
    if known.kind in ("int", "number") and not known.choices and known.minimum is not None:
        first, second = first + known.minimum, second + known.minimum
    if isinstance(first, str) and known.max_length and not known.choices:
        first, second = first[: known.max_length].strip(), second[-known.max_length :].strip()
    return first, second


def sample_object(facts: TypeFacts) -> dict[str, t.Any]:
    """Return an object as PostHog may show it.

    :param facts: of the type.
    """
    computed = {**COMPUTED, "id": 11 if facts.id_kind == "int" else "01a200e4-fa65-781e-9a6c-ecb157baebd5"}
    own = {known.name: values(known)[0] for known in facts.fields if not known.secret and not known.write_only}
    own[facts.identity] = NAME
    return {
        facts.id_field: computed[facts.id_field],
        **own,
        **{key: computed.get(key) for key in facts.shown if key not in own},
    }
