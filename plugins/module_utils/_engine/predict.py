# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What an object will be after a write, as far as that can be known before.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    dig,
    has,
    merged,
    overlaid,
    put,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.compare import with_defaults
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import Lost, compose
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Context, Room
from ansible_collections.community.posthog.plugins.module_utils._engine.hidden import HiddenParts
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import unspelled


class Predictor(Room):
    """Predicts objects, for check mode and for the request bodies that follow from them.

    :param context: what is worked on, and how.
    :param hidden: knows the secrets.
    """

    def __init__(self, context: Context, hidden: HiddenParts) -> None:
        super().__init__(context)
        self.hidden = hidden

    def created(self, values: t.Mapping[str, t.Any], declared: ObjectSpec) -> dict[str, t.Any]:
        """The object that a creation would return, as far as that can be known."""
        obj: dict[str, t.Any] = {}
        for field in self.resource.fields:
            if field.clear_members and values.get(field.name) is None:
                continue
            if field.name in values and not field.write_only and not self.context.is_parent(field):
                field.put_in(obj, with_defaults(field, compose(field, values[field.name], None)), *field.read[:1])
            elif field.default is not None and not field.write_only and field.in_list:
                put(obj, field.path_in(obj), copy.deepcopy(field.default))
            elif self.resource.identity.strict and field.name in self.resource.identity.within:
                # A part of the identity that is left out is null: others of the name have a value there.
                field.put_in(obj, None)
        identity = self.resource.identity
        if identity.read and dig(obj, identity.read[0]) is None and identity.option in declared.values:
            name = declared.values[identity.option]
            put(obj, identity.read[0], name if identity.also is None else identity.also(str(name)))
        if self.resource.completes is not None:
            self.resource.completes(self.session, obj, values)
        self.hidden.conceal(obj, values, None)
        return merged(obj, declared.extra)

    def updated(
        self,
        plain: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        differing: t.Mapping[str, t.Any],
        written: t.Mapping[str, tuple[t.Any, Lost]],
    ) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
        """What an update makes of an object, and the body of its request.

        :param plain: the declared values as they were given.
        :param current: the object.
        :param differing: the fields that change.
        :param written: what is sent for each of them.
        :returns: the object and the body.
        """
        predicted = copy.deepcopy(dict(current))
        body: dict[str, t.Any] = {}
        for field in self.resource.fields:
            if field.name not in differing:
                continue
            now = field.value_in(current)
            value = written[field.name][0]
            if self.policy.whole:
                value = unspelled(field, value, plain[field.name])
            body[field.api_name] = value
            if not field.write_only:
                merges = field.patched or (field.of_kind.has_known_keys and not field.whole)
                shown = overlaid(now, value) if merges else value
                paths: list[str | None] = [path for path in field.read if has(predicted, path)]
                for path in paths or [None]:
                    field.put_in(predicted, shown, path)
        return predicted, body

    def extended(self, name: str, value: t.Any, sent: t.Any, current: t.Any) -> t.Any:
        """The value of an extra field, within the document that it extends, since some servers replace that whole."""
        if not isinstance(value, dict) or not isinstance(current, dict):
            return value
        if sent is None:
            known = next((item for item in self.resource.fields if item.api_name == name), None)
            if known is not None and known.of_kind.has_known_keys:
                rest = {key: inner for key, inner in current.items() if known.key(key) is None}
                sent = {**rest, **compose(known, {}, current, partial=True)}
            else:
                sent = current
        return merged(sent, value)

    def is_predicted(self, current: t.Mapping[str, t.Any]) -> bool:
        """Whether an object is one that is still to be made, so that what nobody declared of it is not there yet."""
        return self.session.check_mode and self.resource.has_id and self.resource.object_id(current) is None
