# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: the filter."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.posthog.plugins.filter.access_matrix import FilterModule, access_matrix


def member(name: str, level: Any = 1, **more: Any) -> dict[str, Any]:
    """A member as PostHog shows it."""
    user = {"uuid": f"user-{name}", "email": f"{name}@example.com", "first_name": name.title(), "last_name": ""}
    return {"id": f"member-{name}", "level": level, "user": user, "is_2fa_enabled": True, **more}


def rule(resource: str, level: str, **more: Any) -> dict[str, Any]:
    """A rule as PostHog shows it."""
    return {"resource": resource, "access_level": level, "role": None, "organization_member": None, **more}


ROLES = [{"id": "r1", "name": "Engineering"}, {"id": "r2", "name": "Guests"}]


def of_ada(rules: list[dict[str, Any]], level: Any = 1, roles: tuple[str, ...] = ("r1",)) -> dict[str, tuple[str, str]]:
    """What Ada may do in one project, by resource."""
    memberships = [{"role_id": role, "user": {"uuid": "user-ada"}} for role in roles]
    matrix = access_matrix([member("ada", level)], ROLES, memberships, [{"id": 1, "name": "Shop"}], [rules])
    return {row["resource"]: (row["level"], row["through"]) for row in matrix["rows"]}


@pytest.mark.parametrize(
    ("rules", "resource", "expected"),
    [
        ([], "project", ("member", "no rule")),
        ([], "*", ("editor", "no rule")),
        ([rule("project", "none")], "project", ("none", "everybody")),
        ([rule("project", "none"), rule("project", "member", role="r1")], "project", ("member", "role Engineering")),
        ([rule("project", "none"), rule("project", "member", role="r2")], "project", ("none", "everybody")),
        (
            [rule("project", "member", role="r1"), rule("project", "admin", organization_member="member-ada")],
            "project",
            ("admin", "own rule"),
        ),
        # The highest counts, whoever it is for.
        (
            [
                rule("survey", "editor"),
                rule("survey", "viewer", role="r1"),
                rule("survey", "none", organization_member="x"),
            ],
            "survey",
            ("editor", "everybody"),
        ),
        ([rule("survey", "viewer", role="r2")], "survey", ("editor", "no rule")),
        ([rule("activity_log", "none", role="r2")], "activity_log", ("viewer", "no rule")),
        # Who may not enter may do nothing inside.
        ([rule("project", "none"), rule("survey", "manager")], "survey", ("none", "may not enter")),
        ([rule("project", "none")], "*", ("none", "may not enter")),
        # A rule of the project has its id; one of a single object is about that alone.
        ([rule("project", "none", resource_id="1")], "project", ("none", "everybody")),
    ],
)
def test_levels(rules: list[dict[str, Any]], resource: str, expected: tuple[str, str]) -> None:
    assert of_ada(rules)[resource] == expected


def test_rules_of_single_objects_are_left_out() -> None:
    assert set(of_ada([rule("dashboard", "none", resource_id="17")])) == {"project", "*"}


@pytest.mark.parametrize(("level", "word"), [(8, "admin"), (15, "owner"), ("admin", "admin")])
def test_administrators_may_do_everything(level: Any, word: str) -> None:
    found = of_ada([rule("project", "none"), rule("survey", "none"), rule("toolbar", "none")], level)
    through = f"organization {word}"
    assert found["project"] == ("admin", through)
    assert found["survey"] == found["*"] == ("manager", through)
    assert found["toolbar"] == ("viewer", through)


def test_people() -> None:
    people = access_matrix(
        [
            member("zoe"),
            member("Ben", is_2fa_enabled=False, has_social_auth=True),
            member("ada", 15, is_2fa_enabled=False),
        ],
        ROLES,
        [
            {"role": "Guests", "user": {"uuid": "user-zoe"}},
            {"role_id": "r1", "organization_member": {"id": "member-zoe"}},
            {"role_id": "gone", "role": "Gone", "user": {"uuid": "user-Ben"}},
        ],
    )["people"]
    assert [(item["email"], item["roles"], item["is_2fa_enabled"]) for item in people] == [
        ("ada@example.com", [], False),
        ("Ben@example.com", ["Gone"], None),
        ("zoe@example.com", ["Engineering", "Guests"], True),
    ]
    assert people[0]["name"] == "Ada" and people[0]["projects"] == []


def test_projects_and_rules_belong_together() -> None:
    matrix = access_matrix(
        [member("ada")],
        [],
        [],
        [{"id": 1, "name": "A"}, {"id": 2}],
        [[rule("survey", "none")], [rule("insight", "none")]],
    )
    assert matrix["resources"] == ["insight", "survey"]
    first, second = matrix["people"][0]["projects"]
    assert first["resources"]["survey"]["level"] == "none" and second["resources"]["survey"]["level"] == "editor"
    assert second["name"] == "2"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("x",), "members"),
        (([1],), "members"),
        (([], "x"), "roles"),
        (([], [], [], [{}], []), "there is 1 project, and rules of 0"),
        (([], [], [], [{}], ["x"]), r"rules\[0\]"),
    ],
)
def test_what_is_no_list_of_objects(arguments: Any, text: str) -> None:
    with pytest.raises(AnsibleFilterError, match=text):
        access_matrix(*arguments)


def test_an_option_that_there_is_not() -> None:
    """And none of Python's own words for it."""
    with pytest.raises(AnsibleFilterError, match="'role' is no option; did you mean roles"):
        access_matrix([], role=[])


def test_its_name() -> None:
    assert FilterModule().filters() == {"access_matrix": access_matrix}
