# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a collection is there, as a test in templates."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError

from ansible_collections.community.posthog.plugins.test import installed as plugin


@pytest.mark.parametrize(
    ("name", "there"), [("community.posthog", True), ("community.posthag", False), ("nobody.nothing", False)]
)
def test_collections(name: str, there: bool) -> None:
    (test,) = plugin.TestModule().tests().values()
    assert test(name) is there


@pytest.mark.parametrize("name", ["awx", "awx.awx.project", "", None, ["awx.awx"], "../etc"])
def test_what_is_no_name(name: Any) -> None:
    with pytest.raises(AnsibleError, match="takes the name of a collection"):
        plugin.installed(name)
