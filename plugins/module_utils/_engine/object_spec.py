# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a task declares of one object: its options, read and checked.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import USUAL, Lifecycle
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems, Remark, remarks_in
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource


@dataclasses.dataclass
class ObjectSpec:
    """What a task declares of one object, read and checked.

    :param values: field name to value, references still as names.
    :param partial: documents of which only some top-level keys were declared, through short forms.
    :param parts: options of the parts, by name.
    :param extra: fields that this release does not know.
    :param switches: the options of the engine (state, exclusive and so on).
    :param remarks: what is worth a warning: option path and sentence.
    :param undeclared: fields and parts among the above that are at their default for want of a word about them.
    :param lifecycle: what the item says of the life of its object.
    :param named: what is named, once somebody asked for it: option path, reference, name or id.
    """

    values: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    partial: set[str] = dataclasses.field(default_factory=set)
    parts: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    extra: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    switches: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    remarks: Problems = dataclasses.field(default_factory=list)
    undeclared: frozenset[str] = frozenset()
    lifecycle: Lifecycle = USUAL
    named: list[tuple[str, Ref, t.Any]] | None = dataclasses.field(default=None, init=False, repr=False, compare=False)


def read_object(resource: Resource, raw: t.Mapping[str, t.Any], prefix: str = "") -> ObjectSpec:
    """Read the options of one object.

    :param resource: the table.
    :param raw: plain options that the user gave, and only those.
    :param prefix: path in front of the option paths.
    :returns: the declaration.
    :raises InvalidInput: with everything that is wrong.
    """
    declared, problems = examine(resource, raw, prefix)
    if problems:
        raise InvalidInput(problems)
    return declared


def examine(resource: Resource, raw: t.Mapping[str, t.Any], prefix: str = "") -> tuple[ObjectSpec, Problems]:
    """Read the options of one object as far as that is possible.

    :param resource: the table.
    :param raw: plain options that the user gave, and only those.
    :param prefix: path in front of the option paths.
    :returns: the declaration, in which values with mistakes are of no use, and everything that is wrong.
    """
    problems: Problems = []
    declared = ObjectSpec()
    where = f"{prefix}." if prefix else ""
    options = dict(raw)
    if resource.prepare is not None:
        # A table knows its options, and not which object of a file they belong to.
        found: Problems = []
        resource.prepare(options, found)
        problems += [
            Remark((where + path, text)) if isinstance(item, Remark) else (where + path, text)
            for item in found
            for path, text in [item]
        ]
    for field in resource.fields:
        if field.name in options:
            declared.values[field.name] = field.parse(options[field.name], where + field.name, problems)
            named = field.name == resource.identity.option and resource.creatable and not resource.identity.large
            if named and field.of_kind.is_text and isinstance(declared.values[field.name], str):
                # PostHog takes them off, so that the object would not be found again.
                declared.values[field.name] = declared.values[field.name].strip()
    for short in resource.shorthands:
        name = short.field.name
        if name not in options:
            continue
        value = short.field.parse(options[name], where + name, problems)
        if short.target not in declared.values:
            declared.values[short.target] = {}
            declared.partial.add(short.target)
        document = declared.values[short.target]
        if not isinstance(document, dict):
            continue
        for key, inner in short.build(value).items():
            if key in document:
                problems.append(
                    (where + name, f"is a short form of {short.target}.{key}, which is given too; give one of them")
                )
            document[key] = inner
    for part in resource.parts:
        if part.field.name in options:
            declared.parts[part.field.name] = part.field.parse(
                options[part.field.name], where + part.field.name, problems
            )
        for switch in part.switches:
            if switch.name in options:
                declared.switches[switch.name] = switch.parse(options[switch.name], where + switch.name, problems)
    extra = options.get("extra_fields")
    if extra is not None:
        if isinstance(extra, dict):
            declared.extra = Field("extra_fields", "any").parse(extra, f"{where}extra_fields", problems)
            for name in extra:
                if resource.field(name) is not None and not isinstance(extra[name], dict):
                    problems.append((f"{where}extra_fields.{name}", f"is an option of its own; give it as {name}"))
        else:
            problems.append((f"{where}extra_fields", "takes a dictionary"))
    declared.remarks = remarks_in(problems)
    if not problems:
        for check in resource.checks:
            problems += [(where + path, text) for path, text in check({**declared.values, **declared.parts})]
    return declared, problems
