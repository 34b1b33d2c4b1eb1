#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: posthog_member
short_description: x
description:
  - x
options: {}
author: x
"""
EXAMPLES = r""""""
RETURN = r""""""

from ansible_collections.community.posthog.plugins.module_utils._programs import run


def main() -> None:
    """Run the module."""
    run("posthog_member")


if __name__ == "__main__":
    main()
