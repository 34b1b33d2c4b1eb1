# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object of PostHog, or one field of it, by type and name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: posthog
short_description: One object of PostHog, or one field of it
version_added: 0.1.0
description:
  - Finds objects by type and name, and returns them as PostHog shows them, or one field of each.
  - Secrets in the objects are masked.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.plugin_connection
  - community.posthog.plugin_connection.scope
options:
  _terms:
    description:
      - First the type, by the name that its module has after C(posthog_), for example V(feature_flag), V(dashboard) or
        V(member). After that one or several names, which are what the module of the type finds its objects by (the key
        of a feature flag, the e-mail address of a member). An id is taken too.
      - Of what a project or an organization has only once (V(project_settings)) no name is given.
    type: list
    elements: raw
    required: true
  field:
    description:
      - Return this field of the object in place of the whole object. Fields inside are reached with dots, for example
        V(filters.groups).
    type: str
notes:
  - A name that no object has, or that several have, is an error. As with all lookups, C(errors='warn') turns the error
    into a warning and C(errors='ignore') suppresses it; the result is empty then.
  - In a play over the hosts of P(community.posthog.posthog#inventory) the project of the current host is used, since
    the inventory sets the variables C(posthog_host), C(posthog_organization_id) and C(posthog_project_id).
  - Each use asks PostHog anew, with one or two requests. In a loop, look up several names at once, or use
    M(community.posthog.posthog_info) before it.
seealso:
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
- name: Show the id of a flag
  ansible.builtin.debug:
    msg: "{{ lookup('community.posthog.posthog', 'feature_flag', 'new-checkout', field='id') }}"

- name: Have a link to a dashboard in a file
  ansible.builtin.copy:
    content: "https://eu.posthog.com/dashboard/{{ lookup('community.posthog.posthog', 'dashboard', 'Growth').id }}\n"
    dest: /tmp/growth.txt
    mode: "0644"

- name: See how far two flags are rolled out
  ansible.builtin.debug:
    msg: "{{ query('community.posthog.posthog', 'feature_flag', 'new-checkout', 'dark-mode', field='filters.groups') }}"

- name: Ask in another project, and go on if it has no such cohort
  ansible.builtin.debug:
    msg: "{{ lookup('community.posthog.posthog', 'cohort', 'Beta testers', project='Staging', errors='ignore') }}"
"""

RETURN = r"""
_raw:
  description:
    - For each name the object, or the field that was asked for.
  type: list
  elements: raw
  sample: [42]
"""

import re
import typing as t

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    Ambiguous,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, has
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, perform
from ansible_collections.community.posthog.plugins.module_utils._handlers.info import InfoHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.plugin_utils._options import (
    ConnectionOptions,
    shared_directory,
    unknown_options,
)
from ansible_collections.community.posthog.plugins.plugin_utils._shown import show_verbose
from ansible_collections.community.posthog.plugins.plugin_utils._templates import untrusted

display = Display()

Object = dict[str, t.Any]


class Finder(ModuleHandler):
    """Finds objects of one type.

    :param kind: the type.
    :param names: names or ids; empty for what there is only one of.
    :param field: what to return of each object; None for the whole.
    """

    def __init__(self, kind: str, names: t.Sequence[t.Any], field: str | None) -> None:
        super().__init__("lookup")
        if kind not in RESOURCES:
            hint = nearest(kind, RESOURCES) or f"; known are {', '.join(sorted(RESOURCES))}"
            raise PostHogFailure(f"{kind!r} is no type{hint}")
        self.table: Resource = RESOURCES[kind]
        self.names = names
        self.field = field
        if self.table.singleton and names:
            raise PostHogFailure(f"{kind}: there is only one, which takes no name")
        if not self.table.singleton and not names:
            raise PostHogFailure(f"{kind}: say which one, by its {self.table.identity.option or 'id'}")

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        return {"values": [self._value(session, name) for name in self.names or (None,)]}

    def _value(self, session: Session, name: t.Any) -> t.Any:
        obj, whole = self._object(session, name)
        if self.field is None:
            return masked(self.table, obj if whole is None else whole())
        shown = masked(self.table, obj) or {}
        if not has(shown, self.field) and whole is not None:
            # The list leaves out what only the object's own page shows.
            shown = masked(self.table, whole()) or {}
        if not has(shown, self.field):
            raise InvalidInput(
                [("field", f"the {self.table.name} {name!r} has no {self.field!r}{nearest(self.field, shown)}")]
            )
        return dig(shown, self.field)

    def _object(self, session: Session, name: t.Any) -> tuple[Object, t.Callable[[], Object] | None]:
        """An object, and how to learn the rest of it."""
        table = self.table
        if table.parent is None and not table.singleton and table.identity.option:
            problems: list[tuple[str, str]] = []
            obj = session.lookup(Ref(table.type), name, table.type, problems)
            if problems or obj is None:
                raise InvalidInput(problems)
            collection, found = session.collection(table), obj
            return found, lambda: collection.whole(found) or found
        if name is None:
            asked: Object = {}
        elif isinstance(name, int) or UUID.fullmatch(str(name)) or re.fullmatch(r"\d+", str(name)):
            asked = {"ids": [name]}
        else:
            asked = {"names": [str(name)]}
        answer = InfoHandler().run(session, {}, {"types": [table.type], **asked})
        objects = answer["objects"][table.type]
        if not objects:
            raise InvalidInput(
                [(table.type, f"there is no {table.name} {'' if name is None else repr(name)}".rstrip())]
            )
        if len(objects) > 1:
            ids = ", ".join(sorted(str(table.object_id(item)) for item in objects))
            raise Ambiguous(f"{table.type}: {len(objects)} are called {name!r} (ids {ids}); give the id")
        return objects[0], None


class LookupModule(ConnectionOptions, LookupBase):
    """See the documentation above."""

    def rendered(self, value: t.Any) -> t.Any:
        """See :meth:`ConnectionOptions.rendered`."""
        return plain(self._templar.template(value)) if self._templar is not None else plain(value)

    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[t.Any]:
        """Look up.

        :param terms: the type, and the names.
        :param variables: the variables at hand.
        :param kwargs: the options.
        :returns: one value for each name.
        :raises AnsibleLookupError: there is none, or it could not be read.
        """
        if REQUESTS_IMPORT_ERROR is not None:
            raise AnsibleError(missing_required_lib("requests"))
        wrong = unknown_options(self, kwargs)
        if wrong:
            advice = "; for another value where there is no such object, use errors='ignore' and the filter default"
            hint = advice if "default" in kwargs else ""
            raise AnsibleLookupError(f"community.posthog.posthog: {'; '.join(wrong)}{hint}")
        self.set_options(var_options=variables, direct=kwargs)
        words: list[t.Any] = []
        for term in plain(list(terms)):
            words += term if isinstance(term, list) else [term]
        if not words or not isinstance(words[0], str):
            raise AnsibleLookupError("community.posthog.posthog: say a type, for example 'feature_flag', and a name")
        field = self.get_option("field")
        sessions = Sessions(
            check_mode=False,
            warn=display.warning,
            note=lambda line: show_verbose(f"posthog: {line}", 3),
            many=len(words) > 2,
            shared=shared_directory(),
        )
        sessions.report = lambda line: show_verbose(f"posthog: {line}", 1)
        try:
            finder = Finder(words[0], words[1:], plain(field) or None)
            raw, params = self.connection_settings()
            good, result = perform(finder, sessions, raw, params)
        except PostHogFailure as exc:
            good, result = False, exc.result()
        finally:
            sessions.close()
        if not good:
            raise AnsibleLookupError(f"community.posthog.posthog: {result['msg']}")
        return list(untrusted(result["values"]))
