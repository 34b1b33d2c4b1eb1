# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the litany declares of each type. A new type brings a file of its own here, and is listed in L(SAMPLES)."""

from __future__ import annotations

from . import cohort, dashboard, feature_flag, insight, project, role
from .sample import Sample, Value

#: The samples of the types that the litany goes through.
SAMPLES: dict[str, Sample] = {
    sample.type: sample
    for sample in (
        cohort.SAMPLE,
        dashboard.SAMPLE,
        feature_flag.SAMPLE,
        insight.SAMPLE,
        project.SAMPLE,
        role.SAMPLE,
    )
}

#: Types whose life has another shape; each has its tests in a file of its own.
OWN_TESTS: dict[str, str] = {
    "member": "test_litany_member.py",
    "role_membership": "test_litany_role_membership.py",
}

__all__ = ["OWN_TESTS", "SAMPLES", "Sample", "Value"]
