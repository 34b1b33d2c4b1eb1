# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has a role: one by one, several at once, and nobody else."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness, Run, Task
from harness.steps import (
    ENGINE,
    IN_PROCESS,
    Check,
    Findings,
    Steps,
    changed,
    no_warnings,
    refused,
    requests_at_most,
    silent,
    unchanged,
)

MODULE = "community.posthog.posthog_role_membership"
ROLE = "Engineering"
ADAM, MIA, MAX = "admin@acme.test", "member@acme.test", "member2@acme.test"


def wrote(*methods: str) -> Check:
    """These writes, in any order."""

    def check(found: Findings, task: Task, run: Run) -> None:
        found.equal(sorted(entry["method"] for entry in task.writes), sorted(methods), "the writes")

    return check


def holds(*emails: str) -> Check:
    """For a step that lists the roles: these people have the role."""

    def check(found: Findings, task: Task, run: Run) -> None:
        role = next(item for item in task.result["json"]["results"] if item["name"] == ROLE)
        there = sorted(item["user"]["email"] for item in role["members"])
        found.equal(there, sorted(emails), "the people with the role")

    return check


def returns(*emails: str, key: str = "role_memberships") -> Check:
    """The result tells of these people."""

    def check(found: Findings, task: Task, run: Run) -> None:
        value = task.result.get(key)
        items = value if isinstance(value, list) else [value]
        there = sorted(str(((item or {}).get("user") or {}).get("email")) for item in items)
        found.equal(there, sorted(emails), key)

    return check


def test_role_membership(posthog: Harness) -> None:
    """From nobody over one and several to exactly these, and to nobody again."""
    steps = Steps(MODULE)
    server = posthog.server
    roles = f"/api/organizations/{server.organization}/roles/"
    most = requests_at_most(2)

    def one(email: str = MIA, **more: t.Any) -> dict[str, t.Any]:
        return {"role": ROLE, "organization_member": email, **more}

    def several(*emails: str, **more: t.Any) -> dict[str, t.Any]:
        return {"role": ROLE, "organization_members": list(emails), **more}

    steps.add("nothing declared", {}, refused("role"), silent)
    steps.add("nobody declared", {"role": ROLE}, refused("organization_member"), silent)
    steps.add("one and several", {**one(), **several(MAX)}, refused("organization_members"), silent)
    steps.add("no such role", {**one(), "role": "Enginering"}, refused("Enginering", ROLE), silent)
    steps.add("no such role, absent", {**one(), "role": "Sales", "state": "absent"}, unchanged, most)
    steps.add("no such member", one("membr@acme.test"), refused("membr@acme.test", MIA), silent)
    steps.add("a stranger", one("owner@other.test"), refused("owner@other.test"), silent)

    # One.
    steps.add("check one", one(), changed, silent, check_mode=True)
    steps.add("one", one(), changed, wrote("POST"), returns(MIA, key="role_membership"), no_warnings)
    steps.add("one again", one(), unchanged, most, returns(MIA, key="role_membership"), no_warnings)
    steps.add("check one again", one(), unchanged, most, check_mode=True)
    steps.add("in other letters", {**one(MIA.upper()), "role": ROLE.upper()}, unchanged, most)
    steps.add("by uuid", one(server.facts["users"]["member"]["uuid"]), unchanged, most)
    steps.api("list one", "GET", roles, None, holds(MIA))

    # Several.
    steps.add("one of several is unknown", several(MAX, "nobody@acme.test"), refused("nobody@acme.test"), silent)
    steps.add("check several", several(MIA, MAX, ADAM), changed, silent, check_mode=True)
    steps.add("several", several(MIA, MAX, ADAM), changed, wrote("POST", "POST"), returns(MIA, MAX, ADAM))
    steps.add("several again", several(MIA, MAX, ADAM), unchanged, most, returns(MIA, MAX, ADAM), no_warnings)
    steps.add("in another order", several(ADAM, MIA), unchanged, most)
    steps.add("twice the same", several(MIA, MIA.upper()), unchanged, most)
    steps.api("list several", "GET", roles, None, holds(MIA, MAX, ADAM))
    steps.add("nobody more", several(), unchanged, most)

    # These and nobody else.
    steps.add("check exactly", several(ADAM, MIA, exclusive=True), changed, silent, check_mode=True)
    steps.add("exactly", several(ADAM, MIA, exclusive=True), changed, wrote("DELETE"))
    steps.add("exactly again", several(ADAM, MIA, exclusive=True), unchanged, most)
    steps.api("list exactly", "GET", roles, None, holds(ADAM, MIA))
    steps.add("others instead", several(MAX, authoritative=True), changed, wrote("POST", "DELETE", "DELETE"))
    steps.add("others instead again", several(MAX, exclusive=True), unchanged, most)
    uuid = server.facts["users"]["member2"]["uuid"]
    steps.add("exactly, by uuid", several(uuid, exclusive=True), unchanged, most)
    steps.add("exactly, in other letters", several(MAX.upper(), exclusive=True), unchanged, most)
    steps.add("exclusive and absent", several(MAX, exclusive=True, state="absent"), refused("exclusive"), silent)

    # Somebody else took it away, and gave it to another.
    steps.api("read", "GET", roles, register="before")
    steps.add("check nobody", several(exclusive=True), changed, silent, check_mode=True)
    steps.add("nobody", several(exclusive=True), changed, wrote("DELETE"))
    steps.add("nobody again", several(exclusive=True), unchanged, most)
    steps.api("list nobody", "GET", roles, None, holds())

    # Taken away.
    steps.add("twice the same, new", several(MIA, MIA.upper(), MAX), changed, wrote("POST", "POST"))
    steps.add("check take", one(state="absent"), changed, silent, check_mode=True)
    steps.add("take", one(state="absent"), changed, wrote("DELETE"))
    steps.add("take again", one(state="absent"), unchanged, most)
    steps.add("check take several", several(MIA, MAX, state="absent"), changed, silent, check_mode=True)
    steps.add("take several", several(MIA, MAX, state="absent"), changed, wrote("DELETE"))
    steps.add("take several again", several(MIA, MAX, state="absent"), unchanged, most)
    steps.api("list the end", "GET", roles, None, holds())

    # Keys and places.
    read_only = server.keys["read_only"]
    steps.add("may only read", one(api_key=read_only), refused("organization:write", status=403))
    steps.add("may only read, check", one(api_key=read_only), changed, silent, check_mode=True)
    steps.add("other scope", one(api_key=server.keys["feature_flag_only"]), refused("organization:read", status=403))
    steps.add("unknown key", one(api_key=server.facts["unknown_key"]), refused("key", "region", status=401))
    foreign = one(organization=server.facts["other_organization_id"])
    steps.add("foreign organization", foreign, refused("Acme"), silent)
    steps.add("a plain member's key", one(api_key=server.keys["member"]), refused("admin", status=403))

    def prepare() -> None:
        server.api("POST", roles, {"name": ROLE})
        server.api("POST", roles, {"name": "Support"})

    steps.run(posthog, prepare, (ENGINE, IN_PROCESS))


@pytest.mark.matrix
def test_drift(posthog: Harness) -> None:
    """What somebody else took away is given back; a membership made by hand is adopted."""
    steps = Steps(MODULE)
    server = posthog.server
    roles = f"/api/organizations/{server.organization}/roles/"
    ids: dict[str, t.Any] = {}

    def prepare() -> dict[str, t.Any]:
        ids["role"] = server.api("POST", roles, {"name": ROLE})["id"]
        for name in ("member", "member2"):
            body = {"user_uuid": server.facts["users"][name]["uuid"]}
            ids[name] = server.api("POST", f"{roles}{ids['role']}/role_memberships/", body)["id"]
        return {f"id_{name}": value for name, value in ids.items()}

    both = {"role": ROLE, "organization_members": [MIA, MAX]}
    steps.add("adopt", both, unchanged)
    steps.add("adopt, role by id", {**both, "role": "{{ id_role }}"}, unchanged, requests_at_most(2))
    steps.api("drift", "DELETE", roles + "{{ id_role }}/role_memberships/{{ id_member }}/")
    steps.add("correct", both, changed, wrote("POST"))
    steps.add("correct again", both, unchanged)
    steps.run(posthog, prepare)


def test_loop(posthog: Harness) -> None:
    """Roles and members are listed once for a whole loop over both."""
    server = posthog.server
    roles = f"/api/organizations/{server.organization}/roles/"
    for name in ("Engineering", "Support", "Sales"):
        server.api("POST", roles, {"name": name})
    task = {
        "name": "make",
        MODULE: {"role": "{{ item.0 }}", "organization_member": "{{ item.1 }}"},
        "loop": "{{ ['Engineering', 'Support', 'Sales'] | product(people) | list }}",
    }
    several = {
        "name": "several",
        MODULE: {"role": "{{ item }}", "organization_members": "{{ people }}", "exclusive": True},
        "loop": ["Engineering", "Support", "Sales"],
    }
    run = posthog.run(
        [task, {**task, "name": "again"}, several], in_process=True, variables={"people": [ADAM, MIA, MAX]}
    )
    assert [item["changed"] for item in run["make"].items] == [True] * 9, run["make"]
    assert len(run["make"].writes) == 9
    assert len(run["make"].requests) <= 9 + 2, run["make"]
    for name in ("again", "several"):
        assert not run[name].changed, run[name]
        assert len(run[name].requests) <= 2, run[name]
