# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Who gets in and who has to agree: secret keys of projects, approvals, identity providers.

Private to this collection: it may change without notice. Facts: PostHog's API of autumn 2026, as the
contract in tests/contract and the sandbox's facts have it.
"""

from __future__ import annotations

import datetime
import functools
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._data.plain import instant
from ansible_collections.community.posthog.plugins.module_utils._resources.organization import LEVELS
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import Loosened, Opened
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import (
    Handover,
    Part,
    PartPlan,
    SecretPart,
    SecretPaths,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Listing, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Open,
    References,
    Text,
    Word,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

# -- secret keys of projects -----------------------------------------------------------------------------------------


class Roll(Part):
    """Gives a key another value, each time that it is asked for; the old value stops working at once."""

    in_list = True
    handed_over = True
    #: Below the object's path.
    route = "roll/"

    def __init__(self) -> None:
        self.field = Bool("roll")

    def due(self, value: t.Any, current: t.Mapping[str, t.Any]) -> bool:
        """Whether an existing key gets another value.

        :param value: of the option.
        :param current: the key.
        """
        return bool(value)

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`: a key that is only just made has a new value anyway."""
        fresh = current is None or bool(declared.get("created"))
        due = not fresh and self.due(declared[self.field.name], current or {})
        return PartPlan(False, due, due)

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`: only PostHog knows the new value."""

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
        return None

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`: where an answer is lost nobody has the value, and another one does no harm."""
        path = f"{session.collection(resource).path}{resource.object_id(current)}/{self.route}"
        answer = session.write("POST", path, {}, repeatable=True)
        return {**current, **(answer if isinstance(answer, dict) else {})}


class RollWhenOld(Roll):
    """Gives a key another value once the one that it has is older than so many days."""

    def __init__(self) -> None:
        self.field = Int("max_age_days", minimum=1)

    def due(self, value: t.Any, current: t.Mapping[str, t.Any]) -> bool:
        """See :meth:`Roll.due`: a key whose age PostHog does not show counts as old."""
        since = instant(current.get("last_rolled_at") or current.get("created_at"))
        if since is None:
            return True
        return datetime.datetime.now(datetime.timezone.utc) - since >= datetime.timedelta(days=value)


PROJECT_SECRET_API_KEY = Resource(
    type="project_secret_api_key",
    plural="project_secret_api_keys",
    scope=Scope.PROJECT,
    path="project_secret_api_keys/",
    title="project secret API key",
    identity=Identity("label", ("label",), unique=True),
    scopes=("project:read", "project:write"),
    order=8,
    since="2026",
    access=True,
    masked=("value",),
    handover=Handover("show_value", "value", "roll: true with show_value: true gives the key another one"),
    parts=(Roll(), RollWhenOld()),
    fields=(
        Text("label", required=True, max_length=40),
        # PostHog knows few for such keys, and learns more.
        ListOf("scopes", Text("scope"), required=True, unordered=True),
    ),
)

# -- approvals -------------------------------------------------------------------------------------------------------

#: The actions that a policy can guard. PostHog learns more.
ACTIONS = (
    "feature_flag.enable", "feature_flag.disable", "feature_flag.update", "experiment.launch", "experiment.pause",
    "experiment.update", "experiment_holdout.update", "experiment_holdout.delete", "survey.launch",
)  # fmt: skip

#: How PostHog writes a time span: days, and hours, minutes and seconds.
_SPAN = re.compile(r"(?:(\d+) )?(\d{1,2}):(\d{2}):(\d{2})(?:\.0+)?")

#: The same as people write it.
_SHORT_SPAN = re.compile(r"(\d+)([wdhm])")

_UNITS: t.Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


def span(text: t.Any) -> t.Any:
    """Bring a time span into the form in which PostHog writes it.

    :param text: such as C(14d), C(36h), C(14 00:00:00) or C(336:00:00).
    :returns: C(14 00:00:00); the text itself where it is no time span.
    """
    if not isinstance(text, str):
        return text
    whole, short = _SPAN.fullmatch(text.strip()), _SHORT_SPAN.fullmatch(text.strip())
    if whole is not None:
        days, hours, minutes, seconds = (int(part or 0) for part in whole.groups())
        found = datetime.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    elif short is not None:
        found = datetime.timedelta(**{_UNITS[short.group(2)]: int(short.group(1))})
    else:
        return text
    hours, rest = divmod(found.seconds, 3600)
    clock = f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
    return f"{found.days} {clock}" if found.days else clock


def _written_out(options: dict[str, t.Any], _problems: Problems) -> None:
    if "expires_after" in options:
        options["expires_after"] = span(options["expires_after"])


APPROVAL_POLICY = Resource(
    type="approval_policy",
    plural="approval_policies",
    scope=Scope.PROJECT,
    path="approval_policies/",
    identity=Identity("action_key", ("action_key",), unique=True),
    scopes=("approvals:read", "approvals:write"),
    order=9,
    since="2026",
    access=True,
    hazards=(Loosened("enabled"), Opened("allow_self_approve")),
    prepare=_written_out,
    short_forms=("expires_after",),
    fields=(
        Choice("action_key", ACTIONS, newer=True, required=True, max_length=128),
        Document(
            "approver_config",
            [
                Int("quorum", required=True, minimum=1),
                ListOf("users", Anything("user"), unordered=True, default=[]),
                ListOf("roles", Anything("role"), unordered=True, default=[]),
            ],
            required=True,
            refs=(
                NestedRef({}, "users", Ref("member", value="user.id")),
                NestedRef({}, "roles", Ref("role")),
            ),
        ),
        Open("conditions"),
        Bool("allow_self_approve", default=False),
        ListOf("bypass_org_membership_levels", Word("level", LEVELS), unordered=True, default=[], null_as=[]),
        References("bypass_roles", Ref("role"), default=[], null_as=[]),
        Text(
            "expires_after",
            default="14 00:00:00",
            normalize=span,
            pattern=(_SPAN.pattern, "a time span such as 14d, 36h or 14 00:00:00"),
        ),
        Bool("enabled", default=True),
    ),
)


def _payloads(
    _session: Lookup | None, _declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None, key: str
) -> SecretPaths:
    """Where a request to change a flag holds payloads: those of some flags are secret, and it does not say of which."""
    return list(_paths_to("payloads", (current or {}).get(key), ()))


def _paths_to(key: str, value: t.Any, path: Path) -> t.Iterator[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        if step == key:
            yield (*path, step)
        else:
            yield from _paths_to(key, inner, (*path, step))


CHANGE_REQUEST = Resource(
    type="change_request",
    plural="change_requests",
    scope=Scope.PROJECT,
    path="change_requests/",
    # People make them by what they do; nobody declares one.
    identity=Identity("action_key", ("action_key",), within=("resource_type", "resource_id")),
    scopes=("approvals:read", ""),
    order=99,
    since="2026",
    module=False,
    creatable=False,
    delete=Delete.NONE,
    exported=False,
    # They are never deleted.
    listing=Listing(limit=1000),
    private_parts=tuple(
        SecretPart(key, functools.partial(_payloads, key=key)) for key in ("intent", "intent_display", "result_data")
    ),
    fields=(
        Text("action_key"),
        Text("resource_type"),
        Text("resource_id", nullable=True),
        Open("intent"),
        Open("intent_display"),
        Open("result_data", nullable=True),
    ),
)

# -- identity providers ----------------------------------------------------------------------------------------------

#: The kinds of which servers before the newest keep a list of domains each.
_KINDS: t.Final = ("saml", "scim", "id_jag")

#: The key of the list that newer ones have.
_DOMAINS: t.Final = "organization_domain_ids"


class PerKind(Endpoint):
    """A configuration and the domains that it is for.

    The newest servers have one list of domains, which is a field. Those of autumn 2026 have one for each kind that the
    configuration does, and a request of its own that replaces it.
    """

    @staticmethod
    def _lists(obj: t.Any) -> dict[str, list[t.Any]]:
        """The list of each kind; none on the newest servers."""
        shown = obj if isinstance(obj, dict) else {}
        lists = {kind: shown.get(f"{kind}_domain_ids") for kind in _KINDS}
        return {kind: found for kind, found in lists.items() if isinstance(found, list)}

    def _seen(self, obj: dict[str, t.Any]) -> dict[str, t.Any]:
        lists = self._lists(obj)
        if not lists:
            return obj
        counting = [found for kind, found in lists.items() if obj.get(f"has_{kind}")]
        return {**obj, _DOMAINS: sorted({domain for found in counting for domain in found})}

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        return [self._seen(obj) for obj in super().objects(collection, params)]

    def detail(self, collection: ObjectList, object_id: t.Any) -> t.Any:
        """See :meth:`Endpoint.detail`."""
        found = super().detail(collection, object_id)
        return self._seen(found) if isinstance(found, dict) else found

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        return self._assigned(collection, super().create(collection, body), body)

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        return self._assigned(collection, super().update(collection, current, body), body)

    def _assigned(self, collection: ObjectList, answer: t.Any, body: t.Mapping[str, t.Any]) -> t.Any:
        """The configuration with its domains, where they take requests of their own."""
        lists = self._lists(answer)
        if not lists or _DOMAINS not in body:
            return self._seen(answer) if lists else answer
        kinds = [kind for kind in lists if answer.get(f"has_{kind}")]
        if not kinds and body[_DOMAINS]:
            raise PostHogFailure(
                f"domains: {collection.resource.label(answer)} does nothing yet that a domain could use; give the "
                "options of SAML, SCIM or ID-JAG, too"
            )
        for kind in kinds:
            path = f"{collection.object_path(collection.resource.object_id(answer))}domains/"
            collection.session.write("PATCH", path, {"kind": kind, "domain_ids": body[_DOMAINS]})
            answer = {**answer, f"{kind}_domain_ids": body[_DOMAINS]}
        return self._seen(answer)


class RollScim(Roll):
    """Gives SCIM another token."""

    route = "scim/token/"

    def __init__(self) -> None:
        self.field = Bool("roll_scim_token")

    def due(self, value: t.Any, current: t.Mapping[str, t.Any]) -> bool:
        """See :meth:`Roll.due`."""
        return bool(value) and bool(current.get("scim_enabled"))


def _saml_is_whole(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """Two of the three settings do nothing, and PostHog takes them without a word."""
    names = ("saml_entity_id", "saml_acs_url", "saml_x509_cert")
    missing = [name for name in names if not values.get(name, (current or {}).get(name))]
    if 0 < len(missing) < len(names):
        yield missing[0], f"is missing; SAML needs {', '.join(names[:-1])} and {names[-1]}"


def _stripped(text: t.Any) -> t.Any:
    return text.strip() if isinstance(text, str) else text


#: Addresses of which PostHog takes a slash at the end off.
_BARE: t.Final = ("id_jag_issuer_url", "id_jag_jwks_url")


def _without_slashes(options: dict[str, t.Any], _problems: Problems) -> None:
    for name in _BARE:
        if isinstance(options.get(name), str):
            options[name] = options[name].rstrip("/")


#: An address.
_ADDRESS = (r"(https?://\S+)?", "an address such as https://login.example.com")

IDENTITY_PROVIDER_CONFIG = Resource(
    type="identity_provider_config",
    plural="identity_provider_configs",
    scope=Scope.ORGANIZATION,
    path="identity_provider_configs/",
    title="configuration of an identity provider",
    identity=Identity("name", ("name",)),
    scopes=("organization:read", "organization:write"),
    order=2,
    since="2026",
    access=True,
    endpoint=PerKind(),
    hazards=(Opened("scim_enabled"),),
    guards=(_saml_is_whole,),
    prepare=_without_slashes,
    masked=("scim_bearer_token",),
    handover=Handover(
        "show_scim_token",
        "scim_bearer_token",
        "roll_scim_token: true with show_scim_token: true makes another one",
        expected=lambda obj: bool(obj.get("scim_enabled")),
    ),
    parts=(RollScim(),),
    fields=(
        Text("name", required=True, max_length=255),
        Choice("config_scope", ["saml", "oidc", "scim", "xaa"], newer=True, nullable=True),
        Choice("domain_scope", ["all", "selected"], newer=True, nullable=True),
        References("domains", Ref("organization_domain"), api=_DOMAINS, default=[], null_as=[]),
        Text("saml_entity_id", nullable=True, max_length=512),
        Text("saml_acs_url", nullable=True, max_length=512),
        # What everybody may see: the provider signs with the other half.
        Text("saml_x509_cert", nullable=True, normalize=_stripped),
        Text("oidc_issuer_url", default="", null_as="", pattern=_ADDRESS),
        Text("oidc_client_id", default="", null_as="", max_length=512),
        Text("oidc_client_secret", secret=True, write_only=True, max_length=4096),
        Bool("scim_enabled", default=False),
        Text("id_jag_issuer_url", nullable=True, max_length=512, pattern=_ADDRESS),
        Text("id_jag_jwks_url", nullable=True, max_length=512, pattern=_ADDRESS),
        ListOf("id_jag_allowed_clients", Text("client", max_length=256), unordered=True, default=[], null_as=[]),
    ),
)
