# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Experiments and what belongs to them; early access features and scheduled changes of flags.

Private to this collection: it may change without notice. Facts: API.md chapter 5, experiment, experiment_holdout,
experiment_saved_metric, web_experiment, early_access_feature, scheduled_change.
"""

from __future__ import annotations
