# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is masked, where, and what is left alone."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.community.posthog.plugins.module_utils._engine import secrets as _secrets
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import (
    masked,
    secret_texts,
    suspected_texts,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import (
    HIDDEN,
    MASK,
    guarded,
    invocation,
    mistyped,
    register,
    short_options,
    without_secrets,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import handler
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import resource

LONG = "canary-secret"
SPEC: dict[str, t.Any] = {
    "api_key": {"type": "str", "no_log": True},
    "password": {"type": "str", "no_log": True, "aliases": ["pw"]},
    "name": {"type": "str"},
    "keys": {"type": "list", "no_log": False},
}


@pytest.mark.parametrize("short", ["1", "app", "on"])
def test_short_secrets_are_not_masked_inside_words(short: str) -> None:
    """Ids, times, paths and words that hold them stay whole; a word of its own does not show."""
    texts = [
        f"0{short}5a22",
        f"{short}s",
        f"x/{short}/y",
        f"2026-{short}-28",
        f"a{short}",
        f"1.{short}.2",
        f"{short}-x",
    ]
    assert without_secrets({"texts": texts, "id": 1, "on": True}, {short}) == {"texts": texts, "id": 1, "on": True}
    assert without_secrets([f"the value {short} is bad", f"'{short}'."], {short}) == [
        f"the value {MASK} is bad",
        f"'{MASK}'.",
    ]
    assert without_secrets(short, {short}) == HIDDEN


def test_long_secrets_are_masked_anywhere() -> None:
    """In texts at every depth, also where one secret holds another, and as numbers."""
    value = {"a": [f"x{LONG}y", {"b": (LONG, 12345678)}], "n": None, "t": f"{LONG}{LONG}-more"}
    assert without_secrets(value, {LONG, "12345678", f"{LONG}-more"}) == {
        "a": [f"x{MASK}y", {"b": [HIDDEN, HIDDEN]}],
        "n": None,
        "t": f"{MASK}{MASK}",
    }


def test_without_secrets_nothing_changes() -> None:
    """An empty text is none."""
    value = {"a": ["", 0, False]}
    assert without_secrets(value, ()) is value
    assert without_secrets(value, {""}) is value


@pytest.mark.parametrize("name", ["apikey", "api_kye", "pasword", "passwd", "api-key", "secret_token"])
def test_mistyped_secret_options_do_not_show(name: str) -> None:
    """Neither in the invocation nor elsewhere."""
    given = {name: LONG, "name": "x", "nonsense": "whatever"}
    found = mistyped(SPEC, given)
    assert found == {LONG}
    shown = invocation(SPEC, given, found)["module_args"]
    assert shown == {name: HIDDEN, "name": "x", "nonsense": HIDDEN}


def test_invocation_hides_secret_options_under_each_name() -> None:
    """However short they are; Ansible's own are not there."""
    given = {"api_key": "k", "pw": "app", "keys": ["a"], "name": f"x {LONG}", "_ansible_no_log": False}
    assert invocation(SPEC, given, {LONG})["module_args"] == {
        "api_key": HIDDEN,
        "pw": HIDDEN,
        "keys": ["a"],
        "name": f"x {MASK}",
    }


def test_ansible_does_not_learn_short_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would mask them inside words, in what other tasks print too."""
    given = {"pw": "app", "api_key": LONG}
    assert short_options(SPEC, given) == {"pw": "app"}
    spec = guarded(SPEC, given)
    assert (spec["password"]["no_log"], spec["api_key"]["no_log"]) == (False, True)
    assert SPEC["password"]["no_log"] is True
    seen: list[str] = []
    monkeypatch.setattr(_secrets, "_register_secrets", seen.extend)
    register(["app", LONG])
    assert seen == [LONG]


SOURCE: dict[str, t.Any] = {
    "host": "db.example.com",
    "port": 5432,
    "database": "analytics",
    "user": "reader",
    "schema": "public",
    "password": "canary-password",
    "pasword": "canary-mistyped",
    "ssh_tunnel": {
        "enabled": True,
        "host": "bastion.example.com",
        "auth_type": {"selection": "keypair", "username": "tunnel", "private_key": "canary-key"},
    },
}


@pytest.mark.parametrize("name", ["job_inputs", "payload"])
def test_only_credentials_of_a_source_are_secret(name: str) -> None:
    """A database called analytics stays readable in everything else that is printed."""
    table = resource("external_data_source")
    raw = {"source_type": "Postgres", name: SOURCE}
    assert secret_texts(None, table, raw, None) == {"canary-password", "canary-mistyped", "canary-key"}
    assert ResourceHandler(table).spec()["argument_spec"]["job_inputs"]["no_log"] is False
    assert suspected_texts(table, {name: "canary-no-document"}) == {"canary-no-document"}


def test_what_posthog_shows_of_a_source_is_no_secret() -> None:
    """It knows its own forms better than a table."""
    table = resource("external_data_source")
    raw = {"job_inputs": {"new_field": "shown-by-posthog", "new_secret": "hidden-by-it"}}
    current = {"job_inputs": {"new_field": "shown-before", "new_secret": None}}
    assert secret_texts(None, table, raw, current) == {"hidden-by-it"}


HOOK = "https://hooks.example.com/services/canary-of-a-webhook"


@pytest.mark.parametrize(
    ("kind", "obj"),
    [
        (
            "hog_function",
            {
                "name": "x",
                "type": "destination",
                "inputs_schema": [],
                "inputs": {"url": {"value": HOOK, "bytecode": ["_H", HOOK], "order": 0}, "body": {"value": "kept"}},
            },
        ),
        ("hog_function", {"name": "x", "inputs": {"webhookUrl": HOOK}}),
        ("hog_function", {"name": "x", "mappings": [{"name": "m", "inputs": {"url": {"value": HOOK}}}]}),
        ("hog_flow", {"name": "x", "actions": [{"id": "a", "config": {"inputs": {"url": {"value": HOOK}}}}]}),
        ("project", {"name": "x", "slack_incoming_webhook": HOOK}),
    ],
)
def test_addresses_of_webhooks_are_secrets(kind: str, obj: dict[str, t.Any]) -> None:
    """They hold a token, whether PostHog shows them or not."""
    table = resource(kind)
    shown = str(masked(table, obj))
    assert "canary-of-a-webhook" not in shown and MASK in shown and "'x'" in shown
    assert HOOK in secret_texts(None, table, obj, None)
    assert HOOK in secret_texts(None, table, {}, obj)


def test_headers_that_prove_who_sends_are_secrets() -> None:
    """PostHog's template does not take them for secrets; what it fills in for each event is none."""
    headers = {"Authorization": "Bearer canary", "Accept": "text/plain", "X-Token": "{person.properties.token}"}
    obj: dict[str, t.Any] = {"name": "x", "inputs": {"headers": {"value": headers}}, "inputs_schema": []}
    shown = masked(resource("hog_function"), obj)
    assert shown["inputs"]["headers"]["value"] == {**headers, "Authorization": MASK}
    assert "Bearer canary" in secret_texts(None, resource("hog_function"), obj, None)


def test_other_addresses_are_none() -> None:
    """One without a token, and that of a person."""
    obj: dict[str, t.Any] = {"name": "x", "inputs": {"url": {"value": "https://example.com"}}, "inputs_schema": []}
    assert masked(resource("hog_function"), obj) == obj


@pytest.mark.parametrize("secret", ["app", "1", 1234, ["a"]])
def test_short_secrets_in_documents_are_hidden_by_their_place(secret: t.Any) -> None:
    """A text of three letters is looked for nowhere, so its place says that it is not to be shown."""
    given = {"source_type": "Postgres", "job_inputs": {"host": "app", "password": secret, "port": 5432}}
    shown = {"source_type": "Postgres", "job_inputs": {"host": "app", "password": HIDDEN, "port": 5432}}
    assert handler("posthog_external_data_source").hidden(given) == shown
    assert given["job_inputs"]["password"] == secret, "the options themselves stay as they are"
    for config in ({"external_data_sources": [given]}, [{"external_data_sources": [given]}]):
        hidden = handler("posthog_config").hidden({"config": config, "src": None})["config"]
        assert (hidden if isinstance(hidden, list) else [hidden]) == [{"external_data_sources": [shown]}]
