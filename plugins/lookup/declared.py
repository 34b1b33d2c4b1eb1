# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What files of configuration declare of one type."""

from __future__ import annotations

DOCUMENTATION = r"""
name: declared
short_description: What files of configuration declare
version_added: 0.1.0
description:
  - Reads files of configuration as M(community.posthog.posthog_config) does with
    O(community.posthog.posthog_config#module:src), and returns the items of one type, or the one item that has a name.
    PostHog is not asked.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
options:
  _terms:
    description:
      - Files and directories. Relative paths are looked for as those of M(ansible.builtin.copy) are, and then in the
        directory where Ansible was started.
    type: list
    elements: raw
    required: true
  type:
    description:
      - The type, in the plural, for example V(feature_flags).
    type: str
    required: true
  name:
    description:
      - Return only items of this name, which is what the module of the type finds its objects by (the key of a feature
        flag).
    type: str
seealso:
  - module: community.posthog.posthog_config
"""

EXAMPLES = r"""
- name: Bring one flag back to what the files say, and nothing else
  community.posthog.posthog_config:
    config:
      feature_flags: "{{ query('community.posthog.declared', 'posthog', type='feature_flags', name='new-checkout') }}"
"""

RETURN = r"""
_raw:
  description: The items, in the order of the files.
  type: list
  elements: dict
"""

import os
import typing as t

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.plugin_utils._config_files import documents, missing
from ansible_collections.community.posthog.plugins.plugin_utils._options import unknown_options


class LookupModule(LookupBase):
    """See the documentation above."""

    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[t.Any]:
        """Look up.

        :param terms: files and directories.
        :param variables: the variables at hand.
        :param kwargs: the options.
        :returns: the items.
        :raises AnsibleLookupError: there is no such type.
        """
        wrong = unknown_options(self, kwargs)
        if wrong:
            raise AnsibleLookupError("; ".join(wrong))
        self.set_options(var_options=variables, direct=kwargs)
        tables = {table.plural: table for table in RESOURCES.values()}
        kind, name = str(self.get_option("type")), self.get_option("name")
        if kind not in tables:
            raise AnsibleLookupError(f"type: there are no {kind!r}{nearest(kind, tables)}")
        places: list[str] = []
        for term in plain(list(terms)):
            places += term if isinstance(term, list) else [term]
        found: list[t.Any] = []
        template = t.cast("t.Any", self._templar).template
        for document in documents(places, lambda place: self._found(place, variables), self._loader, template):
            items = document.get(kind) or []
            found += items if isinstance(items, list) else [items]
        option = tables[kind].identity.option or "id"
        return [item for item in found if name is None or (isinstance(item, dict) and item.get(option) == name)]

    def _found(self, place: str, variables: t.Mapping[str, t.Any] | None) -> str:
        """A file or a directory: where lookups look for files, and then where Ansible was started."""
        try:
            found = self.find_file_in_search_path(variables, "files", place, ignore_missing=True)
        except AnsibleError:
            found = None
        here = os.path.abspath(os.path.expanduser(place))
        if not found and not os.path.exists(here):
            raise AnsibleLookupError(missing(place, (variables or {}).get("ansible_search_path") or []))
        return str(found or here)
