# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Rules and settings of error tracking.

Private to this collection: it may change without notice. Facts: API.md chapter 5, error_tracking_assignment_rule,
error_tracking_grouping_rule, error_tracking_suppression_rule, error_tracking_bypass_rule, error_tracking_settings.
"""

from __future__ import annotations
