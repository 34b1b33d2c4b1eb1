# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a reviewer wants to know of a plan: what changes where, what it costs, what may hurt, and what is confirmed.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._bulk.result import Planned, Result
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import changes, with_layer
from ansible_collections.community.posthog.plugins.module_utils._http.pace import seconds_for
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import RISKS, USUAL_STEP, Risk
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems

#: Objects that a warning names.
_NAMED: t.Final = 10

#: The kind of which a guard limits the size of each change, in place of the number of changes.
_BY_SIZE: t.Final = frozenset({"rollouts", "reach"})

#: Sizes up to which nothing is said without a guard. Of whom a flag reaches the plan says it anyway.
_USUAL: t.Final = {"rollouts": USUAL_STEP, "reach": float("inf")}


@dataclass(frozen=True)
class Guard:
    """What a run may do without an explicit yes.

    :param limits: by kind of :data:`RISKS`: the most of it that needs no yes.
    :param confirmed: the kinds to which somebody said yes.
    :param percent: the kinds of which the limit is a percentage of all.
    """

    limits: t.Mapping[str, float] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    percent: frozenset[str] = frozenset()

    def size(self, risk: Risk) -> float:
        """What a limit is about.

        :param risk: of a kind of which each change has a size.
        """
        return (risk.share if risk.sort in self.percent else risk.size) or 0


class Review:
    """A plan, as a reviewer sees it.

    :param result: of the plan.
    :param per_minute: requests a minute that are not exceeded; 0 where there is no limit.
    """

    def __init__(self, result: Result, per_minute: int) -> None:
        self._planned = result.planned
        self._per_minute = per_minute

    def entries(self) -> list[dict[str, t.Any]]:
        """The plan as data.

        :returns: a dictionary for each object that is to change; secrets are hidden.
        """
        return [_entry(item) for item in self._planned]

    def cost(self) -> dict[str, t.Any]:
        """What applying the plan costs.

        :returns: C(requests), C(seconds) at the limit, and the limit (C(per_minute)).
        """
        looks = {item.outcome.look for item in self._planned} - {""}
        requests = sum(item.outcome.requests for item in self._planned) + len(looks)
        seconds = seconds_for(requests, self._per_minute) if self._per_minute else 0
        return {"requests": requests, "seconds": seconds, "per_minute": self._per_minute}

    def cost_sentence(self) -> str:
        """What applying the plan costs, as a sentence."""
        cost = self.cost()
        limit = f" at {cost['per_minute']} requests a minute" if cost["per_minute"] else ""
        time = f", about {counted(cost['seconds'], 'second')}{limit}" if limit else ""
        return f"Applying it takes about {counted(cost['requests'], 'request')}{time}."

    def warnings(self, guard: Guard) -> list[str]:
        """What may hurt, one sentence for each kind.

        :param guard: tells what a run refuses.
        :returns: sentences.
        """
        found: list[str] = []
        for kind, risky in self._risky().items():
            least = guard.limits.get(kind, _USUAL.get(kind, 0))
            hurting = [item for item in risky if kind not in _BY_SIZE or guard.size(item[1]) > least]
            if hurting:
                refused = self._refused(kind, risky, guard)
                hint = f"; without confirm: {kind} a run refuses that" if refused else ""
                found.append(f"{kind}: {_listed(hurting)}{hint}")
        return found

    def refusals(self, guard: Guard) -> Problems:
        """What a guard does not let pass.

        :param guard: the guard.
        :returns: option paths and sentences.
        """
        found: Problems = []
        for kind, risky in self._risky().items():
            refused = self._refused(kind, risky, guard)
            if refused:
                limit = f"{guard.limits[kind]:g}{' %' if kind in guard.percent else ''}"
                text = f"{_listed(refused)}, which is more than {limit}; confirm: {kind} allows it"
                found.append((f"guard.{RISKS[kind]}", text))
        return found

    def _risky(self) -> dict[str, list[tuple[Planned, Risk]]]:
        found: dict[str, list[tuple[Planned, Risk]]] = collections.defaultdict(list)
        for item in self._planned:
            for risk in item.outcome.risks:
                found[risk.sort].append((item, risk))
        return {kind: found[kind] for kind in RISKS if kind in found}

    @staticmethod
    def _refused(kind: str, risky: t.Sequence[tuple[Planned, Risk]], guard: Guard) -> t.Sequence[tuple[Planned, Risk]]:
        if kind not in guard.limits or kind in guard.confirmed:
            return []
        limit = guard.limits[kind]
        if kind in _BY_SIZE:
            return [item for item in risky if guard.size(item[1]) > limit]
        return risky if len(risky) > limit else []


def _listed(found: t.Sequence[tuple[Planned, Risk]]) -> str:
    named = ", ".join(f"{item.label} {risk.text}" for item, risk in found[:_NAMED])
    more = len(found) - _NAMED
    return f"{named}, and {more} more" if more > 0 else named


def _entry(item: Planned) -> dict[str, t.Any]:
    outcome, table = item.outcome, item.outcome.resource
    known = outcome.gone if outcome.gone is not None else outcome.obj
    if outcome.action == "created":
        made = outcome.after.items()
        found = [with_layer(outcome, {"path": name, "before": None, "after": value}) for name, value in made]
    elif outcome.action == "deleted":
        found = [{"path": name, "before": value, "after": None} for name, value in outcome.before.items()]
    else:
        found = changes(outcome)
    return {
        "action": outcome.action,
        "type": table.type,
        "name": item.name,
        **item.target,
        "id": table.object_id(known) if known is not None and table.has_id else None,
        "changes": found,
        "access": table.access or any(risk.sort == "access" for risk in outcome.risks),
        "reach": outcome.reach,
        "risks": [{"kind": risk.sort, "text": risk.text} for risk in outcome.risks],
        "file": item.place.file if item.place is not None else None,
        "line": item.place.line if item.place is not None else None,
    }


def reached(item: t.Mapping[str, t.Any]) -> str:
    """How many people a part of an object reaches, as the end of a sentence.

    :param item: of C(reach) of an object in a plan.
    :returns: for example C(reaches 12,400 of 50,000 (was 2,480)).
    """
    was = f" (was {item['before']:,})" if item["before"] is not None else ""
    return f"reaches {item['affected']:,} of {item['total']:,}{was}"
