# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What is wrong with a declaration: collected first, so that a user sees all of it at once.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

#: Problems are collected, not raised, so that a user sees all of them at once: (option path, sentence).
Problems = list[tuple[str, str]]

#: Looks into an open document: gets the value, its path and the problems, returns the value.
Check = t.Callable[[t.Any, str, Problems], t.Any]

#: What to do about a word that YAML does not take for text.
QUOTE: t.Final = "without quotes YAML reads on, off, yes, no, true and false as true or false: put the word in quotes"


class Remark(tuple[str, str]):
    """Among problems, what is worth a warning only: (option path, sentence)."""

    __slots__ = ()


def remarks_in(problems: Problems) -> Problems:
    """Take the remarks out of what was collected.

    :param problems: problems and remarks; the problems stay in it.
    :returns: the remarks.
    """
    found: Problems = [item for item in problems if isinstance(item, Remark)]
    problems[:] = [item for item in problems if not isinstance(item, Remark)]
    return found
