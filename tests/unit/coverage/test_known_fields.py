# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every field that PostHog is known to take has an option, or C(tests/coverage/left-out.yml) says why it has none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "coverage"))

import known_fields

from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES

WITH_MODULES = [table for table in RESOURCES.values() if table.module]


@pytest.mark.parametrize("table", [pytest.param(table, id=table.type) for table in WITH_MODULES])
def test_fields_are_covered_or_explained(table: object) -> None:
    found = known_fields.covered(table)
    assert not found.unexplained, "no option and no reason (tests/coverage/left-out.yml)"
    assert not found.stale, "a reason for what has an option, or is no field"


def test_types_are_covered_or_explained() -> None:
    assert not known_fields.without_module(RESOURCES), "no module and no reason (tests/coverage/left-out.yml)"


def test_the_data_file_names_what_there_is() -> None:
    told = known_fields.reasons()
    sources = {source for names in told["types"].values() for source in names}
    assert sources | set(told["no_module"]) | set(told["not_yet"]) <= set(known_fields.facts())


def test_a_field_without_an_option_is_found() -> None:
    facts = {"name": "shape", "type": "object", "fields": [{"name": "corners"}, {"name": "area", "computed": True}]}
    flag = RESOURCES["feature_flag"]
    known = known_fields.facts()["feature_flag"]
    known.append(facts)
    try:
        assert known_fields.covered(flag).unexplained == ["shape"]
    finally:
        known.remove(facts)
