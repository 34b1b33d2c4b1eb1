# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Where a document of configuration was read, and where in it a value stands.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._data.mistakes import Place, place_in
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems

#: Key of a configuration document under which the controller hands over where it was read.
SOURCE_KEY: t.Final = "__posthog_source__"

#: Key that the controller adds to an item with a value that it could not read.
UNREAD_KEY: t.Final = "__posthog_unread__"


def steps_of(path: str) -> list[t.Any]:
    """The steps of a path in a document.

    :param path: for example C(feature_flags[3].name).
    :returns: keys as texts, and indices as numbers.
    """
    return [int(part) if part.isdigit() else part for part in re.findall(r"\w+", path)]


class Overlaid(t.NamedTuple):
    """A value of a document that another document was laid over.

    :param path: its path in the document.
    :param source: where the other document was read.
    :param origin: its path there.
    """

    path: str
    source: Source
    origin: str


@dataclass(frozen=True)
class Source:
    """Where a document was read.

    :param file: the file's name; empty for a document in the playbook.
    :param lines: line numbers by path, for the paths that have one.
    :param prefix: the document's own path, where the playbook holds several.
    :param spelled: the values that YAML read as something else than text, with their spelling.
    :param columns: column numbers by path, for the paths that have a line.
    :param mistakes: what could not be read.
    :param blocks: line and column where the text of a literal block begins, by path.
    :param layer: the overlay that it belongs to, as the task names it; empty for the base.
    :param overlaid: values that are from overlays, in the order in which they were laid.
    """

    file: str = ""
    lines: t.Mapping[str, int] = field(default_factory=dict)
    prefix: str = ""
    spelled: tuple[t.Mapping[str, t.Any], ...] = ()
    columns: t.Mapping[str, int] = field(default_factory=dict)
    mistakes: Problems = field(default_factory=list)
    blocks: t.Mapping[str, t.Sequence[int]] = field(default_factory=dict)
    layer: str = ""
    overlaid: tuple[Overlaid, ...] = ()

    def of(self, path: str) -> Place:
        """The position of a value, for an error message.

        :param path: for example C(feature_flags[2].filters).
        :returns: file, line and path, as far as they are known.
        """
        above = self.above(path)
        if above is not None:
            return above.source.of(above.origin + path[len(above.path) :])
        if not self.file:
            return Place(self.prefix + path, path=self.prefix + path)
        shorter = path
        while shorter and shorter not in self.lines:
            shorter = shorter[: max(shorter.rfind("."), shorter.rfind("["), 0)]
        return place_in(self.file, path, self.lines.get(shorter), self.columns.get(shorter))

    def above(self, path: str) -> Overlaid | None:
        """The overlay that a value is from.

        :param path: the value's path.
        :returns: the uppermost one that says something of it; None where the document itself does.
        """
        for item in reversed(self.overlaid):
            if path == item.path or path.startswith((f"{item.path}.", f"{item.path}[")):
                return item
        return None

    def block_of(self, path: str) -> t.Sequence[int] | None:
        """Where the text of a literal block begins.

        :param path: the value's path.
        :returns: line and column of its first character; None where it is no such block.
        """
        above = self.above(path)
        if above is not None:
            return above.source.block_of(above.origin + path[len(above.path) :])
        return self.blocks.get(path)

    def layer_of(self, path: str) -> str:
        """The layer that a value is from.

        :param path: the value's path.
        :returns: the overlay, as the task names it; empty for the base.
        """
        above = self.above(path)
        return self.layer if above is None else above.source.layer


def source_of(document: t.Mapping[str, t.Any], prefix: str = "") -> Source:
    """Where a document was read.

    :param document: a document of configuration.
    :param prefix: its own path, where it is one of several.
    :returns: its source; for a document in the playbook, one without a file.
    """
    given = document.get(SOURCE_KEY) or {}
    found = Source(
        str(given.get("file") or ""),
        given.get("lines") or {},
        prefix,
        tuple(given.get("spelled") or ()),
        given.get("columns") or {},
        blocks=given.get("blocks") or {},
        layer=str(given.get("layer") or ""),
    )
    for item in given.get("mistakes") or ():
        path, line = str(item.get("path") or ""), item.get("line")
        if not found.file:
            place = Place(path, path=path)
        elif path:
            place = found.of(path)
        else:
            place = place_in(found.file, "", line, item.get("column"))
        found.mistakes.append((place, str(item["text"])))
    return found
