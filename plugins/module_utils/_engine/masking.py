# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a result shows of objects that hold secrets, and which texts are secret.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Mapping

from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    Path,
    dig,
    put,
    reach,
    replaced,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import (
    HIDDEN,
    MASK,
    SHORTEST,
    texts,
    without_secrets,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: What PostHog shows in place of a stored secret, and takes to keep it (API.md 5, hog_function).
STORED: t.Final = {"secret": True}


def masked(resource: Resource, obj: t.Mapping[str, t.Any] | None) -> dict[str, t.Any] | None:
    """The object as a result shows it: without secrets.

    :param resource: the table.
    :param obj: the server's object.
    :returns: a copy; None for None.
    """
    if obj is None:
        return None
    out = copy.deepcopy(dict(obj))
    for place in resource.masked:
        if dig(out, place):
            put(out, place, MASK)
    for field in resource.fields:
        if field.secret and field.value_in(out):
            put(out, field.path_in(out), MASK)
    private: set[str] = set()
    for rule in (*resource.secret_parts, *resource.private_parts):
        for path in rule.find(None, {}, out):
            inner = reach(out.get(rule.field), path)
            if inner and inner != STORED:
                if rule in resource.private_parts:
                    private |= {text for text in texts(inner) if len(text) >= SHORTEST}
                hidden = dict.fromkeys(inner, MASK) if isinstance(inner, dict) else MASK
                out[rule.field] = replaced(out[rule.field], path, hidden)
    # PostHog repeats what it does not take for a secret: in what it compiles a function to, for one.
    return t.cast("dict[str, t.Any]", without_secrets(out, private))


def secret_texts(
    session: Session | None,
    resource: Resource,
    values: t.Mapping[str, t.Any],
    current: t.Mapping[str, t.Any] | None,
) -> set[str]:
    """The secret texts among declared values, where they or the object itself say that they are secret.

    :param session: None where there is none at hand.
    :param resource: the table.
    :param values: what is declared.
    :param current: the server's object, as far as it is known.
    :returns: texts that must appear nowhere.
    """
    found: set[str] = set()
    for rule in (*resource.secret_parts, *resource.private_parts):
        for path in rule.find(session, values, current):
            found |= _texts_at(values, _names_of(resource, rule.field), path)
    for rule in resource.private_parts if current is not None else ():
        # PostHog shows these, and what it shows may come back in an error or a diff.
        for path in rule.find(session, {}, current):
            found |= _texts_at(current or {}, (rule.field,), path)
    return found


def hidden_options(resource: Resource, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Options without the secrets in documents that are too short to be looked for in texts.

    :param resource: the table.
    :param values: the options.
    :returns: a copy, in which what stands in the place of such a secret is hidden. Longer ones are found by their text.
    """
    out = dict(values)
    for rule in (*resource.secret_parts, *resource.private_parts):
        for path in rule.find(None, values, None):
            for name in _names_of(resource, rule.field):
                if _is_short(reach(out.get(name), path)):
                    out[name] = replaced(out[name], path, HIDDEN)
                extra = out.get("extra_fields")
                if isinstance(extra, dict) and _is_short(reach(extra.get(name), path)):
                    out["extra_fields"] = {**extra, name: replaced(extra[name], path, HIDDEN)}
            # A short form may be the option that holds it.
            if path and isinstance(path[0], str) and path[0] in out and _is_short(reach(out, path)):
                out = replaced(out, path, HIDDEN)
    return out


def _is_short(secret: t.Any) -> bool:
    """Whether a secret, or a part of one, is too short to be looked for in texts."""
    if isinstance(secret, Mapping):
        return any(_is_short(inner) for inner in secret.values())
    if isinstance(secret, (list, tuple)):
        return any(_is_short(inner) for inner in secret)
    return secret is not None and not isinstance(secret, bool) and 0 < len(str(secret)) < SHORTEST


def _names_of(resource: Resource, name: str) -> tuple[str, ...]:
    """All names that a task may give a field."""
    for field in (*resource.fields, *(part.field for part in resource.parts)):
        if field.name == name:
            return (name, *field.aliases)
    return (name,)


def suspected_texts(resource: Resource, values: t.Mapping[str, t.Any]) -> set[str]:
    """The texts among declared values that may be secret, as long as nothing more is known.

    :param resource: the table.
    :param values: what is declared.
    :returns: texts that must not appear where something fails before more is known.
    """
    found: set[str] = set()
    for rule in resource.secret_parts:
        names = _names_of(resource, rule.field)
        for path in rule.maybe(values) if rule.maybe is not None else ():
            found |= _texts_at(values, names, path)
        known = next((part.field for part in resource.parts if part.field.name == rule.field), None)
        known = known or resource.field(rule.field)
        if known is not None:
            # A text in place of a document is masked whole, since its secret part is unknown.
            for name in names:
                found |= {
                    text for text in known.of_kind.misplaced_texts(known, values.get(name)) if len(text) >= SHORTEST
                }
    return found


def _texts_at(values: t.Mapping[str, t.Any], names: t.Sequence[str], path: Path) -> set[str]:
    """The texts at a place of a document, in whichever option it was given."""
    extra = values.get("extra_fields")
    # A short form may be the option that holds it.
    short = {path[0]: values.get(path[0])} if path and isinstance(path[0], str) else None
    holders = [short, *(values.get(name) for name in names)]
    if isinstance(extra, dict):
        holders += [extra.get(name) for name in names]
    return {text for holder in holders for text in texts(reach(holder, path)) if len(text) >= SHORTEST}
