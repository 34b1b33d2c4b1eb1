# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The key's own user, and what is only read: keys, activity, tags, comments, integrations.

Private to this collection: it may change without notice. Facts: API.md chapter 5, user, personal_api_key,
activity_log, tag, comment, integration.
"""

from __future__ import annotations
