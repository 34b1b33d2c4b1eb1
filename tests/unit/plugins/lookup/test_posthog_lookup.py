# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking up one object or field: what is asked, what comes back, where options come from, and what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar

from ansible_collections.community.posthog.tests.unit.plugins.utils import KEY, ORGANIZATION, Reply, Seen, Server

FLAGS = [
    {"id": 1, "key": "new-checkout", "name": "", "filters": {"groups": [{"rollout_percentage": 20}]}},
    {"id": 2, "key": "dark-mode", "name": "", "filters": {}},
]


def look_up(server: Server | None, *terms: Any, variables: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    """What the lookup returns."""
    loader = DataLoader()
    plugin = lookup_loader.get("community.posthog.posthog", loader=loader, templar=Templar(loader=loader))
    if server is not None:
        options = {"host": server.url, "api_key": KEY, "project": "1", "organization": ORGANIZATION, **options}
    found: list[Any] = plugin.run(list(terms), variables=variables or {}, **options)
    return found


def answer(seen: Seen) -> Reply:
    """A PostHog with a few objects."""
    query = dict(seen.query)
    if seen.path.endswith("/feature_flags/"):
        found = [flag for flag in FLAGS if query.get("key", query.get("search", "")) in str(flag["key"])]
        return Reply(200, {"count": len(found), "next": None, "results": found})
    if seen.path.endswith("/cohorts/"):
        return Reply(200, {"count": 2, "next": None, "results": [{"id": 5, "name": "Beta"}, {"id": 6, "name": "Beta"}]})
    if seen.path.endswith("/roles/"):
        return Reply(200, {"count": 1, "next": None, "results": [{"id": ORGANIZATION, "name": "Eng", "members": []}]})
    if seen.path.endswith("/projects/1/"):
        return Reply(200, {"id": 1, "name": "Shop", "organization": ORGANIZATION, "secret_api_token": "phs_hidden"})
    if seen.path.endswith("/projects/"):
        return Reply(200, {"count": 1, "next": None, "results": [{"id": 1, "name": "Shop"}]})
    return Reply(404, {"type": "invalid_request", "code": "not_found", "detail": "Not found.", "attr": None})


@pytest.fixture
def shop(server: Server) -> Server:
    """A PostHog with a few objects."""
    server.script(answer)
    return server


def test_an_object_and_a_field(shop: Server) -> None:
    """The whole object, a field, and a field inside."""
    assert look_up(shop, "feature_flag", "new-checkout")[0]["id"] == 1
    assert look_up(shop, "feature_flag", "dark-mode", field="id") == [2]
    assert look_up(shop, "feature_flag", "new-checkout", field="filters.groups") == [[{"rollout_percentage": 20}]]


def test_several_names_cost_one_list(shop: Server) -> None:
    """Names may be given one by one or as a list."""
    assert look_up(shop, "feature_flag", ["new-checkout", "dark-mode"], field="id") == [1, 2]
    assert len([seen for seen in shop.seen if seen.path.endswith("/feature_flags/")]) == 1


def test_secrets_are_masked(shop: Server) -> None:
    """As in the results of modules."""
    found = look_up(shop, "project", "Shop")[0]
    assert found["name"] == "Shop" and found["secret_api_token"] == "********"


@pytest.mark.parametrize(
    ("terms", "options", "text"),
    [
        ([], {}, "say a type"),
        (["feature_flags", "x"], {}, "'feature_flags' is no type; did you mean feature_flag"),
        (["feature_flag"], {}, "feature_flag: say which one, by its key"),
        (["feature_flag", "new-chekout"], {}, "there is no feature flag 'new-chekout'; did you mean new-checkout"),
        (["feature_flag", "new-checkout"], {"field": "flters"}, "no 'flters'; did you mean filters"),
        (["feature_flag", "new-checkout"], {"feld": "id"}, "'feld' is no option; did you mean field"),
        (["feature_flag", "x"], {"default": 1}, r"'default' is no option; .*errors='ignore' and the filter default"),
        (["feature_flag", "x"], {"organisation": "Acme"}, "'organisation' is no option; did you mean organization"),
        (["cohort", "Beta"], {}, r"2 objects of type cohort are called 'Beta' \(ids 5, 6\); give the id"),
        (["feature_flag", "x"], {"api_key": "phc_x"}, "project token"),
        (["feature_flag", "x"], {"region": "eu"}, "both are given"),
    ],
)
def test_mistakes(shop: Server, terms: list[Any], options: dict[str, Any], text: str) -> None:
    """One sentence, without the key."""
    with pytest.raises(AnsibleError, match=text) as caught:
        look_up(shop, *terms, **options)
    assert KEY not in str(caught.value)


def test_variables_and_environment(shop: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host's variables are used as the inventory sets them; arguments beat them, and they beat the environment."""
    monkeypatch.setenv("POSTHOG_REGION", "us")
    monkeypatch.setenv("POSTHOG_API_KEY", "phx_other")
    monkeypatch.setenv("POSTHOG_TIMEOUT", "")
    variables = {
        "posthog_host": shop.url,
        "posthog_region": None,
        "posthog_api_key": KEY,
        "posthog_project_id": 1,
        "posthog_organization_id": ORGANIZATION,
        "posthog_project": {"of": "another kind"},
    }
    assert look_up(None, "role", "Eng", field="name", variables=variables) == ["Eng"]
    assert look_up(None, "feature_flag", "dark-mode", field="id", variables=variables) == [2]
    assert {seen.headers["authorization"] for seen in shop.seen} == {f"Bearer {KEY}"}
    assert shop.seen[-1].path == "/api/projects/1/feature_flags/"
    look_up(None, "feature_flag", "dark-mode", variables=variables, project="7", api_key="phx_closer")
    assert shop.seen[-1].headers["authorization"] == "Bearer phx_closer"
    assert shop.seen[-1].path == "/api/projects/7/feature_flags/"


def test_no_key(shop: Server) -> None:
    """The message says where a key can come from."""
    with pytest.raises(AnsibleError, match="POSTHOG_API_KEY"):
        look_up(None, "feature_flag", "x")
