# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing configuration: whatever stands in an object reads back as it was, and nobody else's file is touched."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.plugin_utils import _config_files, _files, _names

#: Names that Windows keeps for itself.
DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}

SOURCE = {"host": "https://eu.posthog.com", "project_id": 1, "project": "Main", "organization_id": "o"}

ODD = (
    """
{{ a }}|{% if %}|{#|null|~|yes|NO|on|1|0x1F|0b1|017|1_000|1e3|.5|.inf|.nan|-.INF|1:30|2024-01-01|2024-01-01T00:00:00Z
=|<<|!x|&a|*a|- a|? a|a: b|a #b|# a|'|"|\\|%a|@a|`a|>|[|]|{|}|,|---|--- a|...|key: &x !y|true|False|None
""".strip()
    .replace("\n", "|")
    .split("|")
)
ODD += [
    *("|", "|\n", "\n", "\n\n", "a\n", "a\n\n", "\na", " a", "a ", "a \nb", "a\n b", " a\nb", "\ta\nb", "a\tb\nc"),
    *("a\r\nb", "a\rb", "a\x85b\nc", "\x85", "a\u2028b\nc", "a\u2029b", "\ufeffa", "\ufeffa\nb", "a\ufffeb", "\x00"),
    *("\x1b[31m", "\x7f", "\x9b\na", "😀\na", "é\nb", "a\n---\nb", "a\n...\nb", "#\na", "\n  a\nb", "  a\n  b\n"),
    *("x" * 5000, "x " * 3000, ("y " * 100 + "\n") * 50, "a\n\n\n", "\n a", "a\n\tb\n", "\t", "\n\t\n", ""),
    *(
        "key: |\n  a\n",
        "a\n#b\n",
        "- a\n- b\n",
        "\xa0",
        "\xa0\na",
        "\u3000a\nb",
        "a\x0bb\nc",
        "{{ a\u2028 }}",
        "{{ a\n }}\n",
    ),
    *("SELECT *\nFROM events  \nWHERE a = '{{ x }}'\n", "+1", "-", "0", "00", "1.0", "1__0", "12e03", "y", "n"),
]


def back(value: Any, variables: tuple[str, ...] = ()) -> Any:
    """What reading makes of what writing made of a value."""
    with tempfile.TemporaryDirectory() as place:
        file = os.path.join(place, "a.yml")
        with open(file, "w", encoding="utf-8", newline="") as stream:
            stream.write(_files.yaml_text({"x": value}, variables))
        found = _config_files.documents([file], lambda name: name, DataLoader(), lambda text: f"<{text}>")
    return plain(found[0]["x"])


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_read_back(text: str) -> None:
    for value in (text, [text], {"k": text}, [[text]], {text: 1}, {"k": [{"a": {"b": text, text: text}}]}):
        assert back(value) == value


TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=30),
    st.text(alphabet="ab \n\t\r:#-'\"{}%!&*|>\x85\u2028é😀", max_size=30),
    st.lists(st.sampled_from([*ODD, *["word"] * 20, "\n", " "]), max_size=8).map("".join),
)
VALUE = st.recursive(
    st.one_of(TEXT, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)


@given(VALUE)
def test_anything_reads_back(value: Any) -> None:
    assert back(value) == value


def test_other_readers_see_the_same() -> None:
    """What is no template is plain YAML."""
    value = {"a": [1, "1", None, "null", {"b": "x\ny\n"}], "c": "2024-01-01"}
    assert yaml.safe_load(_files.yaml_text(value)) == value


def test_what_it_looks_like() -> None:
    value = {
        "things": [
            {"name": "a", "query": "SELECT 1\nFROM x\n", "list": ["x", {"k": []}], "long": "w " * 100 + "end"},
            {"name": "{{ posthog_secret_a }}", "other": "{{ b }}", "text": "one {{ c }}\ntwo\n"},
        ]
    }
    text = _files.yaml_text(value, ["posthog_secret_a"])
    assert text.startswith("things:\n  - name: a\n    query: |\n      SELECT 1\n      FROM x\n    list:\n      - x\n")
    assert '  - name: "{{ posthog_secret_a }}"\n    other: !unsafe "{{ b }}"\n    text: !unsafe |\n' in text
    assert max(len(line) for line in text.splitlines()) <= 121


def test_only_the_variables_named_are_templates() -> None:
    assert back(["{{ mine }}", "{{ other }}", "{{ mine }} ", "{{mine}}"], ("mine",)) == [
        "<{{ mine }}>",
        "{{ other }}",
        "{{ mine }} ",
        "{{mine}}",
    ]


# -- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x\nfeature_flags: [evil]\n---", "a\rb", "a\x85b: 1", "a\u2028b: 1", "\x00", "a # b"])
def test_a_comment_stays_a_comment_whatever_a_project_is_called(name: str, tmp_path: Path) -> None:
    config = {"things": [{"name": "a"}]}
    for key in ("project", "host", "organization_id"):
        source = {**SOURCE, key: name, **({"project_id": None} if key == "organization_id" else {})}
        text = _files.files_of(config, source, [], "single")[""]
        (tmp_path / "a.yml").write_bytes(text.encode())
        found = _config_files.documents([str(tmp_path / "a.yml")], lambda name: name, DataLoader(), str)
        assert [{"things": item["things"]} for item in found] == [config]
        assert text.startswith(_files.HEADER + "\n# from ")
        assert text.splitlines()[2] == _files.MODELINE


def test_layouts() -> None:
    config = {
        "things": [{"name": "A b"}, {"name": "a/B"}, {"name": "a-b-2"}, {"name": "日本"}, {"name": "../../etc/passwd"}],
        "settings": {"x": 1},
    }
    assert list(_files.files_of(config, SOURCE, [], "type")) == ["things.yml", "settings.yml"]
    assert list(_files.files_of(config, SOURCE, [], "single")) == [""]
    assert list(_files.files_of(config, SOURCE, [], "object")) == [
        "things/a-b.yml",
        "things/a-b-2.yml",
        "things/a-b-2-2.yml",
        "things/object.yml",
        "things/etc-passwd.yml",
        "settings.yml",
    ]


NAMES = st.one_of(
    TEXT,
    st.sampled_from(["_x", "(x)", ".x", "..", "../x", "-x", "_", ".", "CON", "con", "Aux.yml", "nul.x", "lpt1"]),
    st.text(alphabet="_.-( aAconCON1é/\\\n", max_size=12),
    st.text(alphabet="ab", min_size=70, max_size=90),
)


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
def test_no_file_is_left_out_when_it_is_read(names: list[str]) -> None:
    """What an export writes an import reads, all of it, on any file system, whatever things are called."""
    config = {"things": [{"name": name} for name in names], "others": [{"name": names[0]}]}
    texts = _files.files_of(config, SOURCE, [], "object")
    assert len(texts) == len({name.casefold() for name in texts}) == len(names) + 1
    for path in texts:
        folder, _slash, name = path.partition("/")
        assert folder in config and re.fullmatch(r"[a-z0-9][a-z0-9._-]*\.yml", name) and len(name) < 100
        assert ".." not in name or name.strip(".") == name
        assert name.partition(".")[0] not in DEVICES
    with tempfile.TemporaryDirectory() as place:
        _files.write(place, texts, clean=True, check_mode=False)
        found = plain(_config_files.documents([place], lambda name: name, DataLoader(), str))
    assert sorted(item["name"] for part in found for item in part.get("things", ())) == sorted(names)


def test_names_of_files() -> None:
    """What stands in no name of a file becomes a hyphen; names that somebody keeps for itself are changed."""
    for name, wanted in {
        "Sales (EU)": "sales-eu",
        "_private": "private",
        ".hidden": "hidden",
        "../../x": "x",
        "CON": "con-",
        "aux.backup": "aux-.backup",
        "console": "console",
        "com1": "com1-",
        "com10": "com10",
        "日本": "object",
        "": "object",
        "x" * 200: "x" * 80,
    }.items():
        assert _names.file_name(name) == wanted


def test_secrets_are_named_where_they_stand() -> None:
    config = {"things": [{"name": "a", "key": "{{ posthog_secret_a }}"}], "boxes": [{"name": "b"}]}
    texts = _files.files_of(config, SOURCE, ["posthog_secret_a"], "type")
    assert "#   posthog_secret_a\n---\n" in texts["things.yml"]
    assert "posthog_secret" not in texts["boxes.yml"]


def test_write(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "er"
    texts = {"things/a.yml": f"{_files.HEADER}\na\n", "b.yml": f"{_files.HEADER}\nb\n"}
    planned = _files.write(str(place), texts, clean=True, check_mode=True)
    assert not place.exists()
    done = _files.write(str(place), texts, clean=True, check_mode=False)
    assert done == planned and [item["before"] for item in done] == ["", ""]
    assert _files.write(str(place), texts, clean=True, check_mode=False) == []
    (place / "b.yml").chmod(0o640)
    changed = {**texts, "b.yml": f"{_files.HEADER}\nc\n"}
    assert [item["path"] for item in _files.write(str(place), changed, clean=False, check_mode=False)] == [
        str(place / "b.yml")
    ]
    assert (place / "b.yml").stat().st_mode & 0o777 == 0o640
    assert sorted(item.name for item in place.rglob("*")) == ["a.yml", "b.yml", "things"]


def test_clean_deletes_exported_files_only(tmp_path: Path) -> None:
    old = f"{_files.HEADER}\nold\n"
    for name, text in {
        "old.yml": old,
        "things/old.yml": old,
        "unread.yml": old,
        "unread/a.yml": old,
        "own.yml": "# mine\n",
        "old.txt": old,
        "binary.txt": "x",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    texts = {"new.yml": f"{_files.HEADER}\n"}
    kept = sorted(str(item) for item in tmp_path.rglob("*"))
    planned = _files.write(str(tmp_path), texts, clean=True, check_mode=True, unread={"unread"})
    assert sorted(str(item) for item in tmp_path.rglob("*")) == kept
    done = _files.write(str(tmp_path), texts, clean=True, check_mode=False, unread={"unread"})
    assert done == planned
    left = sorted(os.path.relpath(item, tmp_path) for item in tmp_path.rglob("*") if item.is_file())
    assert left == ["binary.txt", "new.yml", "old.txt", "own.yml", "unread.yml", "unread/a.yml"]


def test_a_single_file_cleans_nothing(tmp_path: Path) -> None:
    (tmp_path / "old.yml").write_text(_files.HEADER)
    _files.write(str(tmp_path / "new.yml"), {"": "x\n"}, clean=True, check_mode=False)
    assert sorted(os.listdir(tmp_path)) == ["new.yml", "old.yml"]


def test_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(AnsibleError, match=r"dest: .* cannot be"):
        _files.write(str(tmp_path / "file"), {"a.yml": "x\n"}, clean=False, check_mode=False)
    with pytest.raises(AnsibleError, match=r"dest: .* cannot be"):
        _files.write(str(tmp_path), {"": "x\n"}, clean=False, check_mode=False)
    assert os.listdir(tmp_path) == ["file"]
