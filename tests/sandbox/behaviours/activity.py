# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The activity log: an entry for every write that went well, in the project or in its organization."""

from __future__ import annotations

from typing import Any

from ..errors import not_found
from ..resource import Answer, Context, Resource, basic_user, behaviour
from ..store import Row, new_uuid, now

PAGE, MAX_PAGE = 100, 1000
#: Scopes that are not just the type's name in capitals.
SCOPES = {
    "organization_member": "OrganizationMembership",
    "organization_invite": "OrganizationInvite",
    "project": "Team",
    "session_recording_playlist": "SessionRecordingPlaylist",
}
#: What no log holds.
SILENT = {"activity_log", "user", "personal_api_key", "session_recording", "person"}


def scope_of(type_: str) -> str:
    """How the log names a type: FeatureFlag."""
    return SCOPES.get(type_) or type_.title().replace("_", "")


def note(ctx: Context, type_: str, pk: str | None, answer: Answer) -> None:
    """Write down what a request did."""
    if type_ in SILENT or ctx.organization is None or ctx.store.find("organization", ctx.organization.pk) is None:
        return
    shown = answer.body if isinstance(answer.body, dict) else {}
    sent = ctx.body if isinstance(ctx.body, dict) else {}
    created = pk is None and ctx.method == "POST"
    gone = ctx.method == "DELETE" or sent.get("deleted") is True
    number = shown.get("id", pk)
    if number is None:
        return
    project = ctx.project if ctx.path.strip("/").split("/")[1] in ("projects", "environments") else None
    scope = scope_of(type_)
    changes = [] if created or gone else [{"type": scope, "action": "changed", "field": name} for name in sent]
    data = {
        "id": new_uuid(),
        "user": basic_user(ctx.user),
        "activity": "created" if created else "deleted" if gone else "updated",
        "scope": scope,
        "item_id": str(number),
        "detail": {
            "name": shown.get("name") or shown.get("key"),
            "short_id": shown.get("short_id"),
            "type": None,
            "trigger": None,
            "changes": changes,
        },
        "created_at": now(),
        "organization_id": ctx.organization.pk,
        "was_impersonated": False,
        "is_system": False,
        "unread": False,
    }
    place = project.pk if project is not None else ("organization", ctx.organization.pk)
    ctx.store.add(Row("activity_log", data["id"], place, data, hidden={"path": pk}))


def history(ctx: Context, type_: str, pk: str | None) -> Answer:
    """The entries of one type or of one object, as the object's own route shows them."""
    rows = [
        row
        for row in ctx.store.all("activity_log", ctx.project.pk)
        if row["scope"] == scope_of(type_) and (pk is None or pk in (row["item_id"], row.hidden["path"]))
    ]
    results = [row.data for row in reversed(rows)]
    return Answer({"results": results, "next": None, "previous": None, "total_count": len(results)})


@behaviour("activity_log", "current")
class ActivityLog(Resource):
    """By cursor, or by page where a page is asked for."""

    def rows(self, ctx: Context) -> list[Row]:
        rows = list(ctx.store.all("activity_log", ctx.project.pk))
        if ctx.flag("include_organization_scoped"):
            rows += ctx.store.all("activity_log", ("organization", ctx.organization.pk))
        return sorted(rows, key=lambda row: str(row["created_at"]), reverse=True)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        scopes = {name for text in (ctx.arg("scope"), ctx.arg("scopes")) for name in text.split(",") if name}
        if scopes:
            rows = [row for row in rows if row["scope"] in scopes]
        if ctx.arg("item_id"):
            rows = [row for row in rows if row["item_id"] == ctx.arg("item_id")]
        if ctx.arg("user"):
            rows = [row for row in rows if ctx.arg("user") in (str(row["user"]["id"]), row["user"]["uuid"])]
        return rows

    def show_list(self, ctx: Context) -> Answer:
        rows = self.narrow(ctx, self.rows(ctx))
        paged = bool(ctx.arg("page"))
        size = PAGE
        if paged:
            size = min(_number(ctx.arg("page_size"), PAGE), MAX_PAGE)
            start = (_number(ctx.arg("page"), 0) - 1) * size
            if start < 0 or (start and start >= len(rows)):
                raise not_found("Invalid page.")
        else:
            start = _number(ctx.arg("cursor"), 0)
        out: dict[str, Any] = {"count": len(rows)} if paged else {}
        name = "page" if paged else "cursor"
        ends = {}
        for label, at in (("next", start + size), ("previous", start - size)):
            there = 0 <= at < len(rows) if label == "next" else at >= 0 and start > 0
            ends[label] = self.to(ctx, name, at // size + 1 if paged else at) if there else None
        return Answer({**out, **ends, "results": [row.data for row in rows[start : start + size]]})

    def to(self, ctx: Context, name: str, value: int) -> str:
        """The address of another page."""
        kept = [(k, v) for k, values in ctx.query.items() for v in values if k not in (name, "personal_api_key")]
        text = "&".join(f"{k}={v}" for k, v in [*kept, (name, str(value))])
        return f"http://{ctx.host}{ctx.path}?{text}"


def _number(text: str, default: int) -> int:
    return int(text) if text.isdigit() else default
