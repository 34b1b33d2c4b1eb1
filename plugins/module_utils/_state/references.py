# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Where a name becomes an id, and an id a name.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID, Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref, walk

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


def lookup(session: Session, ref: Ref, value: t.Any, path: str, problems: Problems) -> dict[str, t.Any] | None:
    """The object that a reference names.

    :param session: knows the lists.
    :param ref: the reference.
    :param value: name or id.
    :param path: the option path, for problems.
    :param problems: collects what is wrong.
    :returns: the object, or None with a problem noted.
    """
    resource = session.registry(ref.type)
    collection = session.collection(resource)
    by_id = isinstance(value, int) or bool(UUID.fullmatch(str(value)))
    known = session.origins.here(ref.type, value) if by_id else None
    if known is not None:
        return known
    found = [] if by_id else collection.find(value)
    if not found and not by_id and not collection.complete:
        found = collection.find(value, sure=True)
    if not found and (by_id or re.fullmatch(r"\d+", str(value))):
        obj = collection.get(value)
        found = [obj] if obj is not None else []
    if not by_id:
        found = [obj for obj in found if all(dig(obj, key) == wanted for key, wanted in ref.where)]
    if len(found) > 1:
        ids = ", ".join(sorted(str(resource.object_id(obj)) for obj in found))
        problems.append(
            (path, f"{len(found)} objects of type {ref.type} are called {value!r} (ids {ids}); give the id")
        )
        return None
    if not found:
        sort = "".join(f" with the {key} {wanted}" for key, wanted in ref.where)
        text = f"there is no {resource.name} {value!r}{sort}{collection.offered(value, ref.where)}"
        if session.policy.warns_of_missing:
            # In a check run nothing that earlier tasks declare exists yet.
            session.warn(f"{path}: {text}; a run needs it to exist by then")
        else:
            problems.append((path, text))
        return None
    return found[0]


def resolve(session: Session, ref: Ref, value: t.Any, path: str, problems: Problems) -> t.Any:
    """Turn a name into the value that PostHog wants.

    :param session: knows the lists.
    :param ref: the reference.
    :param value: name, id, or None.
    :param path: the option path, for problems.
    :param problems: collects what is wrong.
    :returns: the id; the name itself where it could not be resolved.
    """
    if value is None:
        return None
    resource = session.registry(ref.type)
    is_id = (isinstance(value, int) and not isinstance(value, bool)) or bool(UUID.fullmatch(str(value)))
    known = session.origins.here(ref.type, value) if is_id else None
    if is_id and known is None and ref.value == resource.id_path and not resource.other_ids:
        return str(value) if ref.as_string else value
    obj = lookup(session, ref, value, path, problems)
    if obj is None:
        return value
    found = dig(obj, ref.value)
    if found is None:
        return value
    return str(found) if ref.as_string else found


def name_of(session: Session, ref: Ref, value: t.Any) -> t.Any:
    """The name of an object that was already read.

    :param session: knows the lists.
    :param ref: the reference.
    :param value: the id as PostHog shows it.
    :returns: the name, or the value where the object is not known.
    """
    resource = session.registry(ref.type)
    if resource.parent is not None:
        return value
    return session.collection(resource).known_name(ref.value, value)


def resolve_field(session: Session, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
    """Resolve every reference in a declared value.

    :param session: knows the lists.
    :param field: the field.
    :param value: the parsed declaration.
    :param path: the option path.
    :param problems: collects what is wrong.
    :returns: the value with ids.
    """
    if value is None:
        return None
    if field.ref is not None:
        if isinstance(value, list):
            return [resolve(session, field.ref, item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
        return resolve(session, field.ref, value, path, problems)
    if field.refs:
        return walk(
            value, field.refs, lambda rule, item, where: resolve(session, rule.ref, item, where, problems), path
        )
    return value
