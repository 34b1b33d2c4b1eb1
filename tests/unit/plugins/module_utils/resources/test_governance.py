# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is special about approvals and identity providers."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.governance import (
    APPROVAL_POLICY,
    CHANGE_REQUEST,
    IDENTITY_PROVIDER_CONFIG,
    span,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

ACME = "01890000-0000-0000-0000-0000000000aa"
PLACE = f"/api/organizations/{ACME}/"
PROVIDERS = f"{PLACE}identity_provider_configs/"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("14d", "14 00:00:00"),
        ("36h", "1 12:00:00"),
        ("90m", "01:30:00"),
        ("2w", "14 00:00:00"),
        ("14 00:00:00", "14 00:00:00"),
        ("36:00:00", "1 12:00:00"),
        ("1 02:03:04.000000", "1 02:03:04"),
        ("soon", "soon"),
        (None, None),
    ],
)
def test_spans_are_written_as_posthog_writes_them(written: Any, kept: Any) -> None:
    assert span(written) == kept


@pytest.mark.parametrize("wrong", ["soon", "14", 14, "14 days", ""])
def test_a_span_that_is_none(wrong: Any) -> None:
    with pytest.raises(InvalidInput, match="expires_after: "):
        read_object(APPROVAL_POLICY, {"action_key": "survey.launch", "expires_after": wrong})


def test_payloads_in_change_requests_are_masked() -> None:
    change = {
        "filters": {"payloads": {"true": "top secret"}, "groups": []},
        "tried": [{"payloads": {"on": "top secret"}}],
    }
    shown = masked(
        CHANGE_REQUEST, {"id": "a", "intent": change, "intent_display": {"after": change}, "result_data": None}
    )
    assert shown is not None and "top secret" not in str(shown)
    assert shown["intent"]["filters"]["groups"] == []


def provider(**shown: Any) -> World:
    """An organization with a provider and two domains."""
    memory = Memory()
    memory.lists[PROVIDERS] = [{"id": "p-1", "name": "Okta", "scim_enabled": False, **shown}]
    memory.lists[f"{PLACE}domains/"] = [{"id": "d-1", "domain": "a.example"}, {"id": "d-2", "domain": "b.example"}]
    return make_world(memory, organization=ACME)


def declare(world: World, **options: Any) -> Outcome:
    """Declare something of it."""
    return Reconciler(world.session, IDENTITY_PROVIDER_CONFIG).present(
        read_object(IDENTITY_PROVIDER_CONFIG, {"name": "Okta", **options})
    )


#: What servers show that keep a list of domains for each kind.
PER_KIND: Obj = {"has_saml": True, "has_scim": True, "has_id_jag": False} | {
    f"{kind}_domain_ids": ["d-1"] for kind in ("saml", "scim", "id_jag")
}


def test_one_list_of_domains() -> None:
    world = provider(organization_domain_ids=["d-1"])
    assert not declare(world, domains=["a.example"]).changed
    assert declare(world, domains=["b.example", "a.example"]).changed
    (write,) = world.memory.writes
    assert write[:2] == ("PATCH", f"{PROVIDERS}p-1/") and set(write[2]["organization_domain_ids"]) == {"d-1", "d-2"}


def test_a_list_of_domains_for_each_kind() -> None:
    """The same declaration, on servers with a request of its own for each kind that the configuration does."""
    world = provider(**PER_KIND)
    world.memory.lists[f"{PROVIDERS}p-1/"] = [{"id": "domains"}]
    assert not declare(world, domains=["a.example"]).changed
    assert declare(world, domains=["b.example"]).changed
    own = [write for write in world.memory.writes if write[1].endswith("/domains/")]
    assert own == [
        ("PATCH", f"{PROVIDERS}p-1/domains/", {"kind": kind, "domain_ids": ["d-2"]}) for kind in ("saml", "scim")
    ]


def test_domains_of_a_configuration_that_does_nothing() -> None:
    world = provider(**{**PER_KIND, "has_saml": False, "has_scim": False})
    with pytest.raises(PostHogFailure, match=r"domains: .*does nothing yet that a domain could use"):
        declare(world, domains=["b.example"])


def test_half_of_saml_is_refused() -> None:
    world = provider(saml_entity_id="e", saml_acs_url=None, saml_x509_cert=None)
    with pytest.raises(InvalidInput, match="saml_x509_cert: is missing; SAML needs saml_entity_id, saml_acs_url and"):
        declare(world, saml_acs_url="https://idp.example.com")
    assert world.memory.writes == []
