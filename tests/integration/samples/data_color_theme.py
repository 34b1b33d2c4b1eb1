# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour themes."""

from __future__ import annotations

from .sample import Sample, Value

SAMPLE = Sample(
    type="data_color_theme",
    name="Company",
    path="data_color_themes/",
    minimal={"colors": ["#1D4AFF", "#f54e00"]},
    values={"colors": Value(["#1D4AFF", "#f54e00"], ["#388600"])},
    foreign={"colors": ["#000", "#ffffff"]},
)
