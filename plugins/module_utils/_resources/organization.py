# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Organizations, their people (members, invites, roles and who has them), their domains and proxies.

Private to this collection: it may change without notice. Facts: API.md chapter 5, organization, organization_member,
organization_invite, role, role_membership, organization_domain, proxy_record.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, as_object
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import LetIn, Loosened, Opened, Raised
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import Parent
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Several, StandIn
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import (
    Listing,
    Purging,
    Resource,
    Scope,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    ListOf,
    Reference,
    Text,
    Word,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

#: Levels of membership (API.md 5, organization_member).
LEVELS = {"member": 1, "admin": 8, "owner": 15}

_EMAIL = (r"[^@\s]+@[^@\s]+", "an e-mail address")


def _level_can_be_given(
    session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """Nobody can give a level above their own, or change their own; PostHog says so in several ways (API.md 5)."""
    level = values.get("level")
    if level is None or (current is not None and current.get("level") == level):
        return
    if current is not None and dig(current, "user.uuid") and dig(current, "user.uuid") == session.me().get("uuid"):
        yield "level", "this is the key's own user, and nobody can change their own level; another admin can"
        return
    own = session.organization().get("membership_level")
    if isinstance(own, int) and level > own:
        words = {number: word for word, number in LEVELS.items()}
        yield "level", f"{words[level]} is above the level of the key's own user, who is {words.get(own, own)} here"


class Organizations(Endpoint):
    """A list that servers of 2024 cannot give; there the user's own object tells what is in it."""

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        try:
            return super().objects(collection, params)
        except ApiError as exc:
            if exc.status != 500:
                raise
        path = "/api/users/@me/"
        listed = as_object(collection.session.client.get(path), path).get("organizations")
        return [item for item in (listed if isinstance(listed, list) else []) if isinstance(item, dict)]


ORGANIZATION = Resource(
    type="organization",
    plural="organizations",
    scope=Scope.INSTANCE,
    path="organizations/",
    identity=Identity("name", ("name",)),
    # A slug, too, says which one is meant.
    other_ids=("slug",),
    retrievable=False,
    listing=Listing(varies=True),
    purging=Purging(allowed=False),
    scopes=("organization:read", "organization:write"),
    order=0,
    endpoint=Organizations(),
    references_inside="organization",
    hazards=(
        Loosened("enforce_2fa"),
        Opened("members_can_invite"),
        Opened("members_can_use_personal_api_keys"),
        Opened("members_can_create_projects"),
        Opened("members_can_see_org_members"),
        Loosened("enforce_verified_domains"),
        Loosened("read_only_mcp_access"),
        Opened("allow_publicly_shared_resources"),
        Opened("default_role_id"),
    ),
    create_warning=(
        "PostHog made the key's owner the owner of the new organization, made a default project in it, and made both "
        "the current ones of the key's owner, so @current, the default of the options organization and project, means "
        "them from now on; name organization and project in the tasks that follow"
    ),
    fields=(
        Text("name", required=True, max_length=64),
        Text("logo_media_id", nullable=True, since="2025"),
        Bool("is_member_join_email_enabled"),
        Bool("enforce_2fa", nullable=True),
        Bool("members_can_invite", nullable=True, since="2025"),
        Bool("members_can_use_personal_api_keys", since="2025"),
        Bool("allow_publicly_shared_resources", since="2025"),
        Bool("is_ai_data_processing_approved", nullable=True, since="2025"),
        Choice("default_experiment_stats_method", ["bayesian", "frequentist"], nullable=True, since="2025"),
        Bool("default_anonymize_ips", since="2026"),
        Bool("enforce_verified_domains", nullable=True, since="2026"),
        Bool("is_ai_training_opted_in", nullable=True, since="2026"),
        Bool("members_can_create_projects", nullable=True, since="2026"),
        Bool("members_can_see_org_members", since="2026"),
        Bool("read_only_mcp_access", nullable=True, since="2026"),
        Reference(
            "default_role",
            Ref("role"),
            api="default_role_id",
            aliases=("default_role_id",),
            nullable=True,
            since="2025",
        ),
    ),
)

INVITE = Resource(
    type="invite",
    plural="invites",
    scope=Scope.ORGANIZATION,
    path="invites/",
    # An older invite for the same address is replaced by a new one (2026), or stands beside it (2024).
    identity=Identity("target_email", ("target_email",), casefold=True),
    scopes=("organization_member:read", "organization_member:write"),
    order=4,
    retrievable=False,
    replaceable=True,
    alive=lambda obj: not obj.get("is_expired"),
    turns_into="member",
    access=True,
    hazards=(LetIn(),),
    guards=(_level_can_be_given,),
    fields=(
        Text("target_email", required=True, pattern=_EMAIL, casefold=True),
        Text("first_name", max_length=30, write_only=True),
        Word("level", LEVELS, default=1, since="2025"),
        # Ansible reserves the name message.
        Text("invite_message", api="message", write_only=True),
        ListOf(
            "private_project_access",
            Document("access", [Anything("id", required=True), Word("level", {"member": 1, "admin": 8})]),
            write_only=True,
            refs=(NestedRef({}, "id", Ref("project")),),
        ),
        Bool("send_email", write_only=True),
        Bool("combine_pending_invites", write_only=True),
    ),
)

MEMBER = Resource(
    type="member",
    plural="members",
    terraform={"organization_member": {}},
    scope=Scope.ORGANIZATION,
    path="members/",
    identity=Identity("email", ("user.email",), unique=True, casefold=True),
    scopes=("organization_member:read", "organization_member:write"),
    order=4,
    access=True,
    hazards=(Raised("level", {level: level for level in LEVELS.values()}),),
    # URLs take the user's UUID, access rules the membership's, alerts the user's number.
    id_path="user.uuid",
    other_ids=("id", "user.id"),
    retrievable=False,
    creatable=False,
    stand_in=StandIn(
        "invite",
        {
            "target_email": "email",
            "level": "level",
            "first_name": "first_name",
            "invite_message": "invite_message",
            "send_email": "send_email",
        },
        switch="invite",
        remedy="sends an invite",
    ),
    guards=(_level_can_be_given,),
    purging=Purging(never=lambda session, obj: str(dig(obj, "user.uuid")) == str(session.me().get("uuid"))),
    fields=(
        Text("email", required=True, pattern=_EMAIL, read=("user.email",), casefold=True, create_only=True),
        Word("level", LEVELS, default=1),
        Text("first_name", max_length=30, write_only=True),
        Text("invite_message", write_only=True),
        Bool("send_email", write_only=True),
    ),
)

ROLE = Resource(
    type="role",
    plural="roles",
    scope=Scope.ORGANIZATION,
    path="roles/",
    identity=Identity("name", ("name",), unique=True, casefold=True),
    scopes=("organization:read", "organization:write"),
    order=2,
    access=True,
    fields=(Text("name", required=True, max_length=200),),
)

ROLE_MEMBERSHIP = Resource(
    type="role_membership",
    plural="role_memberships",
    scope=Scope.ORGANIZATION,
    path="roles/{parent}/role_memberships/",
    # The list of roles embeds the memberships of every role, so nothing more is read to compare.
    parent=Parent("role", "role", embedded="members"),
    identity=Identity(
        "organization_member",
        ("user.email", "user.uuid", "user.id", "organization_member.id"),
        unique=True,
        casefold=True,
    ),
    scopes=("organization:read", "organization:write"),
    order=5,
    access=True,
    hazards=(LetIn(),),
    several=Several("organization_members", "organization_member", "exclusive"),
    fields=(
        Reference("role", Ref("role"), required=True),
        Reference(
            "organization_member",
            Ref("member", value="user.uuid", name_at="user.email"),
            required=True,
            api="user_uuid",
            read=("user.uuid",),
        ),
    ),
)


_DOMAIN = (r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", "a domain such as example.com")

#: What a domain takes only once it is verified.
_VERIFIED = ("jit_provisioning_enabled", "sso_enforcement")


def _only_when_verified(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """Until the organization has shown that the domain is its own, PostHog ignores or refuses these."""
    if current is not None and current.get("is_verified"):
        return
    first = "declare the domain without it first; then have it verified" if current is None else "have it verified"
    for name in _VERIFIED:
        if values.get(name):
            text = (
                f"only a verified domain takes this: {first} in PostHog (Organization settings, Authentication "
                "domains), which asks for a TXT record of the domain with the value of verification_challenge"
            )
            yield name, text


ORGANIZATION_DOMAIN = Resource(
    type="organization_domain",
    plural="organization_domains",
    scope=Scope.ORGANIZATION,
    path="domains/",
    identity=Identity("domain", ("domain",), unique=True, casefold=True),
    scopes=("organization:read", "organization:write"),
    order=1,
    guards=(_only_when_verified,),
    access=True,
    hazards=(Opened("jit_provisioning_enabled"), Loosened("sso_enforcement")),
    fields=(
        Text("domain", required=True, create_only=True, lower=True, max_length=128, pattern=_DOMAIN),
        Bool("jit_provisioning_enabled", default=False),
        Text("sso_enforcement", default="", null_as="", max_length=28),
        Text("identity_provider_config", nullable=True, since="2026"),
    ),
)


def _without_dot(options: dict[str, t.Any], _problems: Problems) -> None:
    """A domain's trailing dot, which is right in DNS, is none of its name here."""
    name = options.get("domain")
    if isinstance(name, str) and name.endswith("."):
        options["domain"] = name[:-1]


PROXY_RECORD = Resource(
    type="proxy_record",
    plural="proxy_records",
    scope=Scope.ORGANIZATION,
    path="proxy_records/",
    identity=Identity("domain", ("domain",), unique=True, casefold=True),
    scopes=("organization:read", "organization:write"),
    order=2,
    since="2025",
    # One that was in use goes on being shown until it is taken down.
    alive=lambda obj: obj.get("status") != "deleting",
    prepare=_without_dot,
    fields=(Text("domain", required=True, create_only=True, lower=True, max_length=64, pattern=_DOMAIN),),
)
