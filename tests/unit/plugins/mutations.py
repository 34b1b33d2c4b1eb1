# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers in which one thing is of another kind than PostHog ever sends, drawn from a seed."""

from __future__ import annotations

import copy
import random
import typing as t

#: What stands in place of a value. An empty text and an empty list are the ones that code most easily takes for others.
WRONG: tuple[t.Any, ...] = (
    *(None, True, 7, -1.5, "", "text"),
    *([], [None], [7], ["text"], [[]], {}, {"x": None}, {"id": []}),
)


def places(value: t.Any) -> t.Iterator[tuple[t.Any, t.Any]]:
    """Every place inside a value: what holds it, and under which key."""
    for key, inner in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from places(inner)


def mutated(value: t.Any, rng: random.Random) -> t.Any:
    """A copy of an answer in which one thing is wrong."""
    value = copy.deepcopy(value)
    found = list(places(value)) if isinstance(value, (dict, list)) else []
    if not found or rng.random() < 0.05:
        return copy.deepcopy(rng.choice(WRONG))
    holder, key = rng.choice(found)
    if isinstance(holder, dict) and rng.random() < 0.25:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(rng.choice(WRONG))
    return value
