# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The key's own user, and what is only read: keys, activity, tags, comments; and integrations.

Private to this collection: it may change without notice. Facts: API.md chapter 5, user, personal_api_key,
activity_log, tag, comment, integration.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, PostHogFailure, as_object
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Endpoint, Singleton
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import SecretPart, SecretPaths
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Listing, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Bool,
    Choice,
    Open,
    Reference,
    Text,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

#: Kinds that somebody connects by logging in to the other service in a browser (API.md 5, integration).
BROWSER_KINDS = frozenset(
    (
        "bing-ads", "clickup", "github", "google-ads", "google-analytics", "google-search-console", "google-sheets",
        "hubspot", "intercom", "jira", "linear", "linkedin-ads", "meta-ads", "pinterest-ads", "reddit-ads",
        "salesforce", "slack", "snapchat", "stripe", "tiktok-ads",
    )
)  # fmt: skip


#: What in the keys of an account is no secret; it often is the name that PostHog gives the integration.
PLAIN = frozenset(
    (
        "account", "account_name", "account_sid", "bundle_id", "client_email", "client_id", "database", "domain",
        "email", "endpoint_url", "host", "hostname", "mail_from_subdomain", "name", "port", "project_id", "provider",
        "region", "role", "schema", "server_hostname", "service_account_email", "site", "team_id", "token_uri", "user",
        "warehouse",
    )
)  # fmt: skip


def _keys(
    _session: Lookup | None, declared: t.Mapping[str, t.Any], _current: t.Mapping[str, t.Any] | None
) -> SecretPaths:
    config = declared.get("config")
    return [(key,) for key in config if key not in PLAIN] if isinstance(config, dict) else []


class Connect(Endpoint):
    """A POST connects an account, or takes new keys for one that is connected already; there is no PATCH.

    PostHog itself names what was connected, after the account that it found there.
    """

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        wanted = body.pop("display_name", None)
        answer = self._post(collection, body)
        shown = answer.get("display_name") if isinstance(answer, dict) else wanted
        if wanted is not None and shown != wanted:
            raise PostHogFailure(
                f"display_name: the integration was connected, but PostHog calls it {shown!r} and not {wanted!r}; "
                f"declare display_name: {shown}"
            )
        return answer

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        answer = self._post(collection, {"kind": current.get("kind"), **body})
        if isinstance(answer, dict) and answer.get("id") != current.get("id"):
            raise PostHogFailure(
                f"config: it is not the account of {collection.resource.label(current)} (id {current.get('id')}), "
                f"which is as it was; PostHog connected another one, {answer.get('display_name')!r} "
                f"(id {answer.get('id')}). Declare that one by its own display_name"
            )
        return answer

    @staticmethod
    def _post(collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        try:
            return collection.session.write("POST", collection.path, body)
        except ApiError as exc:
            if exc.status == 400 and "file" in exc.detail.lower():
                exc.message += (
                    " - this PostHog takes the keys of this kind as a file that is uploaded in a browser: connect it "
                    "there (Project settings, Integrations), and refer to it by its display_name"
                )
            raise


def _can_be_connected(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """Nobody can log in to another service for a task; other kinds need their keys."""
    kind = values.get("kind")
    if current is not None:
        return
    if kind in BROWSER_KINDS:
        text = (
            f"there is no integration {values.get('display_name')!r} of the kind {kind}, and one of that kind is "
            "connected by logging in to the other service in a browser: connect it in PostHog (Project settings, "
            "Integrations) first"
        )
        yield "kind", text
    elif not values.get("config"):
        yield "config", "is needed to connect the integration, which does not exist yet"


INTEGRATION = Resource(
    type="integration",
    plural="integrations",
    scope=Scope.PROJECT,
    path="integrations/",
    identity=Identity("display_name", ("display_name",), within=("kind",)),
    # They are connected by hand, or with secrets that nothing shows.
    exported=False,
    scopes=("integration:read", "integration:write"),
    order=7,
    endpoint=Connect(),
    guards=(_can_be_connected,),
    fields=(
        Text("display_name", required=True, create_only=True),
        Text("kind", required=True, create_only=True),
        # PostHog shows a part of it only, and not always the same.
        Open("config", secret=True),
    ),
    secret_parts=(SecretPart("config", _keys, shown=False),),
)


@dataclass(frozen=True)
class Account(Singleton):
    """The user that the key belongs to."""

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        return [_asked(obj) for obj in super().objects(collection, params)]

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        return _asked(super().update(collection, current, body))


def _asked(obj: dict[str, t.Any]) -> dict[str, t.Any]:
    """An address that still waits for its confirmation is the one that was asked for; without one, there is none."""
    return {key: value for key, value in obj.items() if key != "pending_email" or value is not None}


def _both_passwords(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("current_password") is not None and values.get("password") is None:
        yield "current_password", "is needed only together with a new password"


USER = Resource(
    type="user",
    plural="users",
    scope=Scope.INSTANCE,
    path="users/@me/",
    scopes=("user:read", "user:write"),
    order=0,
    delete=Delete.NONE,
    exported=False,
    endpoint=Account(),
    checks=(_both_passwords,),
    fields=(
        Text("first_name", null_as="", max_length=150),
        Text("last_name", null_as="", max_length=150),
        Text(
            "email",
            read=("pending_email", "email"),
            casefold=True,
            max_length=254,
            pattern=(r"[^@\s]+@[^@\s]+", "an e-mail address"),
        ),
        Open("notification_settings", patched=True),
        Bool("anonymize_data", nullable=True),
        Choice("toolbar_mode", ["disabled", "toolbar"], nullable=True),
        Choice("theme_mode", ["light", "dark", "system"], nullable=True, since="2025"),
        Choice(
            "role_at_organization",
            ["engineering", "data", "product", "founder", "leadership", "marketing", "sales", "student", "other"],
            since="2025",
        ),
        Reference("set_current_organization", Ref("organization"), read=("organization.id",)),
        Reference(
            "set_current_project",
            Ref("project"),
            api="set_current_team",
            aliases=("set_current_team",),
            read=("team.id",),
        ),
        Open("events_column_config"),
        Open("has_seen_product_intro_for", nullable=True),
        Open("hedgehog_config", nullable=True),
        Bool("allow_impersonation", nullable=True, since="2026"),
        Bool("allow_sidebar_suggestions", nullable=True, since="2026"),
        Bool("passkeys_enabled_for_2fa", nullable=True, since="2026"),
        Bool("hide_mcp_hints", since="2026"),
        Choice("shortcut_position", ["above", "below", "hidden"], nullable=True, since="2026"),
        Open("ui_configuration", nullable=True, since="2026"),
        Bool("is_staff"),
        Text("password", secret=True, max_length=128),
        Text("current_password", secret=True, max_length=128),
    ),
)


# -- what is only read -----------------------------------------------------------------------------------------------


class OwnKey(Endpoint):
    """A key may see itself, and no other one."""

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        path = collection.object_path("@current")
        return [as_object(collection.session.client.get(path), path)]


class Words(Endpoint):
    """A list of texts."""

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        answer = collection.session.client.get(collection.path, params)
        found = answer.get("results") if isinstance(answer, dict) else answer
        return [{"name": item} if isinstance(item, str) else item for item in found or []]


PERSONAL_API_KEY = Resource(
    type="personal_api_key",
    plural="personal_api_keys",
    scope=Scope.INSTANCE,
    path="personal_api_keys/",
    identity=Identity("label", ("label",)),
    # A key needs none to see itself.
    scopes=("", ""),
    order=99,
    module=False,
    creatable=False,
    delete=Delete.NONE,
    exported=False,
    endpoint=OwnKey(),
    masked=("value",),
    fields=(Text("label"),),
)

TAG = Resource(
    type="tag",
    plural="tags",
    scope=Scope.PROJECT,
    path="tags/",
    identity=Identity("name", ("name",), unique=True),
    id_path="name",
    # Closed to keys in 2025; nothing tells a scope.
    scopes=("", ""),
    order=99,
    module=False,
    creatable=False,
    retrievable=False,
    delete=Delete.NONE,
    exported=False,
    endpoint=Words(),
    fields=(Text("name"),),
)

COMMENT = Resource(
    type="comment",
    plural="comments",
    scope=Scope.PROJECT,
    path="comments/",
    identity=Identity("content", ("content",), within=("scope", "item_id")),
    scopes=("comment:read", "comment:write"),
    order=99,
    module=False,
    creatable=False,
    delete=Delete.NONE,
    exported=False,
    listing=Listing(limit=1000),
    fields=(Text("content", nullable=True), Text("scope"), Text("item_id", nullable=True)),
)

ACTIVITY_LOG = Resource(
    type="activity_log",
    plural="activity_logs",
    scope=Scope.PROJECT,
    path="activity_log/",
    identity=Identity("activity", ("activity",), within=("scope", "item_id")),
    scopes=("activity_log:read", ""),
    order=99,
    title="activity log entry",
    module=False,
    creatable=False,
    retrievable=False,
    delete=Delete.NONE,
    exported=False,
    # It has no end, and newest entries first.
    listing=Listing(limit=1000),
    fields=(Text("activity"), Text("scope"), Text("item_id", nullable=True)),
)
