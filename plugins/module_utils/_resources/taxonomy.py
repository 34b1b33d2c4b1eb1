# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Definitions of events, properties and groups.

Private to this collection: it may change without notice. Facts: API.md chapter 5, event_definition,
property_definition, property_group, group_type, group_type_metric.
"""

from __future__ import annotations
