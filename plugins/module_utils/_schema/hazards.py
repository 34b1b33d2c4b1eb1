# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Which changes of a type hurt somebody who did not mean them: what a plan warns of, and what a guard stops.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig

#: An object as the server shows it, or as it is predicted.
Object = t.Mapping[str, t.Any]

#: The kinds of changes that hurt, with the option of a guard that limits each.
RISKS: t.Final = {
    "deletions": "deletions",
    "rollouts": "rollout_step",
    "switched_off": "switched_off",
    "access": "access",
    "experiments": "experiments",
    "reach": "reach",
}

#: Percentage points that a rollout may go up by without a warning, where no guard says another number.
USUAL_STEP: t.Final = 25


@dataclass(frozen=True)
class Change:
    """A planned change of one object.

    :param action: C(created), C(updated) or C(deleted).
    :param before: the object as it is; None where there is none.
    :param after: the object as it will be; None where there is none.
    """

    action: str
    before: Object | None = None
    after: Object | None = None

    def values(self, path: str) -> tuple[t.Any, t.Any]:
        """A value before and after.

        :param path: where the server shows it.
        :returns: both; None where there is no object.
        """
        return dig(self.before or {}, path), dig(self.after or {}, path)


@dataclass(frozen=True)
class Risk:
    """What may hurt in one change.

    :param sort: one of :data:`RISKS`.
    :param text: what happens, as the end of a sentence that begins with the object.
    :param size: how far a value goes up; None where only the number of such changes counts.
    :param share: the same as a percentage of all, where a guard may limit that.
    """

    sort: str
    text: str
    size: float | None = None
    share: float | None = None


class Hazard:
    """A kind of change that hurts. A table lists those of its type."""

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """What may hurt in a change.

        :param change: the change.
        :returns: nothing where it is harmless.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Deleted(Hazard):
    """What is deleted is gone, and with it what it counted or showed."""

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """See :meth:`Hazard.risks`."""
        if change.action == "deleted":
            yield Risk("deletions", "is deleted")


@dataclass(frozen=True)
class Rollout(Hazard):
    """More people get something at once.

    :param percentages: tells the percentages of an object by the path of each.
    """

    percentages: t.Callable[[Object], t.Mapping[str, float]]

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """See :meth:`Hazard.risks`."""
        if change.before is None or change.after is None:
            return
        before = self.percentages(change.before)
        for path, share in self.percentages(change.after).items():
            was = before.get(path, 0)
            if share > was:
                yield Risk("rollouts", f"goes up from {was:g} % to {share:g} % ({path})", share - was)


@dataclass(frozen=True)
class SwitchedOff(Hazard):
    """What worked does so no more.

    :param path: where the server shows whether it works.
    :param on: the values that mean that it does.
    """

    path: str
    on: tuple[t.Any, ...] = (True,)

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """See :meth:`Hazard.risks`."""
        before, after = change.values(self.path)
        if change.after is not None and before in self.on and after not in self.on:
            yield Risk("switched_off", "is switched off")


@dataclass(frozen=True)
class Opened(Hazard):
    """Somebody gets in, or gets to do something.

    :param path: where the server shows it.
    :param closed: the values that let nobody in.
    """

    path: str
    closed: tuple[t.Any, ...] = (None, False, "")

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """See :meth:`Hazard.risks`."""
        before, after = change.values(self.path)
        if change.after is not None and before in self.closed and after not in self.closed:
            yield Risk("access", f"opens something ({self.path})")


@dataclass(frozen=True)
class Loosened(Hazard):
    """Something that kept people out does so no more.

    :param path: where the server shows it.
    """

    path: str

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """See :meth:`Hazard.risks`."""
        before, after = change.values(self.path)
        if change.after is not None and before and not after:
            yield Risk("access", f"takes a protection away ({self.path})")


@dataclass(frozen=True)
class Raised(Hazard):
    """Somebody gets a higher level, or one for the first time.

    :param path: where the server shows the level.
    :param ranks: the rank of each level; 0 is no access.
    """

    path: str
    ranks: t.Mapping[t.Any, int]

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """See :meth:`Hazard.risks`."""
        levels = (value if isinstance(value, (str, int)) else None for value in change.values(self.path))
        before, after = (self.ranks.get(level, 0) for level in levels)
        if change.after is not None and after > before:
            yield Risk("access", f"gives more access ({self.path})")


@dataclass(frozen=True)
class LetIn(Hazard):
    """Each object of the type lets somebody in."""

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """See :meth:`Hazard.risks`."""
        if change.action == "created":
            yield Risk("access", "lets somebody in")


@dataclass(frozen=True)
class Running(Hazard):
    """Whatever is changed while it runs spoils what it measures.

    :param runs: tells whether an object runs.
    """

    runs: t.Callable[[Object], bool]

    def risks(self, change: Change) -> t.Iterator[Risk]:
        """See :meth:`Hazard.risks`."""
        if change.before is not None and self.runs(change.before):
            yield Risk("experiments", "is changed while it runs")


#: Hurts whatever is deleted.
EVERYWHERE: t.Final = (Deleted(),)
