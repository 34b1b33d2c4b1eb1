# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Sources, tables, views, joins and endpoints of the data warehouse.

Private to this collection: it may change without notice. Facts: API.md chapter 5, external_data_source,
warehouse_table, warehouse_saved_query, warehouse_join, endpoint.
"""

from __future__ import annotations
