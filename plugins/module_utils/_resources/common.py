# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""References that PostHog's documents hold wherever properties and queries appear.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

from ansible_collections.community.posthog.plugins.module_utils._fields import NestedRef, Ref

ACTION = Ref("action")
COHORT = Ref("cohort")
FLAG = Ref("feature_flag")
INSIGHT = Ref("insight")

#: A property filter names a cohort by its id (API.md 5, feature_flag and cohort), a flag by its id as text.
PROPERTY_REFS: tuple[NestedRef, ...] = (
    NestedRef({"type": "cohort"}, "value", COHORT),
    NestedRef({"type": "flag"}, "key", Ref("feature_flag", as_string=True)),
)

#: A query also names actions and, in a saved-insight node, nothing that has another id than the short one.
QUERY_REFS: tuple[NestedRef, ...] = (*PROPERTY_REFS, NestedRef({"kind": "ActionsNode"}, "id", ACTION))

#: Names of properties; no references, but a name that the project has never seen is likely a mistake.
PROPERTY_MENTIONS: tuple[NestedRef, ...] = (
    NestedRef({"type": "event"}, "key", Ref("property_definition")),
    NestedRef({"type": "person"}, "key", Ref("property_definition")),
)

#: The same in queries, which also name events.
QUERY_MENTIONS: tuple[NestedRef, ...] = (
    *PROPERTY_MENTIONS,
    NestedRef({"kind": "EventsNode"}, "event", Ref("event_definition")),
)
