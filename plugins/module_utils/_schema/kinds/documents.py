# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Documents, whose keys a table describes.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, equal, narrowed
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._data.plain import without_nulls
from ansible_collections.community.posthog.plugins.module_utils._data.words import form_of, nearest
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import (
    NOTHING,
    Exporter,
    Schema,
    SchemaWriter,
    Structure,
    refuse_mixed,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.open_documents import (
    JUNCTIONS,
    Lost,
    compose_open,
    spell_out_open,
    unspell_open,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems, Remark
from ansible_collections.community.posthog.plugins.module_utils._schema.spelling import likely

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


class DocumentKind(Structure):
    """A dictionary whose keys are known."""

    name = "document"
    argument_type = element_type = "dict"
    has_known_keys = has_members = True

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        if not isinstance(value, dict):
            problems.append((path, f"takes a dictionary, not {form_of(value)}"))
            return value
        naming = field.unknown_kind(value)
        if naming is not None:
            where = f"{path}.{naming.name}" if path else naming.name
            kind = f"the {naming.name} {value[naming.name]!r}"
            text = f"{kind} is not known to this release; PostHog gets all of it as it is"
            problems.append(Remark((where, text)))
            refuse_mixed(value, path, problems)
            return value
        out: dict[str, t.Any] = {}
        for name, inner in value.items():
            key_field = field.key(name)
            where = f"{path}.{name}" if path else name
            if key_field is None and field.takes_newer(name):
                problems.append(Remark((where, "is a key that this release does not know; PostHog gets it as it is")))
                out[name] = inner
            elif key_field is None:
                names = [item.name for item in field.fields if not item.computed]
                problems.append((where, f"is no known key{nearest(name, names) or '; known are ' + ', '.join(names)}"))
            elif key_field.computed:
                # What PostHog computes may stand in a document that was copied from a response.
                continue
            else:
                out[name] = key_field.parse(inner, where, problems)
        for key_field in field.fields:
            if key_field.required and key_field.name not in value:
                problems.append((f"{path}.{key_field.name}" if path else key_field.name, "is missing"))
        return out

    def unknown_kind(self, field: Field, value: t.Any) -> Field | None:
        """See :meth:`Kind.unknown_kind`."""
        if not isinstance(value, dict):
            return None
        for key_field in field.kind_fields:
            name = value.get(key_field.name)
            if isinstance(name, str) and name not in key_field.choices and likely(name, key_field.choices) is None:
                return key_field
        return None

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """See :meth:`Kind.same`."""
        if not isinstance(desired, dict) or not isinstance(current, dict):
            return equal(desired, current)
        if field.unknown_kind(desired) is not None:
            return covers(desired, current)
        for key_field in field.fields:
            if key_field.computed:
                continue
            if key_field.name in desired:
                if not key_field.same(desired[key_field.name], current.get(key_field.name, key_field.default)):
                    return False
            elif not partial and not key_field.left_alone and key_field.name in current:
                if not key_field.same(key_field.default, current[key_field.name]):
                    return False
        return all(covers(desired[key], current.get(key)) for key in desired if field.key(key) is None)

    def view(self, field: Field, value: t.Any, other: t.Any, partial: bool, always: t.Collection[str]) -> t.Any:
        """See :meth:`Kind.view`."""
        if isinstance(value, dict):
            declared = other if isinstance(other, dict) else {}
            if field.unknown_kind(value) is not None:
                # Whole where something else is declared: nobody knows what of it matters.
                shown = {key: inner for key, inner in value.items() if not getattr(field.key(key), "computed", False)}
                return narrowed(shown, other) if field.unknown_kind(other) is not None else shown
            out: dict[str, t.Any] = {}
            for key_field in field.fields:
                if key_field.computed:
                    continue
                if key_field.name in declared or key_field.name in always:
                    shown = value.get(key_field.name, key_field.default)
                    out[key_field.name] = key_field.view(shown, declared.get(key_field.name, shown))
                elif key_field.name in value and not key_field.left_alone and not partial:
                    if not key_field.same(key_field.default, value[key_field.name]):
                        out[key_field.name] = key_field.view(value[key_field.name], None)
            return out
        return super().view(field, value, other, partial, always)

    def children(self, field: Field, value: t.Any) -> t.Iterator[tuple[t.Any, Field, t.Any]]:
        """See :meth:`Kind.children`."""
        if isinstance(value, dict):
            for inner in field.fields:
                if value.get(inner.name) is not None:
                    yield inner.name, inner, value[inner.name]

    def compose(
        self,
        field: Field,
        desired: t.Any,
        current: t.Any,
        path: Path,
        lost: Lost,
        *,
        partial: bool = False,
        top: bool = False,
    ) -> t.Any:
        """See :meth:`Kind.compose`."""
        if not isinstance(desired, dict):
            return super().compose(field, desired, current, path, lost, partial=partial, top=top)
        now = current if isinstance(current, dict) else {}
        out: dict[str, t.Any] = {}
        other = is_other_kind(field, desired, now)
        if field.unknown_kind(desired) is not None:
            now = self.as_written(field, now)
            if other:
                gone = {key: value for key, value in now.items() if key not in desired and value is not None}
                lost += [((*path, key), value) for key, value in gone.items()]
            return t.cast("dict[str, t.Any]", compose_open(field, desired, {} if other else now, path, lost))
        # A server that merges the document keeps what is not sent.
        sends_defaults = top and not field.whole
        for key_field in field.fields:
            name = key_field.name
            if key_field.computed:
                continue
            if name in desired:
                out[name] = key_field.of_kind.compose(key_field, desired[name], now.get(name), (*path, name), lost)
            elif now.get(name) is not None and ((key_field.left_alone and not other) or partial):
                out[name] = now[name]
            elif key_field.of_kind.has_known_keys and key_field.null_as == {} and not other:
                # Only the keys that this release knows go back to their defaults.
                inner = key_field.of_kind.compose(key_field, {}, now.get(name), (*path, name), lost)
                if inner or (sends_defaults and name in now and not key_field.same(key_field.default, now[name])):
                    out[name] = inner or key_field.default
            else:
                lost += key_field.of_kind.unknown_keys(key_field, now.get(name), (*path, name))
                if sends_defaults and name in now and not key_field.same(key_field.default, now[name]):
                    out[name] = key_field.default
        # Keys that are newer than this release: as they are declared, else as they are.
        out.update({key: value for key, value in desired.items() if field.key(key) is None})
        for key, value in now.items():
            if field.key(key) is None and key not in desired:
                if other:
                    lost.append(((*path, key), value))
                else:
                    out[key] = value
        return out

    def as_written(self, field: Field, value: t.Any) -> t.Any:
        """See :meth:`Kind.as_written`."""
        if not isinstance(value, dict):
            return value
        computed = {key_field.name for key_field in field.fields if key_field.computed}
        return {key: inner for key, inner in value.items() if key not in computed}

    def partners(self, item: Field, desired: list[t.Any], current: list[t.Any], *, ordered: bool) -> list[int | None]:
        """See :meth:`Kind.partners`."""
        return counterparts(item, desired, current, ordered=ordered)

    def unknown_keys(self, field: Field, value: t.Any, path: Path) -> t.Iterator[tuple[Path, t.Any]]:
        """See :meth:`Kind.unknown_keys`. Of a document of an unknown kind, no key is known, so none is unknown."""
        if field.unknown_kind(value) is not None or not isinstance(value, dict):
            return
        for key, inner in value.items():
            key_field = field.key(key)
            if key_field is None:
                # Newer servers add keys without a value to everything.
                if inner not in (None, "", [], {}):
                    yield (*path, key), inner
            elif not key_field.computed:
                yield from key_field.of_kind.unknown_keys(key_field, inner, (*path, key))

    def with_defaults(self, field: Field, desired: t.Any) -> t.Any:
        """See :meth:`Kind.with_defaults`."""
        if not isinstance(desired, dict) or field.unknown_kind(desired) is not None:
            return desired
        defaults = {
            key_field.name: key_field.default
            for key_field in field.fields
            if key_field.name not in desired
            and key_field.default is not None
            and not key_field.computed
            and not key_field.left_alone
        }
        return {**desired, **defaults}

    def reset_keys(self, field: Field, desired: t.Any, current: t.Any) -> frozenset[str]:
        """See :meth:`Kind.reset_keys`."""
        if not isinstance(desired, dict) or not isinstance(current, dict) or field.unknown_kind(desired) is not None:
            return frozenset()
        return frozenset(
            key_field.name
            for key_field in field.fields
            if not key_field.computed
            and not key_field.left_alone
            and key_field.name not in desired
            and key_field.name in current
            and not key_field.same(key_field.default, current[key_field.name])
        )

    def spell_out(self, field: Field, desired: t.Any, current: t.Any) -> t.Any:
        """See :meth:`Kind.spell_out`."""
        if field.unknown_kind(desired) is not None and field.unknown_kind(current) is not None:
            return spell_out_open(desired, current, [key.name for key in field.fields if key.computed])
        if not isinstance(desired, dict) or not isinstance(current, dict):
            return desired
        out = dict(desired)
        for inner in field.fields:
            if inner.name in out and inner.name in current and not inner.computed:
                out[inner.name] = inner.of_kind.spell_out(inner, out[inner.name], current[inner.name])
            elif inner.stays and inner.name in current:
                out[inner.name] = inner.null_as if inner.default is None else inner.default
        return out

    def unspell(self, field: Field, body: t.Any, desired: t.Any) -> t.Any:
        """See :meth:`Kind.unspell`."""
        if field.unknown_kind(desired) is not None:
            return unspell_open(body, desired)
        if not isinstance(body, dict) or not isinstance(desired, dict):
            return body
        inner = {item.name: item for item in field.fields if item.name in desired}
        return {
            key: inner[key].of_kind.unspell(inner[key], value, desired[key]) if key in inner else value
            for key, value in body.items()
        }

    def misplaced_texts(self, field: Field, value: t.Any) -> t.Iterator[str]:
        """See :meth:`Kind.misplaced_texts`."""
        if isinstance(value, dict):
            for inner in field.fields:
                yield from inner.of_kind.misplaced_texts(inner, value.get(inner.name))
        else:
            yield from super().misplaced_texts(field, value)

    def export(self, field: Field, value: t.Any, path: str, exporter: Exporter) -> t.Any:
        """See :meth:`Kind.export`. Keys that are at their defaults are left out."""
        if not isinstance(value, dict):
            return without_nulls(value)
        if field.unknown_kind(value) is not None:
            return without_nulls(self.as_written(field, value))
        out: dict[str, t.Any] = {}
        for inner in field.fields:
            if inner.computed or inner.name not in value:
                continue
            if not inner.required and inner.same(inner.default, value[inner.name]):
                continue
            declared = exporter.value(inner, value[inner.name], f"{path}.{inner.name}")
            if declared is not NOTHING:
                out[inner.name] = declared
        for key, unknown in value.items():
            if field.key(key) is None and field.takes_newer(key) and unknown not in (None, "", [], {}):
                out[key] = without_nulls(unknown)
        return out

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """See :meth:`Kind.json_schema`."""
        schema: Schema = {
            "type": "object",
            "properties": {item.name: {} if item.computed else writer.of_key(item) for item in field.fields},
        }
        needed = [item.name for item in field.fields if item.required]
        if needed:
            schema["required"] = needed
        if not field.newer:
            schema["additionalProperties"] = False
        return schema


def is_other_kind(field: Field, desired: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any]) -> bool:
    """Whether a document is to be of another kind than it is, so that what it keeps means nothing there.

    :param field: the field.
    :param desired: the declared document.
    :param current: the server's document.
    :returns: whether a key that names its kind differs.
    """
    return any(
        (key_field.names_kind or (key_field.required and key_field.choices))
        and not JUNCTIONS.issuperset(key_field.choices)
        and current.get(key_field.name) not in (None, desired.get(key_field.name))
        for key_field in field.fields
    )


def counterparts(item: Field, desired: list[t.Any], current: list[t.Any], *, ordered: bool = True) -> list[int | None]:
    """Which item of the current list each declared one is, so that what is kept stays with what it belongs to.

    :param item: the field of an item.
    :param desired: the declared items.
    :param current: the server's items.
    :param ordered: whether the place of an item means anything.
    :returns: for each declared item the place of an equal one, else of one that is about the same, else None.
    """
    left = dict(enumerate(current))
    found: list[int | None] = [None] * len(desired)
    for anywhere in (False, True):
        # What has not moved comes first, since two items may be equal.
        for index, wanted in enumerate(desired):
            places = list(left) if anywhere else [index]
            place = next((at for at in places if at in left and item.same(wanted, left[at])), None)
            if found[index] is None and place is not None:
                left.pop(place)
                found[index] = place
    required = tuple(key.name for key in item.fields if key.required)
    passes = [(item.item_keys, True)] if item.item_keys else []
    if ordered:
        passes.append((item.match_keys or required, False))
    for names, anywhere in passes:
        for index, wanted in enumerate(desired):
            places = [index, *left] if anywhere else [index]
            place = next((at for at in places if _about_the_same(wanted, left.get(at), names)), None)
            if found[index] is None and place is not None:
                left.pop(place)
                found[index] = place
    return found


def _about_the_same(wanted: t.Any, other: t.Any, names: t.Iterable[str]) -> bool:
    both = isinstance(wanted, dict) and isinstance(other, dict)
    return both and all(equal(wanted.get(name), other.get(name)) for name in names)
