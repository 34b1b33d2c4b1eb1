# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles: a name and nothing else."""

from __future__ import annotations

from .sample import Sample

SAMPLE = Sample(type="role", name="Engineering", path="/api/organizations/{organization}/roles/")
