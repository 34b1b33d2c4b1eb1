# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the connection options and the environment make of each other, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._http.options import (
    connection,
    connection_spec,
    without_empty,
)

KEY = "phx_abcdefghij"


def connected(**task: Any) -> Connection:
    """The connection of a task that says this."""
    raw = without_empty({"api_key": KEY, **task})
    checked = ArgumentSpecValidator(connection_spec()).validate(raw)
    assert not checked.error_messages, checked.error_messages
    return connection(raw, checked.validated_parameters)


def refused(**task: Any) -> str:
    """Why a task is refused."""
    with pytest.raises(PostHogFailure) as caught:
        connected(**task)
    return caught.value.message


def test_defaults() -> None:
    assert connected() == Connection("https://us.posthog.com", KEY, True, 30.0, 5, 300.0, 480)


@pytest.mark.parametrize(
    ("task", "limit", "learns"),
    [
        ({}, 480, False),
        ({"region": "eu"}, 480, False),
        ({"host": "https://US.posthog.com/"}, 480, False),
        ({"host": "https://app.posthog.com"}, 480, False),
        ({"host": "https://posthog.example.com"}, 0, True),
        ({"host": "https://us.posthog.com.example.com"}, 0, True),
        ({"host": "https://posthog.example.com", "rate_limit": 480}, 480, False),
        ({"host": "https://posthog.example.com", "rate_limit": 0}, 0, False),
        ({"rate_limit": 0}, 0, False),
    ],
)
def test_whose_limit(task: dict[str, Any], limit: int, learns: bool) -> None:
    """PostHog Cloud limits every key; whether a host of one's own does is learnt, unless it is said."""
    found = connected(**task)
    assert (found.rate_limit, found.learns_limit) == (limit, learns)


@pytest.mark.parametrize("region", ["us", "eu"])
def test_regions(region: str) -> None:
    assert connected(region=region).host == f"https://{region}.posthog.com"


def test_unknown_region_is_refused_by_the_validator() -> None:
    checked = ArgumentSpecValidator(connection_spec()).validate({"region": "mars"})
    assert "eu, us" in checked.error_messages[0]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("https://posthog.example.com", "https://posthog.example.com"),
        ("https://posthog.example.com/", "https://posthog.example.com"),
        ("https://posthog.example.com:8443/below//", "https://posthog.example.com:8443/below"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://eu.posthog.com", "https://eu.posthog.com"),
    ],
)
def test_hosts(host: str, expected: str) -> None:
    assert connected(host=host).host == expected


@pytest.mark.parametrize(
    "host", ["posthog.example.com", "posthog.example.com:8000", "//posthog.example.com", "ftp://x.y"]
)
def test_a_host_without_a_scheme(host: str) -> None:
    message = refused(host=host)
    assert message.startswith("host: ")
    assert "https://" in message


@pytest.mark.parametrize(
    ("host", "right"),
    [
        ("https://eu.posthog.com/api", "give only https://eu.posthog.com"),
        ("https://eu.posthog.com/project/12/feature_flags", "https://eu.posthog.com, and project: 12 beside it"),
        ("https://us.posthog.com/insights", "give only https://us.posthog.com"),
        ("https://posthog.example.com/api/", "give only https://posthog.example.com"),
        (
            "https://posthog.example.com:8443/below/api/projects/7/",
            "example.com:8443/below, and project: 7 beside it",
        ),
        ("https://posthog.example.com/organization/settings", "give only https://posthog.example.com"),
        ("http://localhost:8000/project/1", "give only http://localhost:8000, and project: 1 beside it"),
    ],
)
def test_the_address_of_a_page_in_place_of_a_host(host: str, right: str) -> None:
    """It is what stands in the browser, and every request would go astray."""
    message = refused(host=host)
    assert message.startswith("host: ") and right in message


@pytest.mark.parametrize("host", ["https://", "https:///api", "https://:443", "https://[::1", "https://[nonsense]/"])
def test_a_host_that_is_none_is_a_sentence(host: str) -> None:
    assert refused(host=host).startswith("host: ")


@pytest.mark.parametrize(
    "host",
    [
        "http://posthog.example.com",
        "http://10.0.0.1:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0:8000",
        "HTTP://posthog.example.com",
    ],
)
def test_plain_http_is_for_loopback(host: str) -> None:
    assert "plain http" in refused(host=host)


@pytest.mark.parametrize(
    "host",
    [
        "https://ada:Passw0rdOfMine@posthog.example.com",
        "https://Passw0rdOfMine@posthog.example.com",
        "http://localhost:Passw0rdOfMine@posthog.example.com",
        "http://ada:Passw0rdOfMine@posthog.example.com",
        "https://posthog.example.com/?personal_api_key=Passw0rdOfMine",
        "https://posthog.example.com/#Passw0rdOfMine",
        "ada:Passw0rdOfMine@posthog.example.com",
        "//ada:Passw0rdOfMine@posthog.example.com",
        "ftp://ada:Passw0rdOfMine@posthog.example.com",
        "https//ada:Passw0rdOfMine@posthog.example.com",
    ],
)
def test_credentials_in_the_host_are_refused_and_not_repeated(host: str) -> None:
    message = refused(host=host)
    assert message.startswith("host: ")
    assert "Passw0rdOfMine" not in message


@pytest.mark.parametrize("region", ["us", "eu"])
def test_ingestion_hosts(region: str) -> None:
    message = refused(host=f"https://{region}.i.posthog.com")
    assert f"region: {region}" in message
    assert "events only" in message


def test_region_and_host() -> None:
    message = refused(region="eu", host="https://posthog.example.com")
    assert message.startswith("region, host: both are given")


def test_region_and_host_that_say_the_same() -> None:
    """The variables of an inventory's hosts hold both."""
    assert connected(region="eu", host="https://eu.posthog.com/").host == "https://eu.posthog.com"
    assert refused(region="us", host="https://eu.posthog.com").startswith("region, host: both are given")


def test_region_and_host_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTHOG_REGION", "eu")
    monkeypatch.setenv("POSTHOG_HOST", "https://posthog.example.com")
    message = refused()
    assert "POSTHOG_REGION" in message and "POSTHOG_HOST" in message


def test_the_task_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTHOG_HOST", "https://posthog.example.com")
    assert connected(region="eu").host == "https://eu.posthog.com"
    monkeypatch.setenv("POSTHOG_REGION", "us")
    assert connected(region="eu").host == "https://eu.posthog.com"
    assert connected(host="https://other.example.com").host == "https://other.example.com"


def test_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "POSTHOG_API_KEY": "phx_fromtheenvironment",
        "POSTHOG_REGION": "eu",
        "POSTHOG_VALIDATE_CERTS": "no",
        "POSTHOG_TIMEOUT": "7.5",
        "POSTHOG_RETRIES": "2",
        "POSTHOG_MAX_WAIT": "60",
        "POSTHOG_RATE_LIMIT": "100",
    }.items():
        monkeypatch.setenv(name, value)
    found = connected(api_key=None)
    assert found == Connection("https://eu.posthog.com", "phx_fromtheenvironment", False, 7.5, 2, 60.0, 100)


def test_empty_variables_are_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "REGION", "CA_PATH", "TIMEOUT", "RETRIES", "MAX_WAIT", "RATE_LIMIT", "VALIDATE_CERTS"):
        monkeypatch.setenv(f"POSTHOG_{name}", "")
    assert connected() == Connection("https://us.posthog.com", KEY, True, 30.0, 5, 300.0, 480)


@pytest.mark.parametrize("name", sorted(connection_spec()))
@pytest.mark.parametrize("empty", ["", None])
def test_empty_options_are_unset(name: str, empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTHOG_API_KEY", KEY)
    assert connected(**{name: empty}).api_key == KEY


@pytest.mark.parametrize("key", [None, "", "   ", "\n"])
def test_no_key(key: str | None) -> None:
    message = refused(api_key=key)
    assert "no API key" in message
    assert "POSTHOG_API_KEY" in message


@pytest.mark.parametrize(("key", "word"), [("phc_abc123", "project token"), ("phs_abc123", "project secret key")])
@pytest.mark.parametrize("around", ["", " ", "\n"])
def test_keys_of_another_kind_are_refused_by_name(key: str, word: str, around: str) -> None:
    message = refused(api_key=f"{around}{key}{around}")
    assert word in message
    assert "personal API key" in message
    assert key not in message


@pytest.mark.parametrize("key", ["phx_abc def", "phx_abc\ndef", "phx_ä", "phx_\x00"])
def test_keys_that_no_header_takes(key: str) -> None:
    message = refused(api_key=key)
    assert message.startswith("api_key: ")
    assert key not in message


def test_blanks_around_a_key_do_not_matter() -> None:
    assert connected(api_key=f"  {KEY}\n").api_key == KEY


@pytest.mark.parametrize(
    ("name", "value"), [("timeout", 0), ("timeout", -1), ("max_wait", 0), ("retries", -1), ("rate_limit", -5)]
)
def test_numbers_out_of_range(name: str, value: int) -> None:
    assert refused(**{name: value}).startswith(f"{name}: ")


@pytest.mark.parametrize("name", ["timeout", "max_wait"])
def test_limits_that_are_no_numbers(name: str) -> None:
    """C(nan) compares with nothing, so no limit would ever be reached."""
    assert refused(**{name: "nan"}).startswith(f"{name}: ")


def test_ca_path(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.touch()
    assert connected(ca_path=str(bundle)).verify == str(bundle)
    assert connected(ca_path=str(bundle), validate_certs=False).verify is False
    assert "does not exist" in refused(ca_path=str(tmp_path / "missing.pem"))
