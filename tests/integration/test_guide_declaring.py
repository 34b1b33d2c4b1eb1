# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide about names, ends and environments, followed from its beginning to its end; and overlays in both ways."""

from __future__ import annotations

import json

import jsonschema
import yaml
from harness import Harness
from harness.extras import all_ok
from harness.guide import blocks, followed
from harness.playbook import ROOT

PAGE = "guide_declaring.rst"

CONFIG = "community.posthog.posthog_config"


def test_the_guide(posthog: Harness) -> None:
    """A flag is renamed and left alone; production differs where its overlay says so."""
    server = posthog.server
    made = {}
    for name in ("Staging", "Production"):
        made[name] = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": name})["id"]
    group = {"properties": [], "rollout_percentage": 40}
    body = {"key": "new-checkout", "name": "x", "filters": {"groups": [group]}}
    flag = server.api("POST", f"/api/projects/{made['Staging']}/feature_flags/", body)
    runs = followed(posthog, PAGE, posthog.directory / "tree")
    assert len(runs) == 5
    assert 'key: "new-checkout" -> "checkout-2026"' in runs[0].stdout
    flags = {
        name: {item["key"]: item for item in server.api("GET", f"/api/projects/{number}/feature_flags/")["results"]}
        for name, number in made.items()
    }
    assert flags["Staging"]["checkout-2026"]["id"] == flag["id"]
    assert set(flags["Staging"]) == {"checkout-2026", "winter-sale", "kill-switch"}
    assert set(flags["Production"]) == {*flags["Staging"], "production-only"}
    assert flags["Staging"]["winter-sale"]["active"] and not flags["Production"]["winter-sale"]["active"]
    assert flags["Production"]["checkout-2026"]["name"] == "The checkout, for customers"
    place = f"{posthog.directory}/tree/overlays/production/"
    assert f'name: "The checkout, for customers" (from {place})' in runs[3].stdout
    # The rollout was set back by the first run, as the page has it, and is left alone from the second file on.
    server.api(
        "PATCH",
        f"/api/projects/{made['Staging']}/feature_flags/{flag['id']}/",
        {"filters": {"groups": [{"properties": [], "rollout_percentage": 70}]}},
    )
    task = {CONFIG: {"project": "Staging", "src": f"{posthog.directory}/tree/posthog"}, "name": "Again"}
    assert not all_ok(posthog.run([task]))[0].changed


def test_its_files_keep_to_the_schemas() -> None:
    """Editors complain of none of them."""
    for kind, caption, text in blocks(PAGE):
        if kind == "yaml":
            name = "posthog-overlay.json" if "overlays" in caption else "posthog.json"
            schema = json.loads((ROOT / "schemas" / name).read_text(encoding="utf-8"))
            found = json.loads(json.dumps(yaml.safe_load(text), default=str))
            assert not list(jsonschema.Draft202012Validator(schema).iter_errors(found)), caption


def test_overlays_in_both_ways(posthog: Harness, in_process: bool) -> None:
    """Files and variables below, and two overlays over them; in check mode and when applied."""
    place = posthog.directory
    (place / "base.yml").write_text("feature_flags:\n  - key: one\n    name: '{{ who }}'\n", encoding="utf-8")
    (place / "one.yml").write_text("feature_flags:\n  - key: one\n    active: false\n", encoding="utf-8")
    (place / "two.yml").write_text(
        "feature_flags:\n  - key: one\n    name: '{{ who }}, too'\ncohorts:\n  - name: Beta\n    description: x\n",
        encoding="utf-8",
    )
    options = {
        "config": {"cohorts": [{"name": "Beta", "is_static": True}]},
        "src": str(place / "base.yml"),
        "overlays": [str(place / "one.yml"), str(place / "two.yml")],
    }
    task = {CONFIG: options, "name": "Overlays"}
    plan = all_ok(posthog.run([task], in_process=in_process, check=True, variables={"who": "me"}))[0]
    layers = {
        (entry["name"], change["path"]): change.get("layer")
        for entry in plan.result["plan"]
        for change in entry["changes"]
    }
    assert layers["one", "name"] == layers["Beta", "description"] == str(place / "two.yml")
    assert layers["one", "active"] == str(place / "one.yml") and layers["Beta", "is_static"] is None
    done = all_ok(posthog.run([task], in_process=in_process, variables={"who": "me"}))[0]
    assert done.result["counts"]["created"] == 2 and done.result["plan"] == plan.result["plan"]
    flag = posthog.server.api("GET", "feature_flags/")["results"][0]
    assert (flag["name"], flag["active"]) == ("me, too", False)
    task = {CONFIG: {**options, "overlays": "nowhere"}, "name": "Missing"}
    missing = posthog.run([task], in_process=in_process, variables={"who": "me"})[0]
    assert missing.failed and missing.msg.startswith("overlays: there is no file or directory nowhere")
