# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes in the variables of a playbook or role.

Private to this collection: it may change without notice.

Ansible ignores a variable that nothing reads. A misspelt one would silently change what a playbook does: all types
instead of some, the key's own project instead of the one that was named. So tasks of this collection's playbooks and
roles check the variables first.
"""

from __future__ import annotations

import os
import re
import typing as t
from collections.abc import Mapping

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.utils.vars import load_extra_vars

from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import texts
from ansible_collections.community.posthog.plugins.module_utils._schema.spelling import likely
from ansible_collections.community.posthog.plugins.plugin_utils._config_files import files_of
from ansible_collections.community.posthog.plugins.plugin_utils._playbook_variables import (
    COMMON,
    LEFT_OVER,
    OWN,
    PREFIX,
    VARIABLE_NAME,
    Reader,
    Variables,
    documented,
)

#: Variables that an export writes in place of secrets.
_SECRETS: t.Final = re.compile(r"posthog_secret_.+")

#: Variables that name files of configuration, in which other variables may stand.
_FILES: t.Final = (
    "posthog_project_src",
    "posthog_project_overlays",
    "posthog_organization_src",
    "posthog_organization_overlays",
)

#: Variables of Ansible's own that contain all others.
_EVERYTHING: t.Final = frozenset(["hostvars", "groups", "vars", "environment", "ansible_facts"])

#: Bytes of a file that are searched for the name of a variable.
_SEARCHED: t.Final = 5_000_000


class VariableCheck:
    """Checks the variables of a run.

    :param reader: reads them.
    :param variables: all of them, not yet evaluated.
    :param render: evaluates templates.
    :param loader: Ansible's, for the variables of the command line.
    """

    def __init__(self, reader: Reader, variables: Variables, render: t.Callable[[t.Any], t.Any], loader: t.Any) -> None:
        self._reader = reader
        self._variables = variables
        self._render = render
        self._loader = loader

    def wrong(self) -> list[str]:
        """Mistakes that stop the task.

        :returns: sentences.
        """
        found = self._cut() + self._misspelt()
        return found or self._invalid()

    def unread(self) -> str:
        """A warning about variables that nothing reads, and that resemble none that is read.

        :returns: a sentence, or an empty string.
        """
        if not self._reader.alone:
            return ""
        names = self._not_mentioned([name for name in self._unknown() if self._similar(name) is None])
        if not names:
            return ""
        what = "a variable" if len(names) == 1 else "variables"
        return (
            f"{', '.join(names)}: no playbook or role of community.posthog reads {what} of this name, and nothing "
            f"mentions {'it' if len(names) == 1 else 'them'}; what is meant for something else can be named in {OWN}"
        )

    def _cut(self) -> list[str]:
        """A value with a blank that was not quoted on the command line."""
        rest = self._variables.get(LEFT_OVER)
        if not isinstance(rest, str) or not rest.strip():
            return []
        return [
            (
                "a value after -e holds a blank, and Ansible took only what stands before it; "
                f"{rest.strip()[:40]!r} was left over. Quote the value inside: -e \"posthog_project='Default project'\""
            )
        ]

    def _unknown(self) -> list[str]:
        """Variables with this collection's prefix that it does not know."""
        own = self._variables.get(OWN)
        own = plain(self._render(own)) if own is not None else ()
        own = own.split(",") if isinstance(own, str) else own
        allowed = {str(name).strip() for name in own} if isinstance(own, (list, tuple)) else set()
        return [
            name
            for name in sorted(self._variables)
            if name.startswith(PREFIX)
            and "__" not in name
            and name not in documented()
            and name not in allowed
            and not _SECRETS.fullmatch(name)
            and not _registered(self._variables[name])
        ]

    def _similar(self, name: str) -> str | None:
        """The variable that a name is probably a typo of."""
        known = {item[len(PREFIX) :]: item for item in self._reader.variables}
        near = likely(name[len(PREFIX) :], known)
        return known[near] if near is not None else None

    def _misspelt(self) -> list[str]:
        """Variables whose names are probably typos."""
        extra = self._extra()
        found: dict[str, str] = {}
        for name in self._unknown():
            similar = self._similar(name)
            if similar is None or (name not in extra and self._is_given(similar)):
                continue
            kind = self._reader.variables[similar].get("type", "str" if similar in COMMON else "raw")
            if kind == "str" and isinstance(self._variables[name], (Mapping, list)):
                # A list can hold several of what the other variable is one of; it has its own purpose.
                continue
            found[name] = similar
        return [
            f"{name}: {self._reader.label} has no variable of this name; did you mean {found[name]}? "
            f"(If it is one of your own, name it in {OWN}.)"
            for name in self._not_mentioned(list(found))
        ]

    def _is_given(self, name: str) -> bool:
        """Whether the user set a variable."""
        value = self._variables.get(name)
        return value not in (None, "", [], {}) and value != self._reader.variables[name].get("default")

    def _extra(self) -> Variables:
        """The variables of the command line."""
        try:
            return load_extra_vars(self._loader)
        except Exception:  # there is no command line
            return {}

    def _not_mentioned(self, names: t.Sequence[str]) -> list[str]:
        """The names that no other variable and no configuration file mentions."""
        left = set(names)
        for name, value in self._variables.items() if left else ():
            if name in _EVERYTHING or name.startswith("ansible_") or "__" in name:
                continue
            left -= {item for item in left if item != name and _mentions(value, item)}
        for name in _FILES if left else ():
            for text in self._files(self._variables.get(name)):
                left = {item for item in left if item not in VARIABLE_NAME.findall(text)}
        return [name for name in names if name in left]

    def _files(self, value: t.Any) -> t.Iterator[str]:
        """The texts of configuration files, as far as they can be found and read."""
        try:
            given = plain(self._render(value)) if value else []
        except AnsibleError:
            return
        for place in given.split(",") if isinstance(given, str) else given if isinstance(given, list) else ():
            try:
                for path in files_of(os.path.abspath(os.path.expanduser(str(place).strip()))):
                    with open(path, encoding="utf-8", errors="replace") as file:
                        yield file.read(_SEARCHED)
            except (AnsibleError, OSError):
                continue

    def _invalid(self) -> list[str]:
        """Variables with invalid values, in the words in which Ansible validates a role."""
        rules = {name: dict(rule) for name, rule in self._reader.variables.items() if rule}
        given = {name: self._variables[name] for name in rules if self._variables.get(name) is not None}
        try:
            rendered = {name: plain(self._render(value)) for name, value in given.items()}
        except AnsibleError:
            # The task that uses the variable reports the error of its template.
            return []
        checked = ArgumentSpecValidator({name: _bare(rules[name]) for name in rendered}).validate(rendered)
        return list(checked.error_messages)


def _registered(value: t.Any) -> bool:
    """Whether a variable is what a task of the user's returned."""
    return isinstance(value, Mapping) and ("changed" in value or "failed" in value)


def _mentions(value: t.Any, name: str) -> bool:
    return any(name in text and name in VARIABLE_NAME.findall(text) for text in texts(value))


def _bare(rules: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The rules of a variable without what is only for readers."""
    kept = {key: value for key, value in rules.items() if key in ("type", "elements", "choices", "no_log")}
    if rules.get("options"):
        kept["options"] = {name: _bare(inner) for name, inner in rules["options"].items()}
    return kept
