# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The collection's version, as the User-Agent carries it.

Private to this collection: it may change without notice. A test compares it with C(galaxy.yml).
"""

from __future__ import annotations

COLLECTION_VERSION = "0.1.0"
