# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for PostHog's REST API on loopback, for tests and the quick start. See README.md."""

from __future__ import annotations

from .server import Sandbox

__all__ = ["Sandbox"]
