# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Booleans where a name is meant, in places that no table describes: no, on and off without quotes are booleans."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._handlers.export import ExportHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, make_world

REMEDY = "put the word in quotes"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ({"old": False}, f"takes a name, not false; {'{}'}"),
        ({"old": True}, f"takes a name, not true; {'{}'}"),
        ({"old": None}, "takes a name, not null"),
        ({"old": ""}, "takes a name, not ''"),
        ({"old": {"x": 1}}, "takes a name, not a dictionary"),
    ],
)
def test_new_names_of_an_export(names: dict[str, Any], text: str) -> None:
    """A flag renamed to no would be called False."""
    handler = ExportHandler(RESOURCES.values())
    asked = {"types": ["feature_flags"], "rename": {"feature_flags": names}}
    with pytest.raises(InvalidInput) as caught:
        handler.run(make_world(Memory()).session, asked, asked)
    ((path, said),) = caught.value.problems
    assert path == "rename.feature_flags.old"
    assert said.startswith(text.partition("; ")[0]) and (REMEDY in said) is ("; " in text)


def test_lists_in_fields_that_this_release_does_not_know() -> None:
    """Texts and booleans in one list: one of the texts was a word."""
    with pytest.raises(InvalidInput) as caught:
        read_object(RESOURCES["cohort"], {"name": "c", "extra_fields": {"countries": [False, "SE"], "x": {"y": True}}})
    ((path, said),) = caught.value.problems
    assert path == "extra_fields.countries[0]" and REMEDY in said
