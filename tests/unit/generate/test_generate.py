# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make generate``: what is old is found, with a diff, and written again; what a person writes stays."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from copied_checkout import Checkout

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generate import readme, returns
from generate.common import ROOT, CannotGenerate, item, listed, replace_block

PROGRAM = "tests/bin/generate"

#: All but the pages, which run the engine for each type; test_types_page.py and test_coverage_table.py look at those.
QUICK = ("type_index", "runtime", "actions", "returns", "type_lists", "readme")

COHORT = "plugins/modules/posthog_cohort.py"

#: A file, what stands in it once, and what somebody has made of it.
DAMAGE = [
    ("plugins/module_utils/_resources/type_index.py", '"action", "cohort"', '"cohort"'),
    (
        "plugins/module_utils/_resources/type_index.py",
        "        taxonomy,\n        warehouse,\n    )\n\n",
        "        taxonomy,\n    )\n\n",
    ),
    ("meta/runtime.yml", "    - posthog_cohort\n", ""),
    ("meta/runtime.yml", "    - posthog_cohort\n", "    - posthog_cohort\n    - posthog_gone\n"),
    ("plugins/action/posthog_cohort.py", 'MODULE = "posthog_cohort"', 'MODULE = "posthog_role"'),
    (COHORT, "The value before the task.", "What it was."),
    (COHORT, "for example C(description)", "for example C(name)"),
    (COHORT, "'cohort:write'", "'cohort:read'"),
    (COHORT, "  description: The HTTP status with which PostHog refused a request.\n", ""),
    ("plugins/modules/posthog_event.py", "'project:read'", "'event:read'"),
    ("plugins/modules/posthog_info.py", "V(activity_log), V(alert),", "V(activity_log),"),
    ("plugins/modules/posthog_config.py", "- The types V(actions), ", "- The types "),
    ("README.md", "| `cohort`, `action`, ", "| `cohort`, "),
]


def test_nothing_is_old(checkout: Checkout) -> None:
    run = checkout.run(PROGRAM, "--check", *QUICK)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("path", "old", "new"), DAMAGE, ids=[f"{Path(path).name}-{new[:20]}" for path, _old, new in DAMAGE]
)
def test_what_is_old_is_found_and_written_again(checkout: Checkout, path: str, old: str, new: str) -> None:
    before = checkout.everything()
    checkout.replace(path, old, new)
    damaged = checkout.everything()
    run = checkout.run(PROGRAM, "--check", *QUICK)
    assert run.returncode == 1
    assert f"--- {path}\n+++ {path} as `make generate` writes it\n" in run.stdout
    assert run.stdout.endswith("`make generate` brings this file up to date.\n")
    assert checkout.everything() == damaged, "a check writes nothing"
    assert checkout.run(PROGRAM, *QUICK).stdout == f"{path} is written.\n"
    assert checkout.everything() == before


def test_a_new_module_gets_its_action(checkout: Checkout) -> None:
    before = checkout.read("plugins/action/posthog_cohort.py")
    (checkout.root / "plugins/action/posthog_cohort.py").unlink()
    assert "posthog_cohort" in checkout.run(PROGRAM, "--check", "actions").stdout
    checkout.run(PROGRAM, "actions")
    assert checkout.read("plugins/action/posthog_cohort.py") == before


def test_an_action_with_work_of_its_own_stays(checkout: Checkout) -> None:
    checkout.write(
        "plugins/action/posthog_cohort.py",
        checkout.read("plugins/action/posthog_cohort.py") + "\n    def extra(self) -> None:\n        pass\n",
    )
    assert checkout.run(PROGRAM, "--check", "actions").returncode == 0


def test_an_action_without_a_module(checkout: Checkout) -> None:
    checkout.write("plugins/action/posthog_gone.py", "")
    run = checkout.run(PROGRAM, "actions")
    assert run.returncode == 1
    assert run.stderr == "plugins/action has actions without a module: posthog_gone. Remove them.\n"


def test_a_new_table_is_found_wherever_it_is(checkout: Checkout) -> None:
    path = "plugins/module_utils/_resources/logs.py"
    checkout.write(path, checkout.read(path) + '\n\nLOGS_RULE = Resource(type="logs_rule", plural="logs_rules")\n')
    assert checkout.run(PROGRAM, "type_index").stdout == "plugins/module_utils/_resources/type_index.py is written.\n"
    assert (
        '"logs": ("logs_alert", "logs_retention_rule", "logs_rule", "logs_sampling_rule", "logs_view"),'
        in checkout.read("plugins/module_utils/_resources/type_index.py")
    )


def test_a_new_file_of_tables_is_found(checkout: Checkout) -> None:
    checkout.write("plugins/module_utils/_resources/zoo.py", 'ANIMAL = Resource(type="animal")\n')
    checkout.run(PROGRAM, "type_index")
    index = checkout.read("plugins/module_utils/_resources/type_index.py")
    assert '"zoo": ("animal",),' in index
    assert index.count("        zoo,\n") == 2


def test_two_tables_of_one_type(checkout: Checkout) -> None:
    path = "plugins/module_utils/_resources/logs.py"
    checkout.write(path, checkout.read(path) + '\n\nTWICE = Resource(type="cohort")\n')
    run = checkout.run(PROGRAM, "type_index")
    assert run.returncode == 1
    assert run.stderr == "There are two tables of the type cohort, in logs.py and in people.py.\n"


@pytest.mark.parametrize("name", ["changes", "diff"])
def test_a_sample_is_written_by_hand(checkout: Checkout, name: str) -> None:
    text = checkout.read(COHORT)
    head, _entry, rest = text.partition(f"\n{name}:\n")
    entry, sample, more = rest.partition("  sample:\n")
    checkout.write(
        COHORT,
        f"{head}\n{name}:\n{entry}{more[more.index(chr(10) + ('diff' if name == 'changes' else 'status')) + 1 :]}",
    )
    assert sample
    run = checkout.run(PROGRAM, "returns")
    assert run.returncode == 1
    assert run.stderr == f"{COHORT}: RETURN needs a `sample` of `{name}`, written by hand.\n"


def test_the_example_of_a_path_follows_the_sample(checkout: Checkout) -> None:
    text = checkout.read(COHORT)
    sample = text[text.index("\nchanges:\n") :]
    changed = sample.replace("- path: description\n", "- path: filters.properties\n")
    assert changed != sample
    checkout.write(COHORT, text.replace(sample, changed))
    checkout.run(PROGRAM, "returns")
    assert "for example C(filters.properties).\n" in checkout.read(COHORT)


def test_there_is_no_such_generator(checkout: Checkout) -> None:
    run = checkout.run(PROGRAM, "everything")
    assert run.returncode == 2
    assert "there is no generator everything; there are type_index, runtime" in run.stderr


# -- its parts --------------------------------------------------------------------------------------------------------


def test_a_block_that_is_not_there() -> None:
    with pytest.raises(CannotGenerate, match=r"README\.md has 0 blocks between the comments `generated: modules`"):
        replace_block(ROOT / "README.md", "nothing\n", "modules", [])


def test_a_block_of_another_name_stays() -> None:
    text = "# generated: one (x)\nold\n# end of one\n# generated: two (x)\nkept\n# end of two\n"
    made = replace_block(ROOT / "README.md", text, "one", ["new", "lines"])
    assert made == text.replace("old\n", "new\nlines\n")


def test_lists_in_sentences() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert item("one two three", 2, width=12) == ["  - one two", "    three"]


def test_a_module_without_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readme, "AREAS", (readme.Area("Logs", "", ("logs",), first=("logs_view",)),))
    assert readme.by_area(["logs_alert", "logs_view"], {"logs_alert": "logs", "logs_view": "logs"}) == [
        ["logs_view", "logs_alert"]
    ]
    with pytest.raises(
        CannotGenerate, match=r"No area of the README has cohort \(people\.py\), ping; add them to AREAS"
    ):
        readme.by_area(["cohort", "ping"], {"cohort": "people"})


def test_a_path_of_what_never_changes() -> None:
    path = returns.modules()["posthog_cohort"]
    assert returns.first_path(" []\n", "email", path) == "email"
    with pytest.raises(CannotGenerate, match="needs at least one change with a `path`"):
        returns.first_path("\n    - before: 1\n", "email", path)
