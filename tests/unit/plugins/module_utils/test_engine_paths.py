# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places inside documents."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    Path,
    places,
    reach,
    replaced,
    without,
)

DOCUMENT: dict[str, Any] = {
    "steps": [{"id": "a", "config": {"url": "one"}}, {"id": "b", "config": {"url": "two"}}],
    "plain": {"empty": None},
}


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("plain", "empty"), None, ("plain", "empty")),
        (("steps", 1, "id"), "b", ("steps", 1, "id")),
        (("steps", ("id", "b"), "config", "url"), "two", ("steps", 1, "config", "url")),
        (("steps", ("id", "c"), "config", "url"), None, None),
        (("steps", 7, "id"), None, None),
        (("steps", "id"), None, None),
        (("plain", 0), None, None),
        (("plain", "empty", "deeper"), None, None),
    ],
)
def test_where_a_path_leads(path: Path, value: Any, place: tuple[Any, ...] | None) -> None:
    assert reach(DOCUMENT, path) == value
    assert places(DOCUMENT, path) == place


def test_without_leaves_the_rest() -> None:
    left = without(DOCUMENT, [("steps", ("id", "a"), "config", "url"), ("plain", "gone"), ("other", "x")])
    assert left == {
        "steps": [{"id": "a", "config": {}}, {"id": "b", "config": {"url": "two"}}],
        "plain": {"empty": None},
    }
    assert reach(DOCUMENT, ("steps", 0, "config", "url")) == "one"
    assert without(DOCUMENT, [("nothing", "there")]) is DOCUMENT
    assert without("text", [("a",)]) == "text"


def test_replaced_puts_a_key_where_the_way_is_there() -> None:
    new = replaced(DOCUMENT, ("steps", ("id", "b"), "config", "token"), {"secret": True})
    assert new["steps"][1]["config"] == {"url": "two", "token": {"secret": True}}
    assert new["steps"][0] is DOCUMENT["steps"][0]
    assert replaced(DOCUMENT, ("steps", 0), "x")["steps"][0] == "x"
    for nowhere in (("steps", ("id", "c"), "config", "token"), ("other", "key"), ("steps", 9)):
        assert replaced(DOCUMENT, nowhere, "x") is DOCUMENT
