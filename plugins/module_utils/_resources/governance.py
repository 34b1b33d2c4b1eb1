# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Who may do what without a person's login, and who has to agree: secret keys of projects.

Private to this collection: it may change without notice. Facts: PostHog's API of autumn 2026, project_secret_api_key.
"""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.plain import instant
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Handover, Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Bool, Int, ListOf, Text

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup

# -- secret keys of projects -----------------------------------------------------------------------------------------


class Roll(Part):
    """Gives a key another value, each time that it is asked for; the old value stops working at once."""

    in_list = True
    handed_over = True

    def __init__(self) -> None:
        self.field = Bool("roll")

    def due(self, value: t.Any, current: t.Mapping[str, t.Any]) -> bool:
        """Whether an existing key gets another value.

        :param value: of the option.
        :param current: the key.
        """
        return bool(value)

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`: a key that is only just made has a new value anyway."""
        fresh = current is None or bool(declared.get("created"))
        due = not fresh and self.due(declared[self.field.name], current or {})
        return PartPlan(False, due, due)

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`: only PostHog knows the new value."""

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
        return None

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`: where an answer is lost nobody has the value, and another one does no harm."""
        path = f"{session.collection(resource).path}{resource.object_id(current)}/roll/"
        answer = session.write("POST", path, {}, repeatable=True)
        return {**current, **(answer if isinstance(answer, dict) else {})}


class RollWhenOld(Roll):
    """Gives a key another value once the one that it has is older than so many days."""

    def __init__(self) -> None:
        self.field = Int("max_age_days", minimum=1)

    def due(self, value: t.Any, current: t.Mapping[str, t.Any]) -> bool:
        """See :meth:`Roll.due`: a key whose age PostHog does not show counts as old."""
        since = instant(current.get("last_rolled_at") or current.get("created_at"))
        if since is None:
            return True
        return datetime.datetime.now(datetime.timezone.utc) - since >= datetime.timedelta(days=value)


PROJECT_SECRET_API_KEY = Resource(
    type="project_secret_api_key",
    plural="project_secret_api_keys",
    scope=Scope.PROJECT,
    path="project_secret_api_keys/",
    title="project secret API key",
    identity=Identity("label", ("label",), unique=True),
    scopes=("project:read", "project:write"),
    order=8,
    since="2026",
    access=True,
    masked=("value",),
    handover=Handover("show_value", "value", "roll: true with show_value: true gives the key another one"),
    parts=(Roll(), RollWhenOld()),
    fields=(
        Text("label", required=True, max_length=40),
        # PostHog knows few for such keys, and learns more.
        ListOf("scopes", Text("scope"), required=True, unordered=True),
    ),
)
