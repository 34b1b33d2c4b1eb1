# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Alerts and subscriptions.

Private to this collection: it may change without notice. Facts: API.md chapter 5, alert, subscription.
"""

from __future__ import annotations
