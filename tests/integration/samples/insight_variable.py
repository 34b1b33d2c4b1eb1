# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of SQL insights."""

from __future__ import annotations

from .sample import Sample, Value

SAMPLE = Sample(
    type="insight_variable",
    name="country",
    # A variable keeps its code name, by which it is found under its first name too; test_variable_is_renamed.
    other=None,
    numbered="country{}".format,
    path="insight_variables/",
    minimal={"type": "String"},
    values={
        "type": Value("String", "List"),
        "default_value": Value("NL", 5),
        "values": Value(["NL", "DE"], ["BE", 5]),
    },
    foreign={"type": "Number", "default_value": 5},
)
