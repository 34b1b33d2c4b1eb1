# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Times of the day at which alerts keep quiet.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Document, ListOf, Text

#: A time of the day, as a pattern and in words.
CLOCK = (r"([01]\d|2[0-3]):[0-5]\d", "a time of the day such as 22:00")

_DAY: t.Final = 24 * 60

#: Shortest time that may be blocked.
_SHORTEST: t.Final = 30

#: Stands for a window that this release cannot read.
_UNREADABLE: t.Final = -1


def _minute(clock: t.Any) -> int:
    hour, _colon, minute = str(clock).partition(":")
    return int(hour) * 60 + int(minute)


def blocked_minutes(schedule: t.Any) -> list[int]:
    """The minutes of a day that a schedule blocks.

    PostHog merges windows that overlap and may part one at midnight, so only this tells whether two are the same.

    :param schedule: as it is declared or shown; null blocks nothing.
    :returns: minutes since midnight, in order; C(_UNREADABLE) among them where PostHog shows what is no window.
    """
    windows = schedule.get("blocked_windows") if isinstance(schedule, dict) else schedule
    blocked: set[int] = set()
    for window in windows if isinstance(windows, list) else [windows] if windows else []:
        try:
            start, end = _minute(window.get("start")), _minute(window.get("end"))
        except (AttributeError, ValueError):
            blocked.add(_UNREADABLE)
            continue
        blocked |= {minute % _DAY for minute in range(start, end if end > start else end + _DAY)}
    return sorted(blocked)


def windows_are_long_enough(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """Refuse windows that PostHog refuses (API.md 5, alert).

    :param values: the declared values.
    :returns: option paths and sentences.
    """
    windows = (values.get("schedule_restriction") or {}).get("blocked_windows") or []
    if len(windows) > 5:
        yield "schedule_restriction.blocked_windows", f"has {len(windows)} windows, 5 are allowed"
    for index, window in enumerate(windows):
        if (_minute(window["end"]) - _minute(window["start"])) % _DAY < _SHORTEST:
            yield (
                f"schedule_restriction.blocked_windows[{index}]",
                f"is shorter than {_SHORTEST} minutes, from {window['start']} to {window['end']}",
            )


def quiet_hours() -> Field:
    """The option of alerts with the times of the day at which they keep quiet.

    :returns: the field; PostHog merges windows, so the minutes are compared.
    """
    window = Document(
        "window", [Text("start", required=True, pattern=CLOCK), Text("end", required=True, pattern=CLOCK)]
    )
    return Document(
        "schedule_restriction",
        [ListOf("blocked_windows", window, required=True)],
        nullable=True,
        normalize=blocked_minutes,
        since="2026",
    )
