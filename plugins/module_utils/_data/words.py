# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Words for messages: the nearest of some names, and what kind of value somebody gave.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

#: What a name is made of, apart from the signs between its words.
_WORD: t.Final = re.compile(r"[^\W_]+")

#: Names that are offered at most.
_OFFERED: t.Final = 3

#: Longest text that a sentence about its being in the wrong place repeats.
_SHORT: t.Final = 12


def nearest(name: str, known: t.Iterable[t.Any]) -> str:
    """A half-sentence that offers the known names most like a mistyped one.

    :param name: what was written.
    :param known: the right ones.
    :returns: C(; did you mean ...?), or an empty string where nothing is near.
    """
    wanted = _WORD.findall(name.lower())
    ranked = sorted((far, item) for item in {str(item) for item in known} if (far := _far(wanted, item)) is not None)
    found = [item for far, item in ranked if far == ranked[0][0]]
    return f"; did you mean {' or '.join(found[:_OFFERED])}?" if found else ""


def _far(wanted: t.Sequence[str], known: str) -> int | None:
    """How far what was written is from a name; None where nobody would take one for the other."""
    words = _WORD.findall(known.lower())
    if not wanted or not words:
        return None
    if sorted(wanted) == sorted(words):
        return 0
    text = " ".join(wanted)
    allowed = 1 if len(text) < 6 else 2 if len(text) < 12 else len(text) // 4
    whole = distance(text, " ".join(words), allowed)
    if whole is not None or len(text) < 3:
        return whole
    # Somebody who wrote some words of a long name, or its beginning, means it too.
    runs = [" ".join(words[start : start + len(wanted)]) for start in range(len(words))]
    if any(run.startswith(text) for run in runs):
        return allowed + 1
    near = any(distance(text, run, allowed) is not None for run in runs) if len(text) >= 6 else False
    return allowed + 2 if near else None


def distance(one: str, other: str, most: int) -> int | None:
    """How many letters have to be changed, added, taken away or swapped; None where it is more than so many."""
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1] if row[-1] <= most else None


def article(name: str) -> str:
    words = name.replace("_", " ")
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def kind_of(value: t.Any) -> str:
    """What somebody gave in place of something else, for a sentence.

    :param value: what was given.
    :returns: the value itself where it is short; a long text may hold what nobody should read.
    """
    if isinstance(value, dict):
        return "a dictionary"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return "text" if isinstance(value, str) and len(value) > _SHORT else repr(value)


def form_of(value: t.Any) -> str:
    """What somebody gave in place of a list or a dictionary, for a sentence.

    :param value: what was given.
    :returns: its kind. A text is not repeated: what stands where a document should may be a secret of that document.
    """
    return "text" if isinstance(value, str) else kind_of(value)
