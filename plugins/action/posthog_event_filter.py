# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Written by "make generate"; do not edit.
"""Runs M(community.posthog.posthog_event_filter) in the worker where it can."""

from __future__ import annotations

from ansible_collections.community.posthog.plugins.plugin_utils._action import PostHogAction


class ActionModule(PostHogAction):
    """See the base class."""

    MODULE = "posthog_event_filter"
