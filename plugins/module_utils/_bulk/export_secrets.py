# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Variables take the place of secrets.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import copy
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.export_names import ReferenceNames
from ansible_collections.community.posthog.plugins.module_utils._bulk.export_report import Unfaithful
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path, reach, replaced
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import STORED
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: What variables that stand for secrets begin with.
SECRET_PREFIX: t.Final = "posthog_secret_"


class _Variable(str):
    """A template that stands for a secret; texts from PostHog never are, even if they look like one."""


class SecretVariables:
    """Replaces secrets by variables.

    :param session: the project.
    :param names: finds the names of objects.
    :param unfaithful: every secret is added to it.
    """

    def __init__(self, session: Session, names: ReferenceNames, unfaithful: Unfaithful) -> None:
        self._session = session
        self._names = names
        self._unfaithful = unfaithful
        #: The variables, in the order of the export.
        self._variables: list[str] = []
        #: Which secret a variable stands for: number of the object, and path.
        self._used: dict[str, tuple[int, str]] = {}
        self._number = 0

    def next_object(self) -> None:
        """Begin with another object: equal names need different variables."""
        self._number += 1

    def variable(self, path: str) -> str:
        """A template in place of a secret.

        :param path: where the secret is in the current object.
        """
        about = f"{self._unfaithful.type}_{self._unfaithful.name}_{path}"
        words = re.sub(r"[^a-z0-9]+", "_", about.lower()).strip("_")
        secret, number = (self._number, path), 1
        name = SECRET_PREFIX + words
        # Names that differ only in characters that a variable cannot have need a number.
        while self._used.setdefault(name, secret) != secret:
            number += 1
            name = f"{SECRET_PREFIX}{words}_{number}"
        if name not in self._variables:
            self._variables.append(name)
        self._unfaithful.add(path, f"is secret; the variable {name} stands for it")
        return _Variable("{{ " + name + " }}")

    def in_field(self, table: Resource, field: Field, obj: t.Mapping[str, t.Any]) -> t.Any:
        """A field's value with variables in place of its secrets, and names in place of ids at paths of its own.

        :param table: the type.
        :param field: the field.
        :param obj: the object.
        :returns: a copy.
        """
        value = copy.deepcopy(field.value_in(obj))
        for rule in (*table.secret_parts, *table.private_parts):
            if rule.field != field.name:
                continue
            for path in rule.find(self._session, {}, obj):
                inner = reach(value, path)
                if (inner is None and rule.shown) or (rule in table.private_parts and not inner):
                    continue
                variable = self.variable(f"{field.name}.{_dotted(path)}".rstrip("."))
                value = replaced(value, path, {"value": variable} if inner == STORED else variable)
        for place in table.ref_parts:
            if place.field != field.name:
                continue
            for path, ref in place.find(self._session, {}, obj):
                inner = reach(value, path)
                where = f"{field.name}.{_dotted(path)}"
                if isinstance(inner, list):
                    value = replaced(value, path, [self._names.name_of(ref, item, where) for item in inner])
                elif inner is not None:
                    value = replaced(value, path, self._names.name_of(ref, inner, where))
        return value

    def in_part(self, table: Resource, name: str, value: t.Any, obj: t.Mapping[str, t.Any]) -> t.Any:
        """A part's value with variables for stored secrets of which PostHog shows nothing.

        :param table: the type.
        :param name: the part's field.
        :param value: the part as a task declares it.
        :param obj: the object.
        :returns: a copy.
        """
        for rule in table.secret_parts:
            if rule.field != name or rule.stored is None or not isinstance(value, dict):
                continue
            for path in rule.stored(self._session, obj):
                if reach(value, path) is None:
                    value = _with(value, path, self.variable(f"{name}.{_dotted(path)}"))
        return value

    def finish(self, config: dict[str, t.Any]) -> tuple[dict[str, t.Any], list[str]]:
        """Rename variables that a text of an object looks like, so that no such text is taken for a secret.

        :param config: the export.
        :returns: the export as plain data, and the names of its variables.
        """
        texts: set[str] = set()

        def note(text: str) -> str:
            texts.add(text)
            return text

        _rebuilt(config, note)
        names: dict[str, str] = {}
        for name in self._variables:
            other = name
            while "{{ " + other + " }}" in texts or (other != name and other in (*names, *self._variables)):
                other += "_x"
            names[name] = other
        config = _rebuilt(config, str, lambda variable: "{{ " + names[variable.strip("{} ")] + " }}")
        for entry in self._unfaithful.entries:
            for name in (name for name in names if names[name] != name):
                entry["reason"] = re.sub(rf"\b{name}\b", names[name], entry["reason"])
        return config, [names[name] for name in self._variables]


def _rebuilt(value: t.Any, text: t.Callable[[str], str], variable: t.Callable[[str], str] = str) -> t.Any:
    """A copy with other texts.

    :param value: what was exported.
    :param text: replaces a text of an object.
    :param variable: replaces a variable.
    :returns: the copy.
    """
    if isinstance(value, dict):
        return {key: _rebuilt(inner, text, variable) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rebuilt(inner, text, variable) for inner in value]
    if isinstance(value, str):
        return variable(value) if isinstance(value, _Variable) else text(value)
    return value


def _with(value: t.Mapping[str, t.Any], path: Path, new: t.Any) -> dict[str, t.Any]:
    """A copy of a document with a value at a path of keys, which are added where they are missing."""
    first, rest = path[0], path[1:]
    inner = value.get(str(first))
    return {**value, str(first): _with(inner if isinstance(inner, dict) else {}, rest, new) if rest else new}


def _dotted(path: t.Iterable[t.Any]) -> str:
    """A path with dots, for messages."""
    return ".".join(str(step[1]) if isinstance(step, tuple) else str(step) for step in path)
