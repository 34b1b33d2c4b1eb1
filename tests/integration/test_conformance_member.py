# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members: invited, promoted, removed. Nobody can be made a member, so their life is another than that of objects."""

from __future__ import annotations

import typing as t

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

MODULE = "community.posthog.posthog_member"
ADA = "ada@example.com"
MIA = "member@acme.test"
MAX = "member2@acme.test"


def sent(*wanted: tuple[str, t.Any]) -> Check:
    """These writes, in this order: method and body; a body of None is not looked at."""

    def check(found: Findings, task: Task, run: Run) -> None:
        found.equal([entry["method"] for entry in task.writes], [method for method, _body in wanted], "the writes")
        for entry, (_method, body) in zip(task.writes, wanted, strict=False):
            if body is not None:
                found.equal(entry.get("body"), body, "the body")

    return check


def invited(email: str, level: int) -> Check:
    """The result tells of an invite, and of no member."""

    def check(found: Findings, task: Task, run: Run) -> None:
        invite = task.result.get("invite") or {}
        found.equal(str(invite.get("target_email")).lower(), email, "the invite's address")
        found.equal(invite.get("level"), level, "the invite's level")
        found.equal(task.result.get("member"), None, "member")

    return check


def member(email: str, level: int) -> Check:
    """The result tells of a member."""

    def check(found: Findings, task: Task, run: Run) -> None:
        obj = task.result.get("member") or {}
        found.equal((obj.get("user") or {}).get("email"), email, "the member's address")
        found.equal(obj.get("level"), level, "the member's level")

    return check


def difference(before: t.Any, after: t.Any) -> Check:
    """The diff shows the level so."""

    def check(found: Findings, task: Task, run: Run) -> None:
        diff = task.diffs[0] if task.diffs else {}
        levels = [(diff.get(side) or {}).get("level") for side in ("before", "after")]
        found.equal(levels, [before, after], "the levels in the diff")

    return check


def listed(*emails: str) -> Check:
    """For a step that lists invites: these addresses."""

    def check(found: Findings, task: Task, run: Run) -> None:
        there = sorted(item["target_email"] for item in task.result["json"]["results"])
        found.equal(there, sorted(emails), "the invites")

    return check


def test_invite(posthog: Harness) -> None:
    """Who is no member is invited once, with one level, till the invite is withdrawn."""
    steps = Steps(MODULE)
    invites = f"/api/organizations/{posthog.server.organization}/invites/"
    most = requests_at_most(2)
    full = {"email": ADA, "level": "admin", "first_name": "Ada", "invite_message": "Welcome", "send_email": False}
    steps.add("nothing declared", {}, refused("email"), silent)
    steps.add("no address", {"email": "ada"}, refused("email", "ada"), silent)
    steps.add("a level that is none", {"email": ADA, "level": "boss"}, refused("level", "owner"), silent)
    steps.add("not invited", {"email": ADA, "invite": False}, refused(ADA, "invite"), silent)
    steps.add("check invite", full, changed, silent, invited(ADA, 8), check_mode=True)
    steps.add("invite", full, changed, sent(("POST", None)), invited(ADA, 8), no_warnings)
    steps.api("list", "GET", invites, None, listed(ADA))
    steps.add("again", full, unchanged, most, invited(ADA, 8))
    steps.add("check again", full, unchanged, check_mode=True)
    steps.add("in other letters", {"email": "Ada@Example.COM", "level": 8}, unchanged, most)
    steps.add("without a level", {"email": ADA}, unchanged, most)
    steps.add("with another message", {**full, "invite_message": "Hello"}, unchanged, most)
    lower = {"email": ADA, "level": "member"}
    steps.add("check another level", lower, changed, silent, invited(ADA, 1), check_mode=True)
    steps.add("another level", lower, changed, invited(ADA, 1), difference("admin", "member"))
    steps.add("another level again", lower, unchanged, most)
    steps.api("list one", "GET", invites, None, listed(ADA))
    absent = {"email": ADA, "state": "absent"}
    steps.add("check withdraw", absent, changed, silent, check_mode=True)
    steps.add("withdraw", absent, changed, sent(("DELETE", None)))
    steps.api("list none", "GET", invites, None, listed())
    steps.add("withdraw again", absent, unchanged, most)
    steps.add("the least", {"email": ADA}, changed, invited(ADA, 1))
    steps.add("the least again", {"email": ADA}, unchanged, most)

    def sees_the_message(found: Findings, task: Task, run: Run) -> None:
        body = run["invite"].writes[0]["body"]
        wanted = {"target_email": ADA, "level": 8, "first_name": "Ada", "message": "Welcome", "send_email": False}
        found.equal(body, wanted, "the invite's body")

    steps.api("look", "GET", invites, None, sees_the_message)
    steps.run(posthog, dict, (ENGINE, IN_PROCESS))


def test_level(posthog: Harness) -> None:
    """A member's level is changed, corrected, and kept within what the key's owner may give."""
    steps = Steps(MODULE)
    server = posthog.server
    members = f"/api/organizations/{server.organization}/members/"
    mia = server.facts["users"]["member"]
    most = requests_at_most(2)
    admin = {"email": MIA, "level": "admin"}
    steps.add("as it is", {"email": MIA, "level": "member"}, unchanged, requests_at_most(1), member(MIA, 1))
    steps.add("in other letters", {"email": MIA.upper(), "level": "member"}, unchanged, member(MIA, 1))
    steps.add("check promote", admin, changed, silent, member(MIA, 8), check_mode=True)
    steps.add(
        "promote",
        admin,
        changed,
        member(MIA, 8),
        sent(("PATCH", {"level": 8})),
        difference("member", "admin"),
        no_warnings,
    )
    steps.add("promote again", admin, unchanged, most, member(MIA, 8))
    steps.add("by number", {"email": MIA, "level": 8}, unchanged, most)
    steps.add("by number as text", {"email": MIA, "level": "8"}, unchanged, most)
    steps.api("drift", "PATCH", f"{members}{mia['uuid']}/", {"level": 1})
    steps.add("correct", admin, changed, sent(("PATCH", {"level": 8})))
    steps.add("by uuid", {"id": mia["uuid"], "level": "member"}, changed, sent(("PATCH", {"level": 1})), member(MIA, 1))
    steps.add("by uuid again", {"id": mia["uuid"], "level": "member"}, unchanged, most)
    steps.add("level of nobody", {"id": "01900000-dead-7000-8000-000000000000", "level": 1}, refused("id"), silent)
    other = {**admin, "level": "owner", "api_key": server.keys["admin"]}
    steps.add("above one's own", other, refused("level", "owner", "admin"), silent)
    steps.add("above one's own, check", other, refused("level", "owner", "admin"), silent, check_mode=True)
    ghost = {"email": ADA, "level": "owner", "api_key": server.keys["admin"]}
    steps.add("invite above one's own", ghost, refused("level", "owner", "admin"), silent)
    steps.add("one's own level", {"email": "owner@acme.test", "level": "member"}, refused("own level"), silent)
    read_only = server.keys["read_only"]
    steps.add("may only read", {**admin, "api_key": read_only}, refused("organization_member:write", status=403))
    # PostHog asks for no scope where somebody is invited (API facts, organization_invite).
    steps.add("invite with a key for reading", {"email": ADA, "api_key": read_only}, changed, invited(ADA, 1))
    flags = server.keys["feature_flag_only"]
    steps.add("other scope", {**admin, "api_key": flags}, refused("organization_member:read", status=403))
    steps.add("unknown key", {**admin, "api_key": server.facts["unknown_key"]}, refused("key", "region", status=401))
    foreign = {**admin, "organization": server.facts["other_organization_id"]}
    steps.add("foreign organization", foreign, refused("Acme"), silent)
    steps.add("no organization", {**admin, "organization": "Nowhere"}, refused("Nowhere", "Acme"), silent)
    steps.add("organization by name", {"email": MIA, "organization": "acme"}, unchanged)
    steps.add("current organization", {"email": MIA, "organization": "@current"}, unchanged, most)
    steps.run(posthog)


def test_remove(posthog: Harness) -> None:
    """A member is removed, with what is pending; who accepts an invite is a member from then on."""
    steps = Steps(MODULE)
    server = posthog.server
    gone = {"email": MAX, "state": "absent"}
    most = requests_at_most(2)
    steps.add("check remove", gone, changed, silent, check_mode=True)
    steps.add("still there", {"email": MAX}, unchanged, member(MAX, 1))
    steps.add("remove", gone, changed, sent(("DELETE", None)))
    steps.add("remove again", gone, unchanged, most)
    steps.add("invite back", {"email": MAX}, changed, invited(MAX, 1))
    steps.add("no member, but invited", {"email": MAX, "invite": False}, refused(MAX), silent)
    steps.add("withdraw", gone, changed, sent(("DELETE", None)))
    uuid = server.facts["users"]["member"]["uuid"]
    steps.add("remove by id", {"id": uuid, "state": "absent"}, changed, sent(("DELETE", None)))
    steps.add("remove by id again", {"id": uuid, "state": "absent"}, unchanged, most)
    steps.add("the owner", {"email": "owner@acme.test", "state": "absent"}, refused("owner"))
    steps.run(posthog)


def test_both_member_and_invited(posthog: Harness) -> None:
    """An invite that was forgotten is withdrawn together with the membership."""
    steps = Steps(MODULE)
    server = posthog.server

    def prepare() -> None:
        server.seed("invite", {"target_email": MIA})

    gone = {"email": MIA, "state": "absent"}
    steps.add("both", {"email": MIA, "level": "member"}, unchanged, member(MIA, 1))
    steps.add("check remove both", gone, changed, silent, check_mode=True)
    steps.add("remove both", gone, changed, sent(("DELETE", None), ("DELETE", None)))
    steps.add("remove both again", gone, unchanged, requests_at_most(2))
    steps.run(posthog, prepare)


def test_loop(posthog: Harness) -> None:
    """Members and invites are listed once for a whole loop."""
    server = posthog.server
    people = [f"person{number}@example.com" for number in range(8)]
    server.seed("member", *({"email": email} for email in people[:4]))
    loop = {"name": "make", MODULE: {"email": "{{ item }}"}, "loop": people}
    run = posthog.run([loop, {**loop, "name": "again"}, {**loop, "name": "check", "check_mode": True}], in_process=True)
    assert [item["changed"] for item in run["make"].items] == [False] * 4 + [True] * 4
    assert len(run["make"].writes) == 4
    for name in ("again", "check"):
        assert not run[name].changed, run[name]
        assert len(run[name].requests) <= 2, run[name]
