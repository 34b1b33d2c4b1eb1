# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a collection is there."""

from __future__ import annotations

import importlib.util
import re
import typing as t

from ansible.errors import AnsibleError

DOCUMENTATION = r"""
---
name: installed
short_description: Whether a collection is installed
version_added: 0.1.0
author:
  - Contributors to the community.posthog collection (@ansible-collections)
description:
  - Looks for a collection where Ansible looks for collections, so that a role can say what has to be installed before
    it uses anything of it.
options:
  _input:
    description:
      - The collection's name, with its namespace.
    type: str
    required: true
seealso:
  - plugin: community.posthog.awx
    plugin_type: role
"""

EXAMPLES = r"""
---
- name: See that the collection for AWX is there
  ansible.builtin.assert:
    that: "'awx.awx' is community.posthog.installed"
    fail_msg: "Install it: ansible-galaxy collection install awx.awx"
"""

RETURN = r"""
_value:
  description: Whether it is there.
  type: bool
"""


def installed(name: t.Any) -> bool:
    """See the documentation above.

    :param name: for example C(awx.awx).
    :returns: whether it is there.
    :raises AnsibleError: that is no name of a collection.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*", name):
        raise AnsibleError(f"installed: takes the name of a collection, such as awx.awx, not {name!r}")
    try:
        return importlib.util.find_spec(f"ansible_collections.{name}") is not None
    except ModuleNotFoundError:
        # Not even its namespace is there.
        return False


class TestModule:
    """The test, for Ansible."""

    #: It is no test of ours, whatever pytest takes it for.
    __test__ = False

    def tests(self) -> dict[str, t.Callable[..., bool]]:
        """See Ansible.

        :returns: the test by its name.
        """
        return {"installed": installed}
