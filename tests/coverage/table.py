#!/usr/bin/env python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what the modules cover: a table with a row for each, then the fields without an option, with the reason.

--write puts it into docs/coverage.md; --check fails where that is not current (the number of tests apart, which
changes all the time).
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DOCUMENT = ROOT / "docs" / "coverage.md"

sys.path[:0] = [str(HERE), str(ROOT / "tests" / "integration"), str(ROOT / "tests")]
sys.path.append(os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":")[0] or str(ROOT / ".build"))

import known_fields  # noqa: E402  sys.path comes first

HEAD = """\
<!--
Copyright: Contributors to the community.posthog collection
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->
# What the modules cover

Made by `make generate`, but for the numbers of tests, which `make coverage-table ARGS=--write` counts; do not edit.

- *Fields*: of the fields that PostHog is known to take (`tests/sandbox/facts/current`), keys of documents included, how
  many have an option. The others are listed below, with the reason.
- *Tests*: how many collected tests name the type.
- *Requests*: how many requests a task takes that declares every field of an object that is as declared already, those
  for the objects that it names included; measured against the sandbox.
"""


def tests_by_type(names: t.Collection[str]) -> dict[str, int]:
    """How many collected tests name each type.

    :param names: the types.
    """
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"]
    answer = subprocess.run(
        [*command[:-1], "tests/unit", "tests/integration"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise SystemExit(f"the tests cannot be collected:\n{answer.stdout[-2000:]}{answer.stderr[-2000:]}")
    found: collections.Counter[str] = collections.Counter()
    # The longest first: role_membership is no role.
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pattern = re.compile(rf"(?<![a-z])({either})s?(?![a-z])")
    for line in answer.stdout.splitlines():
        path, _colons, test = line.partition("::")
        if not test:
            continue
        name, _bracket, parameters = test.partition("[")
        words = {word for word in re.split(r"[^a-z0-9_]+", parameters) if word in names}
        # Outside the brackets a name is part of a longer one: test_conformance_member.py, test_static_cohort.
        words |= set(pattern.findall(f"{Path(path).stem} {name}"))
        found.update(words)
    return dict(found)


def requests_by_type(samples: t.Mapping[str, t.Any]) -> dict[str, int]:
    """How many requests it takes to find that nothing has to be done.

    :param samples: the samples of the conformance tests.
    """
    from harness import Harness, SandboxServer
    from harness.conformance import Conformance
    from harness.engine import Engine

    server = SandboxServer()
    posthog = Harness(server, Path("unused"))
    found = {}
    for name, sample in samples.items():
        server.reset()
        life = Conformance(sample, posthog)
        variables = life.prepare()
        options = life.named(**sample.full())
        tasks = [{"name": word, sample.module: options} for word in ("first", "again")]
        run = Engine(server).run(tasks, variables=variables)
        if run["again"].ok and not run["again"].changed:
            found[name] = len(run["again"].requests)
    server.stop()
    return found


def document(*, with_tests: bool = True) -> str:
    """The whole text.

    :param with_tests: count the tests, which takes as long as collecting them.
    """
    from samples import OWN_TESTS, SAMPLES

    from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES

    tables = sorted((table for table in RESOURCES.values() if table.module), key=lambda table: table.type)
    tests = tests_by_type([table.type for table in tables]) if with_tests else {}
    requests = requests_by_type(SAMPLES)
    lines = [HEAD, "| Module | Fields | Left out | Tests | Requests |", "| --- | ---: | ---: | ---: | ---: |"]
    reasons = []
    for table in tables:
        found = known_fields.covered(table)
        left = len(found.left_out)
        asked = str(requests.get(table.type, "-" if table.type not in OWN_TESTS else "own tests"))
        cells = [f"{len(found.fields) - left} of {len(found.fields)}", str(left), str(tests.get(table.type, 0)), asked]
        lines.append(f"| `posthog_{table.type}` | {' | '.join(cells)} |")
        # What is left out of all of them is said once.
        own = [path for path in found.left_out if path not in known_fields.reasons()["everywhere"]]
        if own:
            reasons += ["", f"### {table.type}", ""]
            reasons += [f"- `{path}`: {found.reasons.get(path, '**no reason is given**')}" for path in own]
    told = known_fields.reasons()
    lines += ["", "## Fields without an option", "", "In modules that do not have them:", ""]
    lines += [f"- `{name}`: {reason}" for name, reason in told["everywhere"].items()]
    lines += [*reasons, "", "## Types without a module", ""]
    lines += [f"- `{name}`: {reason}" for name, reason in told["no_module"].items()]
    return "\n".join(lines) + "\n"


#: The row of a module: up to the number of its tests, and that.
ROW = re.compile(r"^(\| `posthog_(\w+)` \|[^|]*\|[^|]*\|)([^|]*)\|", re.M)


def counts_in(text: str) -> dict[str, str]:
    """The numbers of tests by type, as a document has them.

    :param text: the document.
    """
    return {name: count for _row, name, count in ROW.findall(text)}


def with_counts(text: str, counts: t.Mapping[str, str]) -> str:
    """A document with other numbers of tests.

    :param text: the document.
    :param counts: by type; a type that is not there keeps its number.
    """
    return ROW.sub(lambda row: f"{row[1]}{counts.get(row[2], row[3])}|", text)


def main() -> int:
    """Print, write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(ROOT)}")
    parser.add_argument("--check", action="store_true", help="fail where that is not current")
    options = parser.parse_args()
    text = document(with_tests=not options.check)
    if options.check:
        current = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
        if current != with_counts(text, counts_in(current)):
            print(
                f"{DOCUMENT.relative_to(ROOT)} is not current; run: make coverage-table ARGS=--write", file=sys.stderr
            )
            return 1
    elif options.write:
        DOCUMENT.write_text(text, encoding="utf-8")
        print(f"wrote {DOCUMENT.relative_to(ROOT)}")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
