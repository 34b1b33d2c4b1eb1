# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of plugins that Ansible configures: inventory and lookup.

Private to this collection: it may change without notice.

Ansible finds the options in the plugin's arguments, in variables, in the environment and in C(ansible.cfg). Here they
are converted to the options of modules, so that both share all further code.
"""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible import constants as C
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.plugins import AnsiblePlugin

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec

#: A set of options: those that the user gave, and all of them, validated and with defaults.
Settings = tuple[dict[str, t.Any], dict[str, t.Any]]

#: Where an option can come from, in order of precedence.
_DIRECT, _VARIABLE, _ENVIRONMENT, _FILE = range(4)


@contextlib.contextmanager
def _no_empty_variables(names: t.Iterable[str]) -> t.Iterator[None]:
    """Remove empty variables from the environment, which Ansible would use as values."""
    empty = [name for name in names if os.environ.get(name) == ""]
    for name in empty:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(dict.fromkeys(empty, ""))


def shared_directory() -> str | None:
    """The private temporary directory of this run of Ansible, which all its forks share.

    :returns: its path, or None where Ansible has none.
    """
    found = getattr(C, "DEFAULT_LOCAL_TMP", None)
    return str(found) if found else None


def unknown_options(plugin: AnsiblePlugin, given: t.Iterable[t.Any]) -> list[str]:
    """Errors for options that a plugin does not have; Ansible itself ignores them.

    :param plugin: the plugin.
    :param given: the names of the given options.
    :returns: a clause for each unknown one.
    """
    known = {
        str(name)
        for option, rules in plugin.option_definitions.items()
        for name in (option, *(rules.get("aliases") or ()))
        if not option.startswith("_")
    }
    return [f"{name!r} is no option{nearest(str(name), known)}" for name in given if name not in known]


class ConnectionOptions(AnsiblePlugin):
    """A plugin with the connection options."""

    def rendered(self, value: t.Any) -> t.Any:
        """A value with its templates evaluated.

        :param value: the value of a file or a variable.
        :returns: plain data.
        """
        raise NotImplementedError

    def set_options(
        self,
        task_keys: t.Mapping[str, t.Any] | None = None,
        var_options: t.Mapping[str, t.Any] | None = None,
        direct: t.Mapping[str, t.Any] | None = None,
    ) -> None:
        """See Ansible. Empty values count as unset, and templates are evaluated before types are checked.

        :param task_keys: keywords of the task.
        :param var_options: variables.
        :param direct: the plugin's arguments.
        """
        names = connection_spec()
        definitions = {name: item for name, item in self.option_definitions.items() if name in names}
        variables: dict[str, t.Any] = {}
        for item in definitions.values():
            for entry in item.get("vars") or ():
                value = (var_options or {}).get(entry["name"])
                value = self.rendered(value) if value is not None else None
                # A variable of this name with a list or a dictionary belongs to something else, such as a role.
                if value not in (None, "") and isinstance(value, (str, int, float)):
                    variables[entry["name"]] = value
        given: dict[str, t.Any] = {}
        for name, value in (direct or {}).items():
            if name in definitions:
                value = self.rendered(value)
                if value is None or value == "":
                    continue
            given[name] = value
        environment = [entry["name"] for item in definitions.values() for entry in item.get("env") or ()]
        with _no_empty_variables(environment):
            super().set_options(task_keys=task_keys, var_options=variables, direct=given)

    def connection_settings(self, own: t.Mapping[str, t.Any] | None = None) -> Settings:
        """The connection options as the engine takes them.

        :param own: options that take precedence, such as those of one of several connections.
        :returns: the options that were given, and all of them.
        :raises PostHogFailure: an option has a value of the wrong type.
        """
        chosen: dict[str, t.Any] = {}
        level: dict[str, int] = {}
        for name in connection_spec():
            if name not in self.option_definitions:
                continue
            value, origin = self.get_option_and_origin(name)
            value = value.strip() if isinstance(value, str) else value
            if value in (None, "") or origin == "default":
                continue
            chosen[name] = value
            level[name] = _level(str(origin))
        for name, value in (own or {}).items():
            value = value.strip() if isinstance(value, str) else value
            if value not in (None, ""):
                chosen[name], level[name] = value, -1
        _one_place(chosen, level)
        raw = {name: plain(value) for name, value in chosen.items() if level[name] != _ENVIRONMENT}
        checked = ModuleArgumentSpecValidator(connection_spec()).validate(raw)
        if checked.error_messages:
            raise PostHogFailure(checked.error_messages[0])
        return raw, dict(checked.validated_parameters)


def _level(origin: str) -> int:
    """The precedence of an option, from the origin that Ansible reports."""
    if origin == "Direct":
        return _DIRECT
    if origin.startswith("var: "):
        return _VARIABLE
    return _ENVIRONMENT if origin.startswith("env: ") else _FILE


def _one_place(chosen: dict[str, t.Any], level: dict[str, int]) -> None:
    """Keep only the one of region and host that takes precedence, where they have different origins."""
    if "region" not in chosen or "host" not in chosen:
        return
    if level["region"] > level["host"]:
        del chosen["region"]
    elif level["host"] > level["region"]:
        del chosen["host"]
