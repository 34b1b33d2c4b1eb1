# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A handler run as an ordinary module, on the host where Ansible started it.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import copy
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import (
    guarded,
    invocation,
    lasting,
    mistyped,
    register,
    short_options,
    without_secrets,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, perform
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._handlers.unknown_options import unsupported_hint
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec, without_empty
from ansible_collections.community.posthog.plugins.module_utils._http.run import directory
from ansible_collections.community.posthog.plugins.module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.community.posthog.plugins.module_utils._schema.yaml_words import booleans_for_texts


class _Module(AnsibleModule):
    """C(AnsibleModule) that keeps the options as the task gave them: C(null) differs from a missing option.

    :param item: the handler.
    """

    def __init__(self, item: ModuleHandler) -> None:
        self._item = item
        super().__init__(**item.spec())

    def _log_invocation(self) -> None:
        # The host's log gets the options before PostHog was asked which texts in them are secret.
        secret = self._known() | self._item.suspected(plain(self.given))
        params = self.params
        try:
            self.params = invocation(self._declared, self._item.hidden(params), secret)["module_args"]
            super()._log_invocation()
        finally:
            self.params = params

    def _load_params(self) -> None:
        super()._load_params()
        self.given = without_empty(
            {key: value for key, value in copy.deepcopy(self.params).items() if not key.startswith("_ansible_")}
        )
        self.params.update({key: self.given[key] for key in connection_spec() if key in self.given})
        # An empty connection option counts as missing, so that Ansible asks the environment. A null is removed here,
        # since Ansible would look for it among the choices; the engine reads it from C(given).
        for key in [key for key in self.params if not key.startswith("_ansible_")]:
            if self.given.get(key) is None:
                del self.params[key]
        self.argument_spec = guarded(self.argument_spec, plain(self.given))
        register(self._known())

    @property
    def _declared(self) -> dict[str, t.Any]:
        """The module's argument spec."""
        return t.cast("dict[str, t.Any]", self._item.spec()["argument_spec"])

    def _known(self) -> set[str]:
        """The secrets that are known so far."""
        given = plain(self.given)
        found = set(getattr(self, "no_log_values", ())) | self._item.secrets(given) | mistyped(self._declared, given)
        return found | set(short_options(self._declared, given).values())

    def _return_formatted(self, kwargs: dict[str, t.Any]) -> None:
        """Mask secrets in the result and print it; each ansible-core masks other texts, in another way.

        :param kwargs: the result.
        """
        secret = self._known()
        register(secret)
        # Ansible removes it again unless it is configured to show it.
        kwargs["invocation"] = invocation(self._declared, self._item.hidden(self.params), secret)
        # Ansible would mask short texts inside of other words, too.
        self.no_log_values = lasting(secret)
        super()._return_formatted(without_secrets(kwargs, secret))

    def fail_json(self, msg: str, **kwargs: t.Any) -> t.NoReturn:
        """Fail, with a hint where an option's name is mistyped.

        :param msg: the message.
        :param kwargs: the rest of the result.
        """
        self.no_log_values.update(self._item.suspected(plain(getattr(self, "given", {}))))
        super().fail_json(unsupported_hint(msg, self.argument_spec, self._item.name), **kwargs)
        raise AssertionError("not reached")


def run_module(item: ModuleHandler) -> None:
    """Run a handler as an ordinary module.

    :param item: the handler.
    """
    module = _Module(item)
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=str(REQUESTS_IMPORT_ERROR))
    raw = plain(module.given)
    misread = booleans_for_texts(item.spec()["argument_spec"], raw)
    if misread:
        module.fail_json(**InvalidInput(misread).result())

    def warn(text: str) -> None:
        # C(sessions) is assigned below, before any of them warns.
        module.warn(str(without_secrets(text, module._known() | sessions.secrets)))

    shared = directory(getattr(module, "_remote_tmp", None))
    sessions = Sessions(check_mode=module.check_mode, warn=warn, hidden=bool(module.no_log), shared=shared)

    good, result = perform(item, sessions, raw, module.params)
    module.no_log_values.update(sessions.secrets)
    sessions.close()
    if not module._diff:
        result.pop("diff", None)
    if good:
        module.exit_json(**result)
    module.fail_json(**result)
