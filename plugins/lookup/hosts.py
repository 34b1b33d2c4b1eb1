# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts for a play, if there are any."""

from __future__ import annotations

DOCUMENTATION = r"""
name: hosts
short_description: Hosts for a play, of which there has to be one
version_added: 0.1.0
description:
  - Returns the pattern that it is given, for C(hosts) of a play, if it matches a host within the limit of the run.
    Otherwise the run fails.
  - Ansible itself skips a play that matches no host, and the run succeeds, although it has done nothing.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
options:
  _terms:
    description:
      - Patterns, as C(hosts) of a play takes them.
    type: list
    elements: str
    required: true
  playbook:
    description:
      - The playbook of this collection that asks, by its name without the collection. The run also fails where a
        variable that is known at this point is misspelt, or was cut at a blank. Other playbooks do not need this.
    type: str
seealso:
  - plugin: ansible.builtin.inventory_hostnames
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Fail rather than skip
  hosts: "{{ query('community.posthog.hosts', posthog_hosts | default('localhost')) }}"
  gather_facts: false
  tasks:
    - name: Show the host
      ansible.builtin.debug:
        var: inventory_hostname
"""

RETURN = r"""
_raw:
  description: The patterns, as they were given.
  type: list
  elements: str
"""

import typing as t

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.inventory.manager import InventoryManager
from ansible.plugins.lookup import LookupBase

from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.plugin_utils._options import unknown_options
from ansible_collections.community.posthog.plugins.plugin_utils._playbook_variables import reader
from ansible_collections.community.posthog.plugins.plugin_utils._variables import VariableCheck


class LookupModule(LookupBase):
    """See the documentation above."""

    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[t.Any]:
        """Look whether there is a host.

        :param terms: the patterns.
        :param variables: the variables at hand, among them the groups and the limit of the run.
        :param kwargs: the options.
        :returns: the patterns.
        :raises AnsibleLookupError: no host matches.
        """
        known = variables or {}
        wrong = unknown_options(self, kwargs)
        if wrong:
            raise AnsibleLookupError("; ".join(wrong))
        self.set_options(var_options=known, direct=kwargs)
        who = reader(playbook=self.get_option("playbook"))
        render = t.cast("t.Any", self._templar).template
        check = VariableCheck(who, known, render, self._loader) if who is not None else None
        problems = check.wrong() if check is not None else []
        if problems:
            raise AnsibleLookupError(" ".join(problems))
        patterns: list[str] = []
        for term in plain(list(terms)):
            patterns += term if isinstance(term, list) else [term]
        manager = InventoryManager(loader=t.cast("t.Any", self._loader), parse=False)
        for group, hosts in dict(known.get("groups") or {}).items():
            manager.add_group(str(group))
            for host in hosts:
                manager.add_host(str(host), group=str(group))
        limit = str(plain(known.get("ansible_limit") or ""))
        try:
            manager.subset(limit or None)
            found = manager.get_hosts(pattern=patterns)
        except AnsibleError as error:
            raise AnsibleLookupError(f"{', '.join(map(str, patterns))}: {error}") from error
        if not found:
            within = f" within the limit {limit!r}" if limit else ""
            raise AnsibleLookupError(
                f"no host matches {', '.join(map(str, patterns))!r}{within}, so nothing would be done; "
                + ("leave the limit out, or name hosts of this pattern" if limit else "look at the inventory")
            )
        return patterns
