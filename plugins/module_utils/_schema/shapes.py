# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Queries and filters, checked against the shapes that PostHog's schema gives them.

Private to this collection: it may change without notice.

PostHog refuses unknown keys and choices inside the kinds of query that it knows (400 parse_error), and learns new ones
every month. So what is nearly a known name is a typo and refused here, with the option path and the right word. What is
like nothing known may be newer than the table: it is passed on, with a warning. The table is generated
(C(_query_shapes)) and read when the first query is.
"""

from __future__ import annotations

import re
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.community.posthog.plugins.module_utils._data.plain import instant
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Check, Problems, Remark
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, applies
from ansible_collections.community.posthog.plugins.module_utils._schema.shape_table import Kind, Shape, table
from ansible_collections.community.posthog.plugins.module_utils._schema.spelling import likely

#: What people write for a date, and how PostHog takes it.
_DATES: t.Final[dict[str, str]] = {
    "today": "dStart", "yesterday": "-1dStart", "last day": "-1d", "last 24 hours": "-24h", "last week": "-7d",
    "this week": "wStart", "last month": "-1mStart", "this month": "mStart", "last year": "-1yStart",
    "this year": "yStart", "all time": "all", "ever": "all",
}  # fmt: skip

#: Keys that hold a date, whatever document they stand in.
_DATE_KEYS: t.Final = frozenset({"date_from", "date_to"})

#: A date relative to now, as PostHog reads it: C(-7d), C(dStart), C(-1mEnd). A capital M is a minute.
_RELATIVE: t.Final = re.compile(r"[-+]?\d*[hdwmqysHDWMQY](Start|End)?")

#: Stands for a query in a template of dashboards.
_PLACEHOLDER: t.Final = re.compile(r"\{[A-Za-z0-9_]+\}")

_ELSE: t.Final = {"num": "a number", "bool": "true or false", "str": "text", "list": "a list", "map": "a dictionary"}


class Checker:
    """Checks queries and filters, and brings numbers and booleans that came as text into their own form.

    :param refs: where names of other objects may stand instead of their ids.
    :param placeholders: texts such as C({NAME}) may stand for anything (templates of dashboards).
    """

    def __init__(self, refs: t.Sequence[NestedRef] = (), *, placeholders: bool = False) -> None:
        self.refs = tuple(refs)
        self.placeholders = placeholders

    def query(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Check a query: a node of any kind.

        :param value: what was written.
        :param path: its option path.
        :param problems: collects what is wrong.
        :returns: the query as PostHog takes it.
        """
        if not isinstance(value, dict):
            return value
        kind = value.get("kind")
        if not isinstance(kind, str):
            problems.append((f"{path}.kind", "is missing" if kind is None else f"takes text, not {kind_of(kind)}"))
            return value
        names = table().by_kind.get(kind)
        if names is not None:
            return self._one_of(value, [Kind("shape", name) for name in names], path, problems)
        self._unknown_kind(kind, path, problems)
        # What is inside may be known all the same.
        return self.anywhere(value, path, problems, inside=True)

    def document(self, name: str) -> Check:
        """A check of a document that is no node.

        :param name: its shape.
        :returns: the check.
        """

        def check(value: t.Any, path: str, problems: Problems) -> t.Any:
            return self._value(value, (Kind("shape", name),), path, problems)

        return check

    def anywhere(self, value: t.Any, path: str, problems: Problems, *, inside: bool = False) -> t.Any:
        """Check the queries and filters that stand anywhere in a document of another kind.

        :param value: the document.
        :param path: its option path.
        :param problems: collects what is wrong.
        :param inside: the document itself was looked at already.
        :returns: the document, with what was found in it as PostHog takes it.
        """
        if isinstance(value, list):
            return [self.anywhere(item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        kind = value.get("kind")
        if not inside and isinstance(kind, str):
            if kind in table().by_kind:
                return self.query(value, path, problems)
            if kind.endswith(("Query", "Node")) and kind not in table().kinds:
                self._unknown_kind(kind, path, problems)
        if _is_filter(value):
            self._filter(value, path, problems)
        return {
            key: self._date(item, f"{path}.{key}", problems)
            if key in _DATE_KEYS
            else self.anywhere(item, f"{path}.{key}" if path else key, problems)
            for key, item in value.items()
        }

    def _unknown_kind(self, kind: str, path: str, problems: Problems) -> None:
        meant = likely(kind, table().kinds)
        if meant is not None and meant != kind:
            problems.append((f"{path}.kind", f"{kind!r} is no kind of query; did you mean {meant}?"))
        elif kind not in table().kinds:
            problems.append(Remark((f"{path}.kind", f"the kind {kind!r} is {_newer()}")))

    def _filter(self, value: t.Mapping[str, t.Any], path: str, problems: Problems) -> None:
        """A filter by a property, in a document in which PostHog keeps whatever is in it: typos only."""
        shape = table().shape("PersonPropertyFilter")
        operator = value.get("operator")
        for item in shape.keys["operator"]:
            if isinstance(operator, str) and operator not in item.choices:
                self._no_choice(operator, item.choices, f"{path}.operator", "operator", problems)

    # -- values -------------------------------------------------------------------------------------------------------

    def _value(self, value: t.Any, kinds: tuple[Kind, ...], path: str, problems: Problems) -> t.Any:
        """A value that is to be of one of some types."""
        sorts = {item.sort for item in kinds}
        if value is None or "any" in sorts:
            return value
        if self.placeholders and isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
            return value
        if isinstance(value, dict):
            shapes = [item for item in kinds if item.sort == "shape"]
            if shapes:
                return self._one_of(value, shapes, path, problems)
            inner = next((item.inner for item in kinds if item.sort == "map"), None)
            if inner is not None:
                return {key: self._value(item, inner, f"{path}.{key}", problems) for key, item in value.items()}
        elif isinstance(value, list):
            inner = tuple(one for item in kinds if item.sort == "list" for one in item.inner)
            if inner:
                return [self._value(item, inner, f"{path}[{index}]", problems) for index, item in enumerate(value)]
        else:
            return self._scalar(value, kinds, path, problems)
        problems.append((path, f"takes {_wanted(kinds)}, not {kind_of(value)}"))
        return value

    def _scalar(self, value: t.Any, kinds: tuple[Kind, ...], path: str, problems: Problems) -> t.Any:
        sorts = {item.sort for item in kinds}
        choices = tuple(text for item in kinds for text in item.choices)
        if isinstance(value, bool):
            if "bool" in sorts:
                return value
        elif isinstance(value, (int, float)):
            if "num" in sorts:
                return value
            if "str" in sorts or str(value) in choices:
                return str(value)
        elif isinstance(value, str):
            if "str" in sorts or value in choices:
                return value
            if "num" in sorts and re.fullmatch(r"-?\d+(\.\d+)?", value):
                return float(value) if "." in value else int(value)
            if "bool" in sorts and value.lower() in ("true", "false", "yes", "no", "on", "off"):
                return boolean(value)
            if choices:
                self._no_choice(value, choices, path, path.rpartition(".")[2], problems)
                return value
        problems.append((path, f"takes {_wanted(kinds)}, not {kind_of(value)}"))
        return value

    @staticmethod
    def _no_choice(value: str, choices: t.Sequence[str], path: str, key: str, problems: Problems) -> None:
        meant = likely(value, choices)
        if meant is not None:
            problems.append((path, f"{value!r} is none of PostHog's choices of {key}; did you mean {meant}?"))
        else:
            problems.append(Remark((path, f"{value!r} is {_newer()}")))

    @staticmethod
    def _date(value: t.Any, path: str, problems: Problems) -> t.Any:
        """The end of a period: a date, or one relative to now."""
        if not isinstance(value, str) or value in ("", "all") or value.startswith("{"):
            return value
        if not _RELATIVE.fullmatch(value) and instant(value) is None and not re.fullmatch(r"\d{4}(-\d\d?){1,2}", value):
            meant = _DATES.get(value.strip().lower().replace("_", " "))
            offered = (
                f"; did you mean {meant}?" if meant else "; it takes a date such as 2026-03-01, or -7d, dStart, all"
            )
            problems.append((path, f"{value!r} is no date{offered}"))
        return value

    # -- documents ----------------------------------------------------------------------------------------------------

    def _one_of(self, value: dict[str, t.Any], kinds: t.Sequence[Kind], path: str, problems: Problems) -> t.Any:
        """A document that is to be of one of some shapes: the one that its tags name, else the one that fits best."""
        shapes = [table().shape(item.name) for item in kinds]
        fitting = [shape for shape in shapes if self._tags_fit(value, shape)]
        if not fitting:
            return self._strange(value, shapes, path, problems)
        best: tuple[int, Problems, t.Any] | None = None
        for shape in fitting:
            found: Problems = []
            given = self._shape(value, shape, path, found)
            # Between shapes that fit alike, the first that knows the tags.
            rank = 10 * len(found) + sum(key not in value for key in shape.tags if key in ("kind", "type"))
            if best is None or rank < best[0]:
                best = (rank, found, given)
        if best is None:
            raise AssertionError("a choice of nothing")
        problems += best[1]
        return best[2]

    @staticmethod
    def _tags_fit(value: t.Mapping[str, t.Any], shape: Shape) -> bool:
        return all(
            value.get(key) is None or value[key] in choices
            for key, choices in shape.tags.items()
            if key in ("kind", "type", "metric_type")
        )

    def _strange(self, value: dict[str, t.Any], shapes: t.Sequence[Shape], path: str, problems: Problems) -> t.Any:
        """A document whose tag none of the shapes has."""
        for tag in ("kind", "type", "metric_type"):
            choices = tuple(dict.fromkeys(text for shape in shapes for text in shape.tags.get(tag, ())))
            given = value.get(tag)
            if given is None or given in choices or not choices:
                continue
            where = f"{path}.{tag}"
            if not isinstance(given, str):
                problems.append((where, f"takes text, not {kind_of(given)}"))
            elif likely(given, choices):
                self._no_choice(given, choices, where, tag, problems)
            elif tag == "kind" and given in table().kinds:
                # PostHog knows the node, here or elsewhere; the table does not know what newer servers take here.
                if given in table().by_kind:
                    problems.append(Remark((where, f"{given} at this place is {_newer()}")))
                return self.query(value, path, problems)
            else:
                problems.append(Remark((where, f"{given!r} is {_newer()}")))
            return value
        return value

    def _shape(self, value: dict[str, t.Any], shape: Shape, path: str, problems: Problems) -> dict[str, t.Any]:
        names = {rule.key for rule in self.refs if applies(rule, value) and not rule.keyed}
        out: dict[str, t.Any] = {}
        for key, item in value.items():
            where = f"{path}.{key}" if path else key
            kinds = shape.keys.get(key)
            if kinds is None:
                out[key] = item
                if not shape.free:
                    self._no_key(key, shape, where, problems)
            elif key in names:
                # The name of something, or its id.
                digits = isinstance(item, str) and item.isdigit() and not any(kind.sort == "str" for kind in kinds)
                out[key] = int(item) if digits else item
            elif key in _DATE_KEYS:
                out[key] = self._date(item, where, problems)
            else:
                out[key] = self._value(item, kinds, where, problems)
        for key in shape.needed if "kind" in shape.keys else ():
            if value.get(key) is None:
                problems.append((f"{path}.{key}", "is missing"))
        return out

    @staticmethod
    def _no_key(key: str, shape: Shape, path: str, problems: Problems) -> None:
        # What is there already is not what was meant.
        meant = likely(key, shape.keys)
        name = re.sub(r"\d+$", "", shape.name)
        if meant is not None:
            problems.append((path, f"no such key of {name}; did you mean {meant}?"))
        else:
            problems.append(Remark((path, f"the key {key!r} of {name} is {_newer()}")))


def _is_filter(value: t.Mapping[str, t.Any]) -> bool:
    """Whether a document is a filter by a property, for which other documents have other names."""
    return "key" in value and isinstance(value.get("operator"), str)


def _newer() -> str:
    return f"not known to this release (PostHog's schema of {table().since}); PostHog gets it as it is"


def _wanted(kinds: t.Iterable[Kind]) -> str:
    """What a place takes, for a sentence."""
    words: dict[str, None] = {}
    for item in kinds:
        if item.sort == "choice":
            words[" or ".join(item.choices) if len(item.choices) < 4 else "text"] = None
        else:
            words[_ELSE.get(item.sort, "a dictionary")] = None
    return " or ".join(words)
