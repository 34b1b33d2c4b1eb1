# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory, lookup and connection_info with answers in which something is of another kind: one sentence, no defect."""

from __future__ import annotations

import json
import os
import random
import time
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader, lookup_loader
from ansible.template import Templar

from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import perform
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import handler
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._http import answers as _answers
from ansible_collections.community.posthog.plugins.module_utils._http import waits as _waits
from ansible_collections.community.posthog.plugins.module_utils._http.bodies import decoded
from ansible_collections.community.posthog.tests.unit.plugins.mutations import mutated
from ansible_collections.community.posthog.tests.unit.plugins.utils import KEY, Reply, Seen, Server

ROUNDS = 100

ORGANIZATION: dict[str, t.Any] = {
    "id": "01890000-0000-0000-0000-000000000001",
    "name": "Acme",
    "slug": "acme",
    "membership_level": 8,
    "available_product_features": [{"key": "tagging", "name": "Tagging", "limit": None}],
    "projects": [{"id": 1, "name": "Shop", "timezone": "UTC", "is_demo": False, "api_token": "phc_1"}],
    "teams": [{"id": 1, "name": "Shop", "timezone": "UTC", "is_demo": False, "api_token": "phc_1", "tags": ["a"]}],
}
USER: dict[str, t.Any] = {
    "uuid": "01890000-0000-0000-0000-000000000002",
    "email": "ada@example.com",
    "organization": {"id": ORGANIZATION["id"], "name": "Acme"},
    "organizations": [{"id": ORGANIZATION["id"], "name": "Acme", "membership_level": 8}],
    "team": {"id": 1, "name": "Shop", "organization": ORGANIZATION["id"]},
}
FLAG: dict[str, t.Any] = {"id": 3, "key": "live", "name": "", "active": True, "filters": {"groups": []}, "tags": []}
PROJECT: dict[str, t.Any] = {**ORGANIZATION["teams"][0], "organization": ORGANIZATION["id"], "app_urls": []}


def page(*rows: dict[str, t.Any]) -> dict[str, t.Any]:
    """A list."""
    return {"count": len(rows), "next": None, "previous": None, "results": list(rows)}


def answer(request: Seen) -> Reply:
    """What a PostHog with one organization, one project and one flag answers."""
    path = request.path.partition("?")[0]
    for end, body in (
        ("/feature_flags/", page(FLAG)),
        ("/feature_flags/3/", FLAG),
        ("/users/@me/", USER),
        ("/organizations/", page(ORGANIZATION)),
        ("/organizations/@current/", ORGANIZATION),
        (f"/organizations/{ORGANIZATION['id']}/", ORGANIZATION),
        ("/projects/", page(PROJECT)),
        ("/personal_api_keys/@current/", {"id": "k", "label": "ci", "scopes": ["feature_flag:read"]}),
    ):
        if path.endswith(end):
            return Reply(200, body)
    return Reply(200, PROJECT)


@pytest.fixture
def rng(server: Server, monkeypatch: pytest.MonkeyPatch) -> random.Random:
    """Draws the mutations of half of all answers; repeats come at once."""
    server.script(answer)
    made = random.Random(0)
    monkeypatch.setattr(
        _answers, "decoded", lambda body: mutated(decoded(body), made) if made.random() < 0.5 else decoded(body)
    )
    monkeypatch.setattr(_waits.Waits, "_backoff", lambda self, repeat: 0.0)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    for name, value in (("HOST", server.url), ("API_KEY", KEY), ("RETRIES", "1"), ("RATE_LIMIT", "0")):
        monkeypatch.setenv(f"POSTHOG_{name}", value)
    return made


def judge(message: str, seed: t.Any) -> None:
    """Fail the test where a mistake is told in more than one sentence."""
    assert message and "has a defect" not in message and "Traceback" not in message, f"seed {seed}: {message}"
    assert "object at 0x" not in message, f"seed {seed}: {message}"


def test_inventory(rng: random.Random, tmp_path: Path) -> None:
    """Whatever the answers hold, there are hosts or one sentence."""
    config = {"settings": True, "keyed_groups": [{"key": "posthog_organization_name", "prefix": ""}]}
    path = tmp_path / "x.posthog.yml"
    path.write_text(json.dumps({"plugin": "community.posthog.posthog", **config}), encoding="utf-8")
    good = 0
    for seed in range(ROUNDS):
        rng.seed(seed)
        data = InventoryData()
        try:
            inventory_loader.get("community.posthog.posthog").parse(data, DataLoader(), str(path), cache=False)
            data.reconcile_inventory()
            good += bool(data.hosts)
        except AnsibleError as exc:
            judge(str(exc), seed)
    assert good > ROUNDS / 10, "the inventory is made of some of the answers"


def test_lookup(rng: random.Random) -> None:
    """A value or one sentence."""
    good = 0
    loader = DataLoader()
    for seed in range(ROUNDS):
        rng.seed(seed)
        plugin = lookup_loader.get("community.posthog.posthog", loader=loader, templar=Templar(loader, {}))
        try:
            good += bool(plugin.run(["feature_flag", "live"], variables={}, project="Shop"))
        except AnsibleError as exc:
            judge(str(exc), seed)
    assert good > ROUNDS / 10


def test_connection_info(rng: random.Random) -> None:
    """What the key may do, or one sentence."""
    good = 0
    item = handler("posthog_connection_info")
    for seed in range(ROUNDS):
        rng.seed(seed)
        sessions = Sessions(check_mode=False, warn=lambda text: None)
        params = {"validate_certs": True, "timeout": 5.0, "retries": 1, "max_wait": 10.0, "types": None}
        options = {"host": os.environ["POSTHOG_HOST"], "api_key": KEY}
        done, result = perform(item, sessions, options, {**params, **options})
        good += done
        if not done:
            judge(str(result["msg"]), seed)
        json.dumps(result)
    assert good > ROUNDS / 10
