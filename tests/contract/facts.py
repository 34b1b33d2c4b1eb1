# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of PostHog's published contract: their form, and how one is found for a request.

``facts.json`` is an object with these keys:

``sources``
    Where parts were read: texts with a name and a date. Operations refer to them by position.
``operations``
    By method and route, C(POST /api/projects/{}/cohorts/): ``query`` (schemas by parameter), ``needs`` (the parameters
    that are required), ``body`` (a schema), ``answers`` (schemas by status), ``from`` (the positions of the sources of
    the request and of the answers). What no source says is left out.
``shapes``
    Schemas that several operations share, by a name made of their content.

Schemas are those of JSON Schema 2020-12.
"""

from __future__ import annotations

import json
import re
import typing as t
from functools import cached_property
from pathlib import Path

FILE = Path(__file__).with_name("facts.json")

#: Both routers serve the same objects; the contract documents one of them.
ALIAS = re.compile(r"^/api/environments/")


class Facts:
    """The facts of all operations.

    :param data: what ``facts.json`` holds.
    """

    def __init__(self, data: dict[str, t.Any]) -> None:
        self.data = data

    @classmethod
    def read(cls, file: Path = FILE) -> Facts:
        """Read them.

        :param file: of the form above.
        :returns: the facts.
        """
        return cls(json.loads(file.read_text(encoding="utf-8")))

    @cached_property
    def _routes(self) -> list[tuple[re.Pattern[str], str]]:
        routes = {operation.partition(" ")[2] for operation in self.data["operations"]}
        # A route with a word in a place goes before one with a placeholder there.
        ordered = sorted(routes, key=lambda route: [part == "{}" for part in route.split("/")])
        return [
            (re.compile("/".join("[^/]+" if part == "{}" else re.escape(part) for part in r.split("/"))), r)
            for r in ordered
        ]

    def route(self, path: str) -> str | None:
        """Find the route of a path.

        :param path: from C(/api/) on, without a query.
        :returns: the route with C({}) for each id; None where no operation has it.
        """
        path = ALIAS.sub("/api/projects/", path)
        return next((route for pattern, route in self._routes if pattern.fullmatch(path)), None)

    def operation(self, method: str, route: str) -> dict[str, t.Any] | None:
        """Return what is known of an operation.

        :param method: of HTTP.
        :param route: as :meth:`route` returns it.
        :returns: an entry of ``operations``; None where the route does not take that method.
        """
        found: dict[str, t.Any] | None = self.data["operations"].get(f"{method} {route}")
        return found

    def whole(self, schema: dict[str, t.Any]) -> dict[str, t.Any]:
        """Make a schema complete.

        :param schema: of an operation.
        :returns: the schema together with the shapes that it may refer to.
        """
        return {**schema, "shapes": self.data["shapes"]}


def placeholders(path: str) -> str:
    """Return a route without the names of its parameters.

    :param path: as C(/api/projects/{project_id}/cohorts/{id}/).
    :returns: C(/api/projects/{}/cohorts/{}/).
    """
    return ALIAS.sub("/api/projects/", re.sub(r"\{[^}]*\}", "{}", path))
