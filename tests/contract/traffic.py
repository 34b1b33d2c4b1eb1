# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep what the collection and the sandbox say to each other, once for each form, for the check that follows."""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from pathlib import Path

#: The variable that names the directory to write into; without it nothing is kept.
VARIABLE = "POSTHOG_TEST_TRAFFIC"

#: What the collection calls itself. Requests of the tests themselves are not its.
AGENT = "community.posthog/"


class Traffic:
    """Writes exchanges of one process, each form of them once.

    :param directory: made where it is missing.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = (directory / f"{os.getpid()}.jsonl").open("a", encoding="utf-8")
        self._seen: set[str] = set()

    @classmethod
    def from_environment(cls) -> Traffic | None:
        """Make one where the environment asks for it.

        :returns: None where it does not.
        """
        directory = os.environ.get(VARIABLE)
        return cls(Path(directory)) if directory else None

    def observe(self, entry: dict[str, t.Any], answer: bytes) -> None:
        """Keep an exchange, if it is the collection's and of a form that was not there before.

        :param entry: the sandbox's log entry of it.
        :param answer: its body.
        """
        if not str(entry["headers"].get("User-Agent", "")).startswith(AGENT) or "fault" in entry:
            return
        try:
            told = json.loads(answer) if answer else None
        except ValueError:
            return
        record = {
            "method": entry["method"],
            "path": entry["path"],
            "query": {name: values[-1] for name, values in entry["query"].items()},
            "body": entry.get("body"),
            "status": entry["status"],
            "answer": told,
        }
        form = json.dumps(
            [
                record["method"],
                _route_like(record["path"]),
                sorted(record["query"]),
                entry["status"],
                _form(record["body"]),
                _form(told),
            ]
        )
        key = hashlib.sha256(form.encode()).hexdigest()
        if key not in self._seen:
            self._seen.add(key)
            self._file.write(json.dumps(record) + "\n")
            self._file.flush()


def _route_like(path: str) -> list[str]:
    return ["" if any(letter.isdigit() for letter in part) else part for part in path.split("/")]


def _form(value: t.Any) -> t.Any:
    """Return the form of a value: keys and types; of texts also which, where they are short as choices are."""
    if isinstance(value, dict):
        return {key: _form(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(_form(inner), sort_keys=True) for inner in value})
    if isinstance(value, str) and value.isidentifier() and value.islower():
        return value
    return type(value).__name__
