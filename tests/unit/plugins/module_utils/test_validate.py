# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: what is judged without PostHog, and that nothing is sent."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._handlers.config import ConfigHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import perform
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import handler
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._http.offline import Offline, OfflineClient


@pytest.fixture(autouse=True)
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may open a connection, or ask for an address."""

    def refuse(*args: Any, **more: Any) -> Any:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def check(*documents: Mapping[str, Any], **options: Any) -> tuple[bool, dict[str, Any], list[str]]:
    """What the module says: whether all is well, its result, and its warnings."""
    item = handler("posthog_config")
    assert isinstance(item, ConfigHandler)
    warnings: list[str] = []
    sessions = Sessions(check_mode=False, warn=warnings.append)
    raw = {"config": list(documents), "offline": True, **options}
    good, result = perform(item, sessions, raw, {"max_deletions": "10", **raw})
    sessions.close()
    return good, result, warnings


def paths(*documents: Mapping[str, Any], **options: Any) -> list[str]:
    """Where the mistakes are."""
    good, result, _warnings = check(*documents, **options)
    assert not good
    return sorted(item["path"] for item in result["mistakes"])


def cohort(name: str, *of: str) -> dict[str, Any]:
    """A cohort of those who are in others."""
    values = [{"type": "cohort", "key": "id", "value": other} for other in of]
    return {"name": name, "filters": {"properties": {"type": "AND", "values": [{"type": "AND", "values": values}]}}}


def flag(key: str, *cohorts: str, **more: Any) -> dict[str, Any]:
    """A flag for those who are in cohorts."""
    properties = [{"type": "cohort", "key": "id", "value": name} for name in cohorts]
    return {"key": key, "filters": {"groups": [{"properties": properties}]}, **more}


def test_what_is_right() -> None:
    good, result, warnings = check(
        {"feature_flags": [flag("a", "Beta"), flag("b", "Elsewhere in PostHog")], "cohorts": [cohort("Beta")]},
        {"project": "Other", "feature_flags": [flag("a", "Beta")]},
        {"organization": "Acme", "members": [{"email": "ada@example.com"}]},
    )
    assert good and not warnings, (result, warnings)
    assert result["checked"] == {"feature_flags": 3, "cohorts": 1, "members": 1} and not result["changed"]
    assert result["msg"] == "5 objects checked without PostHog, no mistake found"


def test_everything_that_files_tell() -> None:
    found = paths(
        {
            "feature_flags": [
                flag("typo", actve=True),
                {"key": "nested", "filters": {"groups": [{"propertys": []}]}},
                flag("twice"),
                flag("twice"),
                flag("uses", "Gone"),
            ],
            "cohorts": [{"name": "Gone", "state": "absent"}, cohort("A", "B"), cohort("B", "A")],
            "feature_flag": [],
        },
        purge=["nothing", "projects"],
        max_deletions="many",
    )
    assert found == [
        "cohorts[1]",
        "feature_flag",
        "feature_flags[0].actve",
        "feature_flags[1].filters.groups[0].propertys",
        "feature_flags[3]",
        "feature_flags[4].filters.groups[0].properties[0].value",
        "max_deletions",
        "purge[0]",
        "purge[1]",
    ]


def test_names_that_are_nearly_declared_are_warnings() -> None:
    good, _result, warnings = check(
        {"feature_flags": [flag("a", "Beta tester"), flag("b", "Bet"), flag("c", "Somebody else")]},
        {"cohorts": [cohort("Beta testers")]},
    )
    assert good and len(warnings) == 1
    assert "no cohort 'Beta tester' is declared; did you mean 'Beta testers'?" in warnings[0]


def test_a_name_of_another_project_is_no_mistake() -> None:
    good, _result, warnings = check(
        {"project": "One", "cohorts": [{"name": "Gone", "state": "absent"}]},
        {"project": "Two", "feature_flags": [flag("a", "Gone")]},
    )
    assert good and not warnings


def test_no_option_of_the_connection_matters() -> None:
    good, result, _warnings = check({"cohorts": [cohort("A")]}, api_key="phc_token", region="eu", host="http://x")
    assert good, result


def test_nothing_is_sent() -> None:
    client = OfflineClient()
    for send in (
        lambda: client.get("/api/users/@me/"),
        lambda: client.objects("/api/projects/1/cohorts/"),
        lambda: client.request("POST", "/api/projects/1/cohorts/", json={}),
        lambda: client.keyless("https://eu.posthog.com").get("/x"),
    ):
        with pytest.raises(Offline):
            send()
