# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Ansible's argument spec of a field, and of the module that manages one resource type.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import lifecycle_spec
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource

#: Words in option names that make Ansible ask whether the value is a secret.
_SECRET_WORDS: t.Final = ("key", "secret", "token", "pass")


def option_spec(field: Field, *, required: bool = False) -> dict[str, t.Any]:
    """The argument spec of one field.

    :param field: the field.
    :param required: whether the task must give it.
    :returns: the spec of the outermost value. The field itself checks what is inside dictionaries, since it can report
        the path and the nearest valid name.
    """
    spec: dict[str, t.Any]
    if field.words:
        choices = list(field.words) + [str(number) for number in field.words.values()]
        spec = {"type": "str", "choices": choices}
    else:
        spec = field.of_kind.argument_spec(field)
    if field.aliases:
        spec["aliases"] = list(field.aliases)
    if required:
        spec["required"] = True
    if field.secret:
        spec["no_log"] = True
    elif any(word in field.name for word in _SECRET_WORDS):
        spec["no_log"] = False
    return spec


def resource_spec(table: Resource) -> dict[str, t.Any]:
    """The argument spec of the module that manages a resource type.

    :param table: the type.
    :returns: C(argument_spec) and the rules across options, made anew with every call.
    """
    arguments: dict[str, t.Any] = connection_spec()
    partly_secret = {rule.field for rule in table.secret_parts}
    for field in table.fields:
        arguments[field.name] = option_spec(field)
        if field.secret and field.name in partly_secret:
            # The rules find the secrets inside the value; the rest of it may be printed.
            arguments[field.name]["no_log"] = False
    for short in table.shorthands:
        arguments[short.field.name] = option_spec(short.field)
    for part in table.parts:
        arguments[part.field.name] = option_spec(part.field)
        if part.field.secret and part.field.name in partly_secret:
            arguments[part.field.name]["no_log"] = False
        for switch in part.switches:
            arguments[switch.name] = {"type": "bool", "default": False, "aliases": ["authoritative"]}
    if table.delete is not Delete.NONE:
        arguments["state"] = {"type": "str", "choices": ["present", "absent"], "default": "present"}
    arguments.update(lifecycle_spec(table))
    if table.stand_in is not None:
        arguments[table.stand_in.switch] = {"type": "bool", "default": True}
    if table.has_secrets:
        arguments["update_secret"] = {
            "type": "str",
            "choices": ["on_create", "always"],
            "default": "on_create",
            "no_log": False,
        }
    for name in (*table.reveals, *table.handover_options[:1]):
        arguments[name] = {"type": "bool", "default": False, "no_log": False}
    rules: dict[str, t.Any] = {"argument_spec": arguments, "supports_check_mode": True}
    if table.parent is not None:
        for name in table.parent.required:
            arguments[name]["required"] = True
    if table.several is not None:
        several = table.several
        arguments[several.option] = {"type": "list", "elements": "raw"}
        arguments[several.exclusive] = {"type": "bool", "default": False, "aliases": ["authoritative"]}
        rules["required_one_of"] = [[several.each, several.option]]
        rules["mutually_exclusive"] = [[several.each, several.option]]
        return rules
    arguments["extra_fields"] = {"type": "dict"}
    if table.has_id:
        arguments["id"] = {"type": "raw"}
        rules["required_one_of"] = [[table.identity.option, "id"]]
    elif table.identity.option:
        arguments[table.identity.option]["required"] = True
    return rules
