# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of playbooks and roles: which there are, what is wrong with those of a run, and what a user called what
a task's option says.

Private to this collection: it may change without notice.

Ansible takes no notice of a variable that nobody reads, so a misspelt one leaves the playbook with less than was meant:
all types in place of some, the project that is open in place of the one that was named. Whoever reads variables of this
collection, a task of one of its playbooks or roles, looks at them first.
"""

from __future__ import annotations

import functools
import os
import re
import typing as t
from dataclasses import dataclass

import yaml
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.utils.vars import load_extra_vars

from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import texts
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._schema.spelling import likely
from ansible_collections.community.posthog.plugins.plugin_utils._sources import files_of

#: What all variables of this collection begin with.
PREFIX: t.Final = "posthog_"

#: Where the user names variables of his own that begin like those of this collection.
OWN: t.Final = "posthog_own_variables"

#: What Ansible leaves over of C(-e name=two words), which it cuts at the blank.
LEFT_OVER: t.Final = "_raw_params"

#: Read by everything.
COMMON: t.Final = (
    *(f"{PREFIX}{option}" for option in connection_spec()),
    "posthog_in_process",
    "posthog_hosts",
    OWN,
)

#: The playbooks, with the variables that they read themselves, and the roles that they run.
PLAYBOOKS: t.Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "access_report": ((), ("access_report",)),
    "apply": ((), ("organization", "project")),
    "awx_setup": ((), ("awx",)),
    "drift": ((), ("drift", "organization", "project")),
    "export": (
        (
            "posthog_export_clean",
            "posthog_export_dest",
            "posthog_export_details",
            "posthog_export_exclude",
            "posthog_export_layout",
            "posthog_export_names",
            "posthog_export_rename",
            "posthog_export_scope",
            "posthog_export_tags",
            "posthog_export_types",
            "posthog_export_undeclared",
        ),
        (),
    ),
    "kill_switch": (
        ("posthog_annotate", "posthog_flag", "posthog_flag_state", "posthog_project_src", "posthog_reason"),
        (),
    ),
    "offboard": (("posthog_email",), ()),
    "onboard": (
        ("posthog_email", "posthog_first_name", "posthog_level", "posthog_message", "posthog_roles"),
        (),
    ),
    "promote": ((), ("promote",)),
}

#: Variables of the inventory plugin's hosts.
OF_HOSTS: t.Final = (
    "posthog_is_demo",
    "posthog_membership",
    "posthog_organization_id",
    "posthog_organization_name",
    "posthog_organization_slug",
    "posthog_plan",
    "posthog_plan_features",
    "posthog_project_id",
    "posthog_project_name",
    "posthog_project_slug",
    "posthog_project_token",
    "posthog_settings",
    "posthog_source",
    "posthog_timezone",
)

#: What playbooks and roles make themselves: results, and variables of their plays.
MADE: t.Final = (
    "posthog_access",
    "posthog_access_report",
    "posthog_as_declared",
    "posthog_brought_back",
    "posthog_declared",
    "posthog_drift",
    "posthog_given",
    "posthog_kill_switch",
    "posthog_offboarding",
    "posthog_onboarding",
    "posthog_organization_plan",
    "posthog_organization_result",
    "posthog_project_plan",
    "posthog_project_result",
    "posthog_promote_export",
    "posthog_promote_result",
    "posthog_switch_on",
    "posthog_switched_only",
    "posthog_taken_in",
    "posthog_taken_out",
    "posthog_told_project",
    "posthog_told_state",
    "posthog_wanted_roles",
    "posthog_wanted_state",
)

#: Variables that an export writes in place of secrets.
_SECRETS: t.Final = re.compile(r"posthog_secret_.+")

_NAME: t.Final = re.compile(rf"\b{PREFIX}\w+")

#: Variables of Ansible's own that hold everything else.
_EVERYTHING: t.Final = frozenset(["hostvars", "groups", "vars", "environment", "ansible_facts"])

#: Bytes of a file that are searched for the name of a variable.
_SEARCHED: t.Final = 5_000_000

_HOME: t.Final = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))

#: Where the roles of this collection are.
_ROLES: t.Final = f"{_HOME}/roles"

Variables = t.Mapping[str, t.Any]


@functools.cache
def options_of(role: str) -> dict[str, dict[str, t.Any]]:
    """The variables of a role, as its argument specification has them.

    :param role: its name without the collection.
    :returns: all that one of its entry points reads.
    """
    with open(os.path.join(_ROLES, role, "meta", "argument_specs.yml"), encoding="utf-8") as file:
        entries = yaml.safe_load(file)["argument_specs"]
    return {name: spec for entry in entries.values() for name, spec in (entry.get("options") or {}).items()}


@functools.cache
def documented() -> frozenset[str]:
    """Every variable that something in this collection reads or makes.

    :returns: the names.
    """
    read = {name for own, _roles in PLAYBOOKS.values() for name in own}
    roles = {name for _own, roles in PLAYBOOKS.values() for role in roles for name in options_of(role)}
    return frozenset({*COMMON, *read, *roles, *OF_HOSTS, *MADE})


@dataclass(frozen=True)
class Reader:
    """A playbook or a role of this collection, whose tasks read variables.

    :param label: what a sentence calls it.
    :param variables: what it reads, with the rules of those that have any.
    :param alone: nothing else than this collection runs in the play, so that what it does not read is read by nobody.
    """

    label: str
    variables: t.Mapping[str, t.Mapping[str, t.Any]]
    alone: bool


def reader(playbook: str | None = None, role: str | None = None) -> Reader | None:
    """Who reads the variables.

    :param playbook: the playbook of this collection that runs, if it is one.
    :param role: the role of this collection that runs, if it is one.
    :returns: the reader; None where a task is of the user's own.
    """
    rules: dict[str, t.Mapping[str, t.Any]] = {}
    own, roles = PLAYBOOKS.get(playbook or "", ((), ()))
    for name in (*COMMON, *own):
        rules[name] = {}
    for name in (*roles, *([role] if role else ())):
        rules.update(options_of(name))
    if playbook in PLAYBOOKS:
        return Reader(f"the playbook community.posthog.{playbook}", rules, alone=True)
    return Reader(f"the role community.posthog.{role}", rules, alone=False) if role else None


def reader_of(task: t.Any) -> Reader | None:
    """Who reads the variables of a task.

    :param task: Ansible's task.
    :returns: see :func:`reader`.
    """
    role = getattr(task, "_role", None)
    path = os.path.realpath(str(getattr(role, "_role_path", "") or ""))
    own_role = os.path.basename(path) if os.path.dirname(path) == _ROLES else None
    return reader(_playbook_of(task), own_role)


def _playbook_of(task: t.Any) -> str | None:
    """The playbook of this collection that a task runs in."""
    above: t.Any = task
    while above is not None:
        play = getattr(above, "_play", None)
        if play is not None:
            path = os.path.realpath(str(play.get_path()).rpartition(":")[0])
            folder, name = os.path.split(path)
            return name.rpartition(".")[0] if folder == os.path.join(_HOME, "playbooks") else None
        above = getattr(above, "_parent", None)
    return None


class Look:
    """A look at the variables of a run.

    :param who: reads them.
    :param variables: all of them, not yet evaluated.
    :param render: evaluates templates.
    :param loader: Ansible's, for the variables of the command line.
    """

    def __init__(self, who: Reader, variables: Variables, render: t.Callable[[t.Any], t.Any], loader: t.Any) -> None:
        self.who = who
        self.variables = variables
        self._render = render
        self._loader = loader

    def wrong(self) -> list[str]:
        """What the user has to mend before anything is done.

        :returns: sentences.
        """
        found = self._cut() + self._misspelt()
        return found or self._invalid()

    def unread(self) -> str:
        """What to say of variables that nobody reads and that are near none.

        :returns: a sentence, or an empty string.
        """
        if not self.who.alone:
            return ""
        names = self._used_nowhere([name for name in self._unknown() if self._meant(name) is None])
        if not names:
            return ""
        what = "a variable" if len(names) == 1 else "variables"
        return (
            f"{', '.join(names)}: no playbook or role of community.posthog reads {what} of this name, and nothing "
            f"mentions {'it' if len(names) == 1 else 'them'}; what is meant for something else can be named in {OWN}"
        )

    def _cut(self) -> list[str]:
        """A value with a blank that was not quoted."""
        rest = self.variables.get(LEFT_OVER)
        if not isinstance(rest, str) or not rest.strip():
            return []
        return [
            (
                "a value after -e holds a blank, and Ansible took only what stands before it; "
                f"{rest.strip()[:40]!r} was left over. Quote the value inside: -e \"posthog_project='Default project'\""
            )
        ]

    def _unknown(self) -> list[str]:
        """Variables that look as if they were of this collection, and are not."""
        own = self.variables.get(OWN)
        own = plain(self._render(own)) if own is not None else ()
        own = own.split(",") if isinstance(own, str) else own
        spared = {str(name).strip() for name in own} if isinstance(own, (list, tuple)) else set()
        return [
            name
            for name in sorted(self.variables)
            if name.startswith(PREFIX)
            and "__" not in name
            and name not in documented()
            and name not in spared
            and not _SECRETS.fullmatch(name)
            and not _registered(self.variables[name])
        ]

    def _meant(self, name: str) -> str | None:
        """The variable that a name is a typo of."""
        known = {item[len(PREFIX) :]: item for item in self.who.variables}
        near = likely(name[len(PREFIX) :], known)
        return known[near] if near is not None else None

    def _misspelt(self) -> list[str]:
        """Variables that were meant to be others."""
        extra = self._extra()
        found: dict[str, str] = {}
        for name in self._unknown():
            meant = self._meant(name)
            if meant is None or (name not in extra and self._is_given(meant)):
                continue
            kind = self.who.variables[meant].get("type", "str" if meant in COMMON else "raw")
            if kind == "str" and isinstance(self.variables[name], (t.Mapping, list)):
                # A list of what the other one is one of.
                continue
            found[name] = meant
        return [
            f"{name}: {self.who.label} has no variable of this name; did you mean {found[name]}? "
            f"(If it is one of your own, name it in {OWN}.)"
            for name in self._used_nowhere(list(found))
        ]

    def _is_given(self, name: str) -> bool:
        """Whether a variable has a value of the user's."""
        value = self.variables.get(name)
        return value not in (None, "", [], {}) and value != self.who.variables[name].get("default")

    def _extra(self) -> Variables:
        """The variables of the command line."""
        try:
            return load_extra_vars(self._loader)
        except Exception:  # without a command line there are none
            return {}

    def _used_nowhere(self, names: t.Sequence[str]) -> list[str]:
        """Those of some variables that neither another one nor a file of configuration mentions."""
        left = set(names)
        for name, value in self.variables.items() if left else ():
            if name in _EVERYTHING or name.startswith("ansible_") or "__" in name:
                continue
            left -= {item for item in left if item != name and _mentions(value, item)}
        for name in ("posthog_project_src", "posthog_organization_src") if left else ():
            for text in self._files(self.variables.get(name)):
                left = {item for item in left if item not in _NAME.findall(text)}
        return [name for name in names if name in left]

    def _files(self, value: t.Any) -> t.Iterator[str]:
        """The texts of files of configuration, as far as they can be found and read."""
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
        """Variables with values of the wrong kind, as Ansible itself says it where it validates a role."""
        rules = {name: dict(rule) for name, rule in self.who.variables.items() if rule}
        given = {name: self.variables[name] for name in rules if self.variables.get(name) is not None}
        try:
            rendered = {name: plain(self._render(value)) for name, value in given.items()}
        except AnsibleError:
            # The task that uses it says what is wrong with the template.
            return []
        checked = ArgumentSpecValidator({name: _bare(rules[name]) for name in rendered}).validate(rendered)
        return list(checked.error_messages)

    # -- what the user called it --------------------------------------------------------------------------------------

    def renamed(self, message: str, raw: Variables, args: Variables) -> str:
        """A message about options of a task, with the variables that they come from.

        :param message: for the author of the task.
        :param raw: the options as the task has them, with templates.
        :param args: the options with their values.
        :returns: the message for the user of the playbook or role.
        """

        def path(match: re.Match[str]) -> str:
            return match.group(1) + self._path(match.group(2), raw, args) + ": "

        def option(match: re.Match[str]) -> str:
            return match.group(1) + self._option(match.group(2), raw, args, None)

        step = r"[a-zA-Z_]\w*(?:\[\d+\]|\.\w+)*"
        said = re.sub(rf"(^|; |\n[- ]*)({step}): ", path, message)
        said = re.sub(r"(value of |argument '|option ')(\w+)", option, said)
        for name in raw:
            # A name with an underscore is no other word.
            if "_" in name:
                said = re.sub(rf"(?<![\w.])()({name})\b(?![\w.\[])", option, said)
        return said

    def _path(self, where: str, raw: Variables, args: Variables) -> str:
        """A path that begins with an option, or with a type in a document of O(config)."""
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
            # Several variables, or a text with commas, are another list.
            return named + (rest if plain(self._value(named)) == value else rest[index.end() :])
        return self._option(head.group(), raw, args, None) + rest

    def _option(self, name: str, raw: Variables, args: Variables, item: t.Any) -> str:
        """The variable or variables that an option comes from; the option itself where there is none.

        :param item: one of several values, which not each of the variables may hold.
        """
        if name not in raw:
            own = f"{PREFIX}{name}"
            return own if name in connection_spec() and self.variables.get(own) not in (None, "") else name
        found = self.behind(raw[name])
        if len(found) > 1:
            value = plain(args.get(name)) if item is None else item
            holding = [known for known in found if self._holds(known, value)]
            # Of several places that a connection's option can come from, the first one that has it counts.
            found = (holding[:1] if name in connection_spec() else holding) or (
                [] if name in connection_spec() else found
            )
        return " or ".join(found) or name

    def _holds(self, name: str, value: t.Any) -> bool:
        """Whether a variable is, or has in it, what an option was given."""
        own = plain(self._value(name))
        if own in (None, "", [], {}) or value in (None, ""):
            return False
        return own == value or str(value) in {str(part) for part in (*_list(own), own, *texts(own))}

    def _in_config(self, where: str, raw: Variables, args: Variables) -> str:
        """A path in the documents of O(config)."""
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
            if not isinstance(document, t.Mapping) or key not in document:
                continue
            value = plain(document[key])
            for name in variables:
                whole = plain(self._value(name))
                if whole == value:
                    return f"{name}{first or ''}{rest}"
                if first and value == [whole]:
                    return f"{name}{rest}"
                for place, held in [("", whole)] if isinstance(whole, dict) else enumerate(_list(whole)):
                    if isinstance(held, dict) and held.get(key) == value:
                        at = f"[{place}]" if place != "" else ""
                        return f"{name}{at}.{key}{first or ''}{rest}"
        return where

    def behind(self, template: t.Any) -> list[str]:
        """The user's variables that a template of ours is made of, through variables that are ours.

        :param template: a text, or a list or dictionary of them.
        :returns: the names.
        """
        found: list[str] = []
        seen: set[str] = set()
        waiting = [template]
        while waiting:
            for text in texts(plain(waiting.pop(0))):
                for name in _NAME.findall(text):
                    if name in seen or name not in self.variables:
                        continue
                    seen.add(name)
                    value = self.variables[name]
                    of_user = name in documented() and name not in MADE
                    ours = not of_user or any("__" in item for item in _names_in(value))
                    if ours:
                        waiting.append(value)
                    else:
                        found.append(name)
        return found

    def _value(self, name: str) -> t.Any:
        try:
            return self._render(self.variables.get(name))
        except AnsibleError:
            return None


def _registered(value: t.Any) -> bool:
    """Whether a variable is what a task of the user's returned."""
    return isinstance(value, t.Mapping) and ("changed" in value or "failed" in value)


def _mentions(value: t.Any, name: str) -> bool:
    return any(name in text and name in _NAME.findall(text) for text in texts(value))


def _names_in(value: t.Any) -> list[str]:
    return [name for text in texts(value) for name in _NAME.findall(text)]


def _list(value: t.Any) -> list[t.Any]:
    """A list, also from a text with commas."""
    return value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []


def _bare(rules: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The rules of a variable without what is only for readers."""
    kept = {key: value for key, value in rules.items() if key in ("type", "elements", "choices", "no_log")}
    if rules.get("options"):
        kept["options"] = {name: _bare(inner) for name, inner in rules["options"].items()}
    return kept
