# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading files of configuration: YAML in all its forms, lines, templates and secrets; one clear sentence otherwise."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import (
    SOURCE_KEY,
    UNREAD_KEY,
    source_of,
)
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.plugin_utils import _config_files

SECRET = VaultSecret(b"the password")


def loader(*secrets: VaultSecret) -> DataLoader:
    """Ansible's own, perhaps with a vault password."""
    made = DataLoader()
    if secrets:
        made.set_vault_secrets([("default", secret) for secret in secrets])
    return made


def template(text: str) -> str:
    """Marks what was rendered."""
    if "broken" in text:
        raise AnsibleError("'broken' is undefined")
    return f"<{text}>"


def read(place: Path, content: str | bytes | None = None, *, source: DataLoader | None = None) -> list[Any]:
    """The documents of a file, or of a directory, with where they are from."""
    if content is not None:
        place = place / "conf.yml"
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return _config_files.documents([str(place)], lambda name: name, source or loader(), template)


def data(place: Path, content: str) -> Any:
    """The one document of a file, as the engine takes it."""
    documents = plain(read(place, content))
    assert len(documents) == 1
    return {key: value for key, value in documents[0].items() if key != SOURCE_KEY}


# -- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (
            "a: 1\nb: 1.5\nc: true\nd: null\ne: text\nf: ~\n",
            {"a": 1, "b": 1.5, "c": True, "d": None, "e": "text", "f": None},
        ),
        ("a: 2026-01-01\nb: 2026-01-01T10:00:00Z\n", {"a": "2026-01-01", "b": "2026-01-01T10:00:00Z"}),
        ("a: '0123'\nb: 0123\nc: yes\nd: 'yes'\n", {"a": "0123", "b": 83, "c": True, "d": "yes"}),
        (
            "2: a\ntrue: b\nnull: c\n2026-01-01: d\n",
            {"2": "a", "true": "b", "null": "c", "2026-01-01": "d"},
        ),
        ("a: =\nb: [=]\n", {"a": "=", "b": ["="]}),
        ("\ufeffa: 1\n", {"a": 1}),
        ("a: 1\r\nb: |\r\n  x\r\n  y\r\n", {"a": 1, "b": "x\ny\n"}),
        (
            "a: '{{ x }}'\nb: !unsafe '{{ x }}'\nc: '{% x %}'\nd: '{# x #}'\ne: '{ x }'\n",
            {"a": "<{{ x }}>", "b": "{{ x }}", "c": "<{% x %}>", "d": "<{# x #}>", "e": "{ x }"},
        ),
        ("'{{ x }}': 1\n", {"{{ x }}": 1}),
        ("a: |\n  one {{ x }}\n  two\n", {"a": "<one {{ x }}\ntwo\n>"}),
        ('{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("a: !!binary aGVsbG8=\n", {"a": "hello"}),
    ],
)
def test_values(tmp_path: Path, content: str, wanted: Any) -> None:
    assert data(tmp_path, content) == wanted


def test_anchors_and_merging(tmp_path: Path) -> None:
    text = (
        "things:\n"
        "  - &base\n"
        "    name: a\n"
        "    settings: &settings {x: 1, y: 2}\n"
        "  - <<: *base\n"
        "    name: b\n"
        "  - <<: [*base, {note: merged}]\n"
        "    name: c\n"
        "    settings:\n"
        "      <<: *settings\n"
        "      y: 3\n"
        "      deep: {<<: *settings, x: 0}\n"
    )
    settings = {"x": 1, "y": 2}
    assert data(tmp_path, text)["things"] == [
        {"name": "a", "settings": settings},
        {"name": "b", "settings": settings},
        {"name": "c", "note": "merged", "settings": {"x": 1, "y": 3, "deep": {"x": 0, "y": 2}}},
    ]


def test_what_is_merged_from_a_merged_one_is_not_there_twice(tmp_path: Path) -> None:
    text = "a: {deep: {inner: &one {<<: {k: 1, l: 1}, k: 2}}}\nb: {<<: *one, m: 3}\nc: {<<: *one}\n"
    assert data(tmp_path, text)["b"] == {"k": 2, "l": 1, "m": 3}


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("{<<: [{key: 1}, {key: 2}]}", {"key": 1}),
        ("{<<: [{k: 1}, {k: 2}]}", {"k": 1}),
        ("{<<: [{key: 1, a: 1}, {key: 2, b: 2}], b: 3}", {"key": 1, "a": 1, "b": 3}),
        ("{key: 0, <<: {key: 1, other: 2}}", {"key": 0, "other": 2}),
        ("{<<: {<<: {<<: {x: 1, y: 1, z: 1}, y: 2}, z: 3}}", {"x": 1, "y": 2, "z": 3}),
        ("{<<: [{<<: {x: 1}}, {x: 2, y: 2}]}", {"x": 1, "y": 2}),
        ("{<<: []}", {}),
        ("{<<: {}}", {}),
        ("{<<: {1: a, '1': b}}", {"1": "b"}),
        ("{<<: {null: a}, null: b}", {"null": "b"}),
        ("{<<: {=: a}, =: b}", {"=": "b"}),
        ("{'<<': {k: 1}}", {"<<": {"k": 1}}),
    ],
)
def test_what_counts_where_mappings_are_merged(tmp_path: Path, content: str, wanted: Any) -> None:
    """As YAML's merge key is defined; what PyYAML makes of it has changed from one release to the next."""
    assert data(tmp_path, f"a: {content}\n") == {"a": wanted}
    assert data(tmp_path, f"b: &base {content}\na: {{<<: *base}}\n") == {"a": wanted, "b": wanted}


def test_what_is_merged_stays_as_it_is_where_it_stands(tmp_path: Path) -> None:
    text = "a: &a {x: 1, <<: &b {y: 2, z: 2}}\nb: {<<: [*b, *a], x: 3}\nc: {<<: [*a, *b]}\nd: *b\ne: *a\n"
    assert data(tmp_path, text) == {
        "a": {"x": 1, "y": 2, "z": 2},
        "b": {"x": 3, "y": 2, "z": 2},
        "c": {"x": 1, "y": 2, "z": 2},
        "d": {"y": 2, "z": 2},
        "e": {"x": 1, "y": 2, "z": 2},
    }


def test_what_was_written_is_known_where_yaml_made_something_else_of_it(tmp_path: Path) -> None:
    text = "a: &a [yes, 'no', true, 22:00, 1.10, 1.5, 0x1F, 7, 2026-01-01, ~]\nb: {<<: {c: off}}\n"
    found = [
        (*entry["steps"], entry["text"], entry["value"]) for entry in read(tmp_path, text)[0][SOURCE_KEY]["spelled"]
    ]
    assert found == [
        ("a", 0, "yes", "true"),
        ("a", 3, "22:00", "1320"),
        ("a", 4, "1.10", "1.1"),
        ("a", 6, "0x1F", "31"),
        ("b", "c", "off", "false"),
    ]


def test_documents(tmp_path: Path) -> None:
    assert read(tmp_path, "") == read(tmp_path, "# nothing\n") == read(tmp_path, "---\n---\n") == []
    found = read(tmp_path, "---\na: 1\n---\n# none\n---\nb: 2\n...\n---\nc: 3\n")
    assert [sorted(set(item) - {SOURCE_KEY}) for item in found] == [["a"], ["b"], ["c"]]
    assert [item[SOURCE_KEY]["lines"] for item in found] == [{"a": 2}, {"b": 6}, {"c": 9}]


def test_lines(tmp_path: Path) -> None:
    text = "things:\n  - name: a\n    list:\n      - x\n\n      - k: v\n  -\n    name: b\nproject: p\n"
    source = read(tmp_path, text)[0][SOURCE_KEY]
    assert source["file"].endswith("conf.yml")
    assert source["lines"] == {
        "things": 1,
        "things[0]": 2,
        "things[0].name": 2,
        "things[0].list": 3,
        "things[0].list[0]": 4,
        "things[0].list[1]": 6,
        "things[0].list[1].k": 6,
        "things[1]": 8,
        "things[1].name": 8,
        "project": 9,
    }


# -- what is wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("a: 1\nb: {x: 1,\n  x: 2}\n", ":3: the key 'x' stands in line 2 already"),
        ("a: 1\n---\na: 1\nb:\n  - k: 1\n    j: 2\n    k: 3\n", ":7: the key 'k' stands in line 5 already"),
        ("a: {<<: {x: 1}, y: 1, y: 2}\n", ":1: the key 'y' stands in line 1 already"),
        (
            "a: {<<: {x: 1},\n  <<: {x: 2}}\n",
            ":2: the key '<<' stands in line 1 already; several mappings are merged as a list, <<: [*one, *two]",
        ),
        ("a:\n  <<: 3\n", ":2: << takes a mapping, or a list of mappings, to merge"),
        ("a:\n  <<:\n", ":2: << takes a mapping"),
        ("a:\n  <<: [{}, 3]\n", ":2: << takes a mapping"),
        ("a: {<<: {? [1] : 2}}\n", ":1: "),
        ("a: 1\nb: {no: x}\n", ":2: the key no without quotes is false to YAML; put it in quotes"),
        ("22:00: x\n", ":1: the key 22:00 without quotes is 1320 to YAML"),
        ("0123: x\n", ":1: the key 0123 without quotes is 83 to YAML"),
        ("1: a\n1: b\n", ":2: the key 1 stands in line 1 already"),
        ("a: 1\nb: \x07\n", ":2: the character 0x7 is not allowed"),
        ("a: \x1b[31m\n", ":1: the character 0x1b is not allowed"),
        ("a: 1\nb: &x [*x]\n", "conf.yml: is nested too deeply, or contains itself"),
        ("a: 1\nb: &x {y: *x}\n", "conf.yml: is nested too deeply, or contains itself"),
        ("a: 1\nb: &x {k: 1, <<: *x}\n", "conf.yml: is nested too deeply, or contains itself"),
        (f"a: {'[' * 3000}{']' * 3000}\n", "conf.yml"),
        ("a: 1\nb: 2026-02-31\n", ":2: there is no such date as 2026-02-31; text is put in quotes"),
        ("a: !!timestamp x\n", ":1: there is no such date as x"),
        ("a: 1\nb: !foo x\n", ":2: could not determine a constructor for the tag '!foo'"),
        ("a: !!python/object/apply:os.system [ls]\n", ":1: could not determine a constructor for the tag"),
        ("a: !unsafe {x: 1}\n", ":1: expected a scalar node"),
        ("a: 1\n? [1, 2]\n: x\n", "conf.yml:2: "),
        ("a: *nobody\n", ":1: found undefined alias"),
        ("a: b: c\n", ":1: mapping values are not allowed"),
        ("a: 1\n\tb: 2\n", "conf.yml:2: a tab stands"),
        ("a: [1\n", "conf.yml:"),
        ("- a\n", "conf.yml:1: takes a dictionary of lists by type, such as feature_flags"),
        ("text\n", "conf.yml:1: takes a dictionary of lists by type, such as feature_flags"),
        ("things:\n  - name: a\n    note: '{{ broken }}'\n", "conf.yml:3: things[0].note: 'broken' is undefined"),
        (b"a: \xff\n", "conf.yml: cannot be read: "),
        ("a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n", "conf.yml:1: a: is encrypted, and there is no vault"),
    ],
)
def test_what_is_wrong(tmp_path: Path, content: str | bytes, wanted: str) -> None:
    with pytest.raises(AnsibleError) as caught:
        read(tmp_path, content)
    text = str(caught.value)
    assert "conf.yml:" in text and wanted in text, text
    assert "\n" not in text and "<unicode string>" not in text, text


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("feature_flags:\n\t- key: a\n", 2),
        ("feature_flags:\n  - key: a\n\tname: x\n", 3),
        ("feature_flags:\n  - key: a\n    \tname: x\n", 3),
        ("\tfeature_flags: []\n", 1),
    ],
)
def test_a_tab_is_called_a_tab(tmp_path: Path, content: str, line: int) -> None:
    """Nobody sees it, and YAML's own sentences speak of tokens."""
    with pytest.raises(AnsibleError) as caught:
        read(tmp_path, content)
    assert f":{line}: a tab stands where YAML takes blanks only" in str(caught.value.message)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system says it to anybody but root, who may read everything."""
    (tmp_path / "conf.yml").write_text("a: 1\n")

    def denied(self: DataLoader, path: str) -> tuple[bytes, bool]:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(DataLoader, "_get_file_contents", denied)
    with pytest.raises(AnsibleError, match=r"conf\.yml: cannot be read: .*Permission denied"):
        read(tmp_path / "conf.yml")


def mistakes(place: Path) -> list[tuple[Any, ...]]:
    """What is wrong with the files of a directory: file, line, column, path, sentence."""
    found: list[tuple[Any, ...]] = []
    for document in _config_files.read_documents([str(place)], lambda name: name, loader(), template):
        for where, text in source_of(document).mistakes:
            file = os.path.relpath(where.file, place) if where.file else None
            found.append((file, where.line, where.column, where.path, text))
    return found


def test_all_that_is_wrong_in_several_files(tmp_path: Path) -> None:
    """No file hides another, and no fault but one of the syntax hides the next; what can be read is read."""
    (tmp_path / "a.yml").write_text(
        "things:\n  - name: a\n    name: b\n  - {on: x, d: 2026-02-31}\nboxes: []\nboxes: []\n"
    )
    (tmp_path / "b.yml").write_text("things: [\n")
    (tmp_path / "c.yml").write_bytes(b"\xff")
    (tmp_path / "d.yml").write_text("things:\n  - name: x\n    note: '{{ broken }}'\n    tags: ['{{ broken.too }}']\n")
    (tmp_path / "e.yml").write_text("things:\n  - name: fine\n---\n- list\n---\nboxes: 1\n")
    found = mistakes(tmp_path)
    assert [item[:4] for item in found] == [
        ("a.yml", 3, 5, ""),
        ("a.yml", 4, 6, ""),
        ("a.yml", 4, 16, ""),
        ("a.yml", 6, 1, ""),
        ("b.yml", 2, 1, ""),
        ("c.yml", None, None, ""),
        ("d.yml", 3, 5, "things[0].note"),
        ("d.yml", 4, 12, "things[0].tags[0]"),
        ("e.yml", 4, 1, ""),
    ], found
    read_too = _config_files.read_documents([str(tmp_path)], lambda name: name, loader(), template)
    things = [item["things"] for item in read_too if "things" in item]
    assert [[item["name"] for item in items if "name" in item] for items in things] == [["b"], ["x"], ["fine"]]
    assert [item["boxes"] for item in read_too if "boxes" in item] == [[], 1]


def test_items_that_could_not_be_read_whole_are_marked(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "things: [{name: a, note: '{{ broken }}'}, '{{ broken }}', {name: c}]\nboxes: '{{ broken }}'\n"
        "single: {a: 1, b: '{{ broken }}'}\n"
    )
    found = _config_files.read_documents([str(tmp_path)], lambda name: name, loader(), template)[0]
    assert found["things"] == [{"name": "a", "note": None, UNREAD_KEY: True}, {UNREAD_KEY: True}, {"name": "c"}]
    assert found["boxes"] is None and found["single"] == {"a": 1, "b": None, UNREAD_KEY: True}


def test_a_place_that_is_not_there_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a: [\n")

    def find(name: str) -> str:
        if name == "nope":
            raise AnsibleError("src: there is no nope")
        return name

    found = _config_files.read_documents(["nope", str(tmp_path)], find, loader(), template)
    assert next(text for document in found for _where, text in source_of(document).mistakes) == "there is no nope"
    assert len(found) == 2


# -- files -----------------------------------------------------------------------------------------------------------


def names(place: Path) -> list[str]:
    """The files of a directory, relative to it."""
    return [os.path.relpath(item, place) for item in _config_files.files_of(str(place))]


def test_files_of_a_directory(tmp_path: Path) -> None:
    for name in (
        "b.yml",
        "a.yaml",
        "c.json",
        "d.txt",
        ".hidden.yml",
        "_notes.yml",
        "x/y/z.yml",
        ".git/q.yml",
        "x/a.yml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert names(tmp_path) == ["a.yaml", "b.yml", "c.json", "x/a.yml", "x/y/z.yml"]
    assert [item[SOURCE_KEY]["file"] for item in read(tmp_path)][-1] == str(tmp_path / "x/y/z.yml")


def test_links_are_followed_once(tmp_path: Path) -> None:
    """What a purge does not see it would delete."""
    real = tmp_path / "elsewhere"
    (real / "inner").mkdir(parents=True)
    (real / "inner" / "a.yml").write_text("a: 1\n")
    place = tmp_path / "conf"
    place.mkdir()
    (place / "linked").symlink_to(real)
    (real / "back").symlink_to(place)
    (place / "file.yml").symlink_to(real / "inner" / "a.yml")
    assert names(place) == ["file.yml", "linked/inner/a.yml"]


def test_no_files(tmp_path: Path) -> None:
    with pytest.raises(AnsibleError, match=r"holds no file that ends in \.yml, \.yaml, \.json"):
        read(tmp_path)


# -- secrets ---------------------------------------------------------------------------------------------------------


def encrypted(text: str, secret: VaultSecret = SECRET) -> str:
    """A text as C(ansible-vault) writes it."""
    return VaultLib([("default", secret)]).encrypt(text.encode()).decode()


def test_encrypted_values_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **more: Any) -> Any:
        raise AssertionError("nothing decrypted may reach the disk")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    value = encrypted("it's a {{ secret }}\n").replace("\n", "\n    ")
    content = f"a:\n  b: !vault |\n    {value}\n"
    found = read(tmp_path, content, source=loader(SECRET))
    assert found[0]["a"] == {"b": "it's a {{ secret }}\n"}
    found = read(tmp_path, encrypted("a: '{{ x }}'\nb: 2\n"), source=loader(SECRET))
    assert (found[0]["a"], found[0]["b"]) == ("<{{ x }}>", 2)


def test_the_wrong_password(tmp_path: Path) -> None:
    other = VaultSecret(b"another")
    value = encrypted("hidden text").replace("\n", "\n    ")
    for content, wanted in (
        (f"a:\n  b: !vault |\n    {value}\n", "conf.yml:2: a.b: cannot be decrypted: "),
        (encrypted("a: 1\n"), "conf.yml: cannot be read: "),
    ):
        with pytest.raises(AnsibleError) as caught:
            read(tmp_path, content, source=loader(other))
        assert wanted in str(caught.value) and "hidden text" not in str(caught.value)
