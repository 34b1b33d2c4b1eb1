# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: mistakes as data, those of several phases in one run."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import SOURCE_KEY, UNREAD_KEY
from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.mistakes import Place, divided, mistake, place_in
from ansible_collections.community.posthog.tests.unit.plugins.projects import Universe, universe


def told(world: Universe, **options: Any) -> list[dict[str, Any]]:
    """The mistakes of a task; it wrote nothing."""
    with pytest.raises(InvalidInput) as caught:
        world.run(**options)
    assert not world.memory.writes
    found: list[dict[str, Any]] = caught.value.result()["mistakes"]
    # Whatever a program reads is in the text for people too.
    for item in found:
        assert item["message"] in caught.value.message and (item["path"] or "") in caught.value.message
    return found


def paths(found: list[dict[str, Any]]) -> list[str]:
    """Where they are."""
    return [item["path"] for item in found]


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("is missing", "is missing", None),
        ("is no option; did you mean name?", "is no option", "did you mean name?"),
        ("has no tags; add some; or none", "has no tags", "add some; or none"),
        ("'a; b' is no type", "'a; b' is no type", None),
        ("'a; b' is no type; did you mean c?", "'a; b' is no type", "did you mean c?"),
        ('"it\'s; so" is none; try', '"it\'s; so" is none', "try"),
        ("the key's owner may not; ask", "the key's owner may not", "ask"),
        ("'it\\'s; x' is none; try", "'it\\'s; x' is none", "try"),
        ("", "", None),
    ],
)
def test_what_is_wrong_and_what_would_be_right(text: str, message: str, remedy: str | None) -> None:
    assert divided(text) == (message, remedy)


def test_a_mistake_as_data() -> None:
    place = place_in("a.yml", "things[0].note", 3, 5)
    assert place == "a.yml:3: things[0].note"
    assert mistake(place, "is wrong; mend it") == {
        "file": "a.yml",
        "line": 3,
        "column": 5,
        "path": "things[0].note",
        "message": "is wrong",
        "remedy": "mend it",
    }
    none = {"file": None, "line": None, "column": None, "message": "is wrong", "remedy": None}
    assert mistake("things[0]", "is wrong") == {**none, "path": "things[0]"}
    assert mistake(Place("the file", file="x"), "is wrong") == {**none, "file": "x", "path": ""}


def test_one_mistake_has_its_place_too() -> None:
    lines = {"things": 1, "things[0]": 2, "things[0].nots": 3}
    columns = {"things": 1, "things[0]": 5, "things[0].nots": 7}
    source = {"file": "a.yml", "lines": lines, "columns": columns}
    found = told(universe(), config={"things": [{"name": "a", "nots": 1}], SOURCE_KEY: source})
    assert found == [
        {
            "file": "a.yml",
            "line": 3,
            "column": 7,
            "path": "things[0].nots",
            "message": "is no option of posthog_thing",
            "remedy": "did you mean note?",
        }
    ]


def test_mistakes_of_all_phases_in_one_run() -> None:
    """Options, types, names, targets, purging and the options of the task: none hides another."""
    found = told(
        universe(),
        config=[
            {
                "things": [
                    # An unknown option, one of the wrong type, and a name that nothing has, in one item.
                    {"name": "a", "nots": 1, "tags": {"x": 1}, "boxes": ["Nowhere"]},
                    {"name": "b", "settings": {"kind": "thing", "id": "nobody"}},
                ]
            },
            {"project": "Elsewhere", "things": [{"name": "c"}]},
            {"project": "Staging", "boxes": [{"name": "d", "lid": "nothing"}]},
        ],
        purge=["thigns", "labels"],
        max_deletions="many",
        concurrency=99,
    )
    assert sorted(paths(found)) == [
        "concurrency",
        "config[0].things[0].boxes[0]",
        "config[0].things[0].nots",
        "config[0].things[0].tags",
        "config[0].things[1].settings.id",
        "config[1].things[0]",
        "config[2].boxes[0].lid",
        "max_deletions",
        "purge[0]",
        "purge[1]",
    ]


def test_names_in_items_with_mistakes() -> None:
    """What another item declares is there; what is itself wrong is told once."""
    world = universe()
    found = told(
        world,
        config={
            "things": [{"name": "a"}, {"name": "broken", "nots": 1}],
            "boxes": [
                {"name": "b", "nots": 1, "things": ["a", "broken", "nobody"], "lid": {"x": 1}},
                {"name": "gone", "state": "absent", "nots": 1, "lid": "nobody"},
            ],
        },
    )
    assert sorted(paths(found)) == [
        "boxes[0].lid",
        "boxes[0].nots",
        "boxes[0].things[2]",
        "boxes[1].nots",
        "things[1].nots",
    ]


def test_what_needs_an_unusable_place_is_not_judged() -> None:
    world = universe()
    found = told(
        world,
        config=[
            {"project": "Elsewhere", "things": [{"name": "lid"}], "boxes": [{"name": "b", "lid": "lid"}]},
            {"project": "Elsewhere", "labels": [{"name": "l", "box": "b"}]},
            {"things": [{"name": "fine"}]},
        ],
    )
    assert paths(found) == ["config[0].things[0]"]


def test_unknown_names_are_among_other_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.community.posthog.plugins.module_utils._bulk import project

    monkeypatch.setattr(project, "unknown_names", lambda *args: [("things[0].note", "the project has never seen it")])
    found = told(universe(), config={"things": [{"name": "a", "nots": 1}]}, unknown_names="error")
    assert sorted(paths(found)) == ["things[0].note", "things[0].nots"]


def test_what_could_not_be_read_ends_before_the_first_request() -> None:
    """What is declared is not known, but what was read is judged all the same."""
    world = universe()
    unread = {"file": "b.yml", "mistakes": [{"path": "", "text": "is no YAML", "line": 4, "column": 2}]}
    part = {
        "file": "c.yml",
        "lines": {"things": 1, "things[0]": 2, "things[0].note": 3},
        "columns": {"things": 1, "things[0]": 5, "things[0].note": 5},
        "mistakes": [{"path": "things[0].note", "text": "'x' is undefined"}],
    }
    found = told(
        world,
        config=[
            {"things": [{"name": "a", "nots": 1}], "boxes": [{"name": "b", "lid": "perhaps in b.yml"}]},
            {SOURCE_KEY: unread},
            {"things": [{"name": "n", "note": None, UNREAD_KEY: True}], SOURCE_KEY: part},
            {SOURCE_KEY: {"mistakes": [{"path": "src", "text": "there is no file nope"}]}},
        ],
    )
    assert not world.memory.calls
    assert [(item["file"], item["line"], item["column"], item["path"]) for item in found] == [
        (None, None, None, "config[0].things[0].nots"),
        ("b.yml", 4, 2, ""),
        ("c.yml", 3, 5, "things[0].note"),
        (None, None, None, "src"),
    ]


def test_duplicates_are_not_judged_where_the_place_is_not_known() -> None:
    part = {"file": "c.yml", "lines": {"project": 1}, "mistakes": [{"path": "project", "text": "'x' is undefined"}]}
    found = told(
        universe(),
        config=[{"things": [{"name": "a"}]}, {"project": None, "things": [{"name": "a"}], SOURCE_KEY: part}],
    )
    assert paths(found) == ["project"]


def test_a_refused_key_hides_no_mistake() -> None:
    world = universe()

    def refuse(method: str, path: str, body: Any) -> None:
        error = ApiError("GET failed: 401", status=401, method=method, path=path)
        error.ends_all = True
        raise error

    world.memory.before = refuse
    with pytest.raises(ApiError) as caught:
        world.run(config={"things": [{"name": "a"}, {"name": "b", "nots": 1}]})
    result = caught.value.result()
    assert result["status_code"] == 401
    assert [(item["path"], item["message"]) for item in result["mistakes"]] == [
        ("", "GET failed: 401"),
        ("things[1].nots", "is no option of posthog_thing"),
    ]
    assert result["msg"].startswith("GET failed: 401\n") and "\n- things[1].nots: is no option" in result["msg"]


def test_objects_that_fail_are_mistakes_with_their_place() -> None:
    world = universe()

    def refuse(method: str, path: str, body: Any) -> None:
        if method == "POST":
            raise ApiError("note: not this; another", status=400, method=method, path=path)

    world.memory.before = refuse
    source = {"file": "a.yml", "lines": {"things[0]": 2}, "columns": {"things[0]": 5}}
    result = world.run(config={"things": [{"name": "a"}], SOURCE_KEY: source})
    assert result["failed"] and result["mistakes"] == [
        {"file": "a.yml", "line": 2, "column": 5, "path": "things[0]", "message": "note: not this", "remedy": "another"}
    ]
