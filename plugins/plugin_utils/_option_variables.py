# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a playbook or role that a task's options come from, for error messages.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from ansible.errors import AnsibleError

from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import texts
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.plugin_utils._playbook_variables import (
    PREFIX,
    SET_BY_US,
    VARIABLE_NAME,
    Variables,
    documented,
)


class OptionVariables:
    """Finds the user's variables behind the options of a task.

    :param variables: all variables, not yet evaluated.
    :param render: evaluates templates.
    """

    def __init__(self, variables: Variables, render: t.Callable[[t.Any], t.Any]) -> None:
        self._variables = variables
        self._render = render

    def renamed(self, message: str, raw: Variables, args: Variables) -> str:
        """Replace the options in a message by the variables that they come from.

        :param message: for the author of the task.
        :param raw: the options as the task has them, with templates.
        :param args: the options with their values.
        :returns: the message for the user of the playbook or role.
        """

        def path(match: re.Match[str]) -> str:
            return match.group(1) + self.renamed_path(match.group(2), raw, args) + ": "

        def option(match: re.Match[str]) -> str:
            return match.group(1) + self._option(match.group(2), raw, args, None)

        step = r"[a-zA-Z_]\w*(?:\[\d+\]|\.\w+)*"
        text = re.sub(rf"(^|; |\n[- ]*)({step}): ", path, message)
        text = re.sub(r"(value of |argument '|option ')(\w+)", option, text)
        for name in raw:
            # A name with an underscore cannot be an ordinary word.
            if "_" in name:
                text = re.sub(rf"(?<![\w.])()({name})\b(?![\w.\[])", option, text)
        return text

    def renamed_path(self, where: str, raw: Variables, args: Variables) -> str:
        """Replace the start of a path: an option, or a type in a document of O(config).

        :param where: the path.
        :param raw: the options as the task has them, with templates.
        :param args: the options with their values.
        :returns: the path for the user of the playbook or role.
        """
        head = re.match(r"\w+", where)
        if head is None:
            return where
        rest = where[head.end() :]
        if head.group() == "config" or head.group() not in {*raw, *connection_spec()}:
            return self._in_config(where, raw, args)
        index = re.match(r"\[(\d+)\]", rest)
        value = _list(plain(args.get(head.group())))
        if index is not None and int(index.group(1)) < len(value):
            named = self._option(head.group(), raw, args, value[int(index.group(1))])
            # A list of several variables, or a text with commas, has other indexes than the option.
            return named + (rest if plain(self._value(named)) == value else rest[index.end() :])
        return self._option(head.group(), raw, args, None) + rest

    def _option(self, name: str, raw: Variables, args: Variables, item: t.Any) -> str:
        """The variables that an option comes from; the option itself where there is none.

        :param item: one value of a list, which only some of the variables may contain.
        """
        if name not in raw:
            own = f"{PREFIX}{name}"
            return own if name in connection_spec() and self._variables.get(own) not in (None, "") else name
        found = self.behind(raw[name])
        if len(found) > 1:
            value = plain(args.get(name)) if item is None else item
            holding = [known for known in found if self._holds(known, value)]
            # A connection option takes its value from the first of its variables that is set.
            found = (holding[:1] if name in connection_spec() else holding) or (
                [] if name in connection_spec() else found
            )
        return " or ".join(found) or name

    def _holds(self, name: str, value: t.Any) -> bool:
        """Whether a variable is, or contains, the value of an option."""
        own = plain(self._value(name))
        if own in (None, "", [], {}) or value in (None, ""):
            return False
        return own == value or str(value) in {str(part) for part in (*_list(own), own, *texts(own))}

    def _in_config(self, where: str, raw: Variables, args: Variables) -> str:
        """Replace a path in the documents of O(config)."""
        match = re.match(r"(?:config(?:\[(\d+)\])?\.?)?(\w+)?(\[0\])?(.*)", where)
        documents = args.get("config")
        documents = documents if isinstance(documents, list) else [documents]
        if match is None or "config" not in raw:
            return where
        number, key, first, rest = match.groups()
        variables = self.behind(raw["config"])
        if key is None:
            return " or ".join(variables) + rest if variables else where
        for document in documents[int(number) :][:1] if number else documents:
            if not isinstance(document, Mapping) or key not in document:
                continue
            value = plain(document[key])
            for name in variables:
                whole = plain(self._value(name))
                if whole == value:
                    return f"{name}{first or ''}{rest}"
                if first and value == [whole]:
                    return f"{name}{rest}"
                for place, inner in [("", whole)] if isinstance(whole, dict) else enumerate(_list(whole)):
                    if isinstance(inner, dict) and inner.get(key) == value:
                        at = f"[{place}]" if place != "" else ""
                        return f"{name}{at}.{key}{first or ''}{rest}"
        return where

    def behind(self, template: t.Any) -> list[str]:
        """The user's variables that a template of this collection uses, directly or through its own variables.

        :param template: a text, or a list or dictionary of them.
        :returns: the names.
        """
        found: list[str] = []
        seen: set[str] = set()
        waiting = [template]
        while waiting:
            for text in texts(plain(waiting.pop(0))):
                for name in VARIABLE_NAME.findall(text):
                    if name in seen or name not in self._variables:
                        continue
                    seen.add(name)
                    value = self._variables[name]
                    of_user = name in documented() and name not in SET_BY_US
                    ours = not of_user or any("__" in item for item in _names_in(value))
                    if ours:
                        waiting.append(value)
                    else:
                        found.append(name)
        return found

    def _value(self, name: str) -> t.Any:
        try:
            return self._render(self._variables.get(name))
        except AnsibleError:
            return None


def _names_in(value: t.Any) -> list[str]:
    return [name for text in texts(value) for name in VARIABLE_NAME.findall(text)]


def _list(value: t.Any) -> list[t.Any]:
    """A list, also from a text with commas."""
    return value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
