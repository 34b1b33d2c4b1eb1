# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check kept traffic against the facts: requests of the collection, and answers of the sandbox.

The shares that conform are printed and compared with ``floors.json``: they may only rise. What does not conform for a
reason (another generation of servers, a documented subset) stands in ``exceptions.yml`` together with the reason.
"""

from __future__ import annotations

import fnmatch
import json
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from .facts import Facts

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).parent
FLOORS = HERE / "floors.json"
EXCEPTIONS = HERE / "exceptions.yml"


@dataclass
class Share:
    """How many of a kind conform."""

    right: int = 0
    wrong: dict[str, int] = field(default_factory=dict)

    @property
    def every(self) -> int:
        """How many were looked at."""
        return self.right + sum(self.wrong.values())

    @property
    def percent(self) -> float:
        """The share that conforms."""
        return 100 * self.right / self.every if self.every else 100.0


@dataclass(frozen=True)
class Exception_:
    """What need not conform, and why."""

    operation: str
    problem: str
    reason: str

    def covers(self, operation: str, problem: str) -> bool:
        """Say whether a problem is this one."""
        return fnmatch.fnmatchcase(operation, self.operation) and fnmatch.fnmatchcase(problem, self.problem)


class Check:
    """Judges exchanges.

    :param facts: what the contract says.
    :param exceptions: what need not conform.
    """

    def __init__(self, facts: Facts, exceptions: Iterable[Exception_] = ()) -> None:
        self.facts = facts
        self.exceptions = list(exceptions)
        self.used: set[Exception_] = set()
        self.requests = Share()
        self.answers = Share()
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}

    def look(self, exchange: dict[str, t.Any]) -> None:
        """Judge one exchange.

        :param exchange: as :class:`.traffic.Traffic` writes it.
        """
        method, route = exchange["method"], self.facts.route(exchange["path"])
        operation = f"{method} {route or exchange['path']}"
        known = self.facts.operation(method, route) if route else None
        if exchange["status"] < 400:
            # A request that PostHog refuses may be what a test is about.
            self._judge(self.requests, operation, self._request(operation, known, exchange))
        answers = (known or {}).get("answers", {})
        schema = answers.get(str(exchange["status"]))
        if schema and exchange["answer"] is not None:
            self._judge(self.answers, operation, self._values(operation, "answer", schema, exchange["answer"]))

    def _judge(self, share: Share, operation: str, problems: Iterator[str]) -> None:
        left = []
        for problem in problems:
            covering = [known for known in self.exceptions if known.covers(operation, problem)]
            self.used.update(covering)
            if not covering:
                left.append(problem)
        if left:
            for problem in left[:1]:
                line = f"{operation}: {problem}"
                share.wrong[line] = share.wrong.get(line, 0) + 1
        else:
            share.right += 1

    def _request(self, operation: str, known: dict[str, t.Any] | None, exchange: dict[str, t.Any]) -> Iterator[str]:
        if known is None:
            yield "no such operation"
            return
        query = known.get("query", {})
        for name in exchange["query"]:
            if name not in query and ("query" in known or "query" in known["from"]):
                yield f"query {name}: no such parameter"
        for name in known.get("needs", ()):
            if name not in exchange["query"]:
                yield f"query {name}: is required"
        if isinstance(exchange["body"], dict) and known.get("body"):
            yield from self._values(operation, "body", known["body"], exchange["body"])

    def _values(self, operation: str, part: str, schema: dict[str, t.Any], value: t.Any) -> Iterator[str]:
        key = (operation, json.dumps(schema)[:200] + part)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(self.facts.whole(schema))
        for error in self._validators[key].iter_errors(value):
            path = ".".join("[]" if isinstance(step, int) else str(step) for step in error.absolute_path)
            detail = f"{error.validator} {error.message if error.validator == 'required' else ''}".strip()
            yield f"{part} {path}: {detail}"
        yield from self._unknown_keys(part, schema, value, "")

    def _unknown_keys(self, part: str, schema: dict[str, t.Any], value: t.Any, path: str) -> Iterator[str]:
        """Yield keys that a schema does not name; JSON Schema lets them pass."""
        schema = self._followed(schema)
        if isinstance(value, dict) and "properties" in schema and schema.get("additionalProperties") in (None, False):
            for name, inner in value.items():
                here = f"{path}.{name}".lstrip(".")
                if name not in schema["properties"]:
                    yield f"{part} {here}: no such key"
                else:
                    yield from self._unknown_keys(part, schema["properties"][name], inner, here)
        elif isinstance(value, list) and isinstance(schema.get("items"), dict):
            for inner in value[:20]:
                yield from self._unknown_keys(part, schema["items"], inner, f"{path}.[]")

    def _followed(self, schema: dict[str, t.Any]) -> dict[str, t.Any]:
        """Return the one schema that a reference, or a choice between it and null, leads to."""
        while True:
            if "$ref" in schema:
                schema = self.facts.data["shapes"][schema["$ref"].rpartition("/")[2]]
                continue
            choices = [inner for inner in schema.get("anyOf", ()) if inner.get("type") != "null"]
            if len(choices) == 1:
                schema = choices[0]
                continue
            return schema


def read_exceptions(file: Path = EXCEPTIONS) -> list[Exception_]:
    """Read what need not conform.

    :param file: a list of C(operation), C(problem) (patterns) and C(reason).
    :returns: them.
    """
    return [Exception_(**entry) for entry in yaml.safe_load(file.read_text(encoding="utf-8")) or []]


def read_traffic(directory: Path) -> Iterator[dict[str, t.Any]]:
    """Read exchanges.

    :param directory: into which :class:`.traffic.Traffic` wrote.
    :returns: each of them.
    """
    for file in sorted(directory.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
