# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The key's own user, and what is only read: keys, activity, tags, comments; and integrations.

Private to this collection: it may change without notice. Facts: API.md chapter 5, user, personal_api_key,
activity_log, tag, comment, integration.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._errors import ApiError, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._fields import Open, Text
from ansible_collections.community.posthog.plugins.module_utils._resource import Calls, Identity, Resource, Scope

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._session import Collection, Session

#: Kinds that somebody connects by logging in to the other service in a browser (API.md 5, integration).
BROWSER_KINDS = frozenset(
    (
        "bing-ads", "clickup", "github", "google-ads", "google-analytics", "google-search-console", "google-sheets",
        "hubspot", "intercom", "jira", "linear", "linkedin-ads", "meta-ads", "pinterest-ads", "reddit-ads",
        "salesforce", "slack", "snapchat", "stripe", "tiktok-ads",
    )
)  # fmt: skip


class Connect(Calls):
    """A POST connects an account, or takes new keys for one that is connected already; there is no PATCH.

    PostHog itself names what was connected, after the account that it found there.
    """

    def create(self, collection: Collection, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Calls.create`."""
        wanted = body.pop("display_name", None)
        answer = self._post(collection, body)
        shown = answer.get("display_name") if isinstance(answer, dict) else wanted
        if wanted is not None and shown != wanted:
            raise PostHogFailure(
                f"display_name: the integration was connected, but PostHog calls it {shown!r} and not {wanted!r}; "
                f"declare display_name: {shown}"
            )
        return answer

    def update(self, collection: Collection, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Calls.update`."""
        answer = self._post(collection, {"kind": current.get("kind"), **body})
        if isinstance(answer, dict) and answer.get("id") != current.get("id"):
            raise PostHogFailure(
                f"config: it is not the account of {collection.resource.label(current)} (id {current.get('id')}), "
                f"which is as it was; PostHog connected another one, {answer.get('display_name')!r} "
                f"(id {answer.get('id')}). Declare that one by its own display_name"
            )
        return answer

    @staticmethod
    def _post(collection: Collection, body: dict[str, t.Any]) -> t.Any:
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
    _session: Session, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
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
    scopes=("integration:read", "integration:write"),
    order=7,
    calls=Connect(),
    guards=(_can_be_connected,),
    fields=(
        Text("display_name", required=True, create_only=True),
        Text("kind", required=True, create_only=True),
        # PostHog shows what is not secret of it.
        Open("config", secret=True),
    ),
)
