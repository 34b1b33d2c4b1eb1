# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Sources, tables, views, joins and endpoints of the data warehouse.

Private to this collection: it may change without notice. Facts: API.md chapter 5, external_data_source,
warehouse_table, warehouse_saved_query, warehouse_join, endpoint.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._compare import covers, same
from ansible_collections.community.posthog.plugins.module_utils._errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._fields import (
    Bool,
    Choice,
    Document,
    Int,
    Open,
    Problems,
    Ref,
    Reference,
    Text,
)
from ansible_collections.community.posthog.plugins.module_utils._resource import (
    Calls,
    Identity,
    Part,
    PartPlan,
    Resource,
    Scope,
    SecretPart,
    SecretPaths,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.common import QUERY_REFS

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._session import Collection, Session

# -- tables ----------------------------------------------------------------------------------------------------------


def _keys_of_the_bucket(
    _session: Session | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> SecretPaths:
    given, stored = ((values or {}).get("credential") for values in (declared, current))
    known = ("access_key", "access_secret") if isinstance(given, dict) or isinstance(stored, dict) else ()
    # What stands under a mistyped key is as secret.
    return [(key,) for key in dict.fromkeys((*known, *(given if isinstance(given, dict) else ())))]


WAREHOUSE_TABLE = Resource(
    type="warehouse_table",
    plural="warehouse_tables",
    scope=Scope.PROJECT,
    path="warehouse_tables/",
    identity=Identity("name", ("name",), unique=True, filter="search", fuzzy=True),
    scopes=("warehouse_table:read", "warehouse_table:write"),
    order=16,
    # The list also holds what a source brought along, which is the source's business.
    alive=lambda obj: not obj.get("external_data_source"),
    secret_parts=(SecretPart("credential", _keys_of_the_bucket, shown=False),),
    fields=(
        Text("name", required=True, max_length=128),
        Choice("format", ["CSV", "CSVWithNames", "Parquet", "JSONEachRow", "Delta", "DeltaS3Wrapper"], required=True),
        Text("url_pattern", required=True, max_length=500),
        Document(
            "credential",
            [
                Text("access_key", required=True, max_length=500),
                Text("access_secret", required=True, max_length=500),
            ],
            required=True,
        ),
        Open("options", nullable=True, since="2026"),
    ),
)

# -- views -----------------------------------------------------------------------------------------------------------


class Views(Calls):
    """A change of the query says which change before it is known; whether results are kept has routes of its own."""

    def update(self, collection: Collection, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Calls.update`."""
        path = collection.object_path(collection.resource.object_id(current))
        rest = {name: value for name, value in body.items() if name != "is_materialized"}
        answer: t.Any = None
        if rest:
            answer = self._patch(collection, path, current, rest)
        wanted = body.get("is_materialized")
        if wanted is not None and bool(wanted) != bool(current.get("is_materialized")):
            route = "materialize/" if wanted else "revert_materialization/"
            collection.session.write("POST", path + route, repeatable=True)
            answer = None
        return answer if isinstance(answer, dict) else collection.session.client.get(path)

    @staticmethod
    def _patch(collection: Collection, path: str, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        if "query" not in body:
            return collection.session.write("PATCH", path, body)
        known = current.get("latest_history_id")
        try:
            return collection.session.write("PATCH", path, {**body, "edited_history_id": known})
        except ApiError as exc:
            if exc.status != 400 or (exc.envelope or {}).get("attr"):
                raise
            # Somebody else was faster, and what is declared still holds.
            latest = collection.session.client.get(path).get("latest_history_id")
            if latest == known:
                raise
            return collection.session.write("PATCH", path, {**body, "edited_history_id": latest})


class SyncFrequency(Part):
    """How often a view is run: a PATCH by itself, since materializing a view sets it to once a day."""

    field = Text("sync_frequency", null_as="never", since="2026")

    def plan(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        wanted = declared["sync_frequency"]
        if current is not None and "sync_frequency" not in current:
            session.warn(
                f"{resource.label(current)}: this PostHog does not show sync_frequency, so it was neither compared "
                "nor written"
            )
            return PartPlan(None, None, False)
        now = (current or {}).get("sync_frequency")
        changed = not same(self.field, wanted, now)
        return PartPlan(now or "never", wanted, changed, wanted if changed else now)

    def export(self, session: Session, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
        return current.get("sync_frequency")

    def apply(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        path = session.collection(resource).object_path(resource.object_id(current))
        answer = session.write("PATCH", path, {"sync_frequency": plan.after})
        obj = answer if isinstance(answer, dict) else {**current, "sync_frequency": plan.after}
        if not same(self.field, plan.after, obj.get("sync_frequency")):
            session.warn(
                f"{resource.label(current)}: PostHog accepted sync_frequency without an error but did not keep it"
            )
        return obj


def _query_kind(options: dict[str, t.Any], problems: Problems) -> None:
    """A view is SQL, so nobody has to say so."""
    query = options.get("query")
    if isinstance(query, dict) and "kind" not in query:
        options["query"] = {"kind": "HogQLQuery", **query}


def _is_sql(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    query = values.get("query")
    if not isinstance(query, dict):
        return
    if query.get("kind") != "HogQLQuery":
        yield "query.kind", f"is {query.get('kind')!r}; a view is made of a HogQLQuery"
    elif not isinstance(query.get("query"), str) or not query["query"].strip():
        yield "query.query", "is missing: the SQL of the view"


def _not_managed(
    _session: Session, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """PostHog writes the views of a managed viewset itself."""
    kind = (current or {}).get("managed_viewset_kind")
    if kind and "query" in values and not covers(values["query"], (current or {}).get("query")):
        yield "query", f"cannot be changed: PostHog manages this view as one of its {kind} views"


WAREHOUSE_SAVED_QUERY = Resource(
    type="warehouse_saved_query",
    plural="warehouse_saved_queries",
    scope=Scope.PROJECT,
    path="warehouse_saved_queries/",
    identity=Identity("name", ("name",), unique=True, filter="search", fuzzy=True),
    scopes=("warehouse_view:read", "warehouse_view:write"),
    order=17,
    # Since 2026 the list tells little.
    varies=True,
    calls=Views(),
    prepare=_query_kind,
    checks=(_is_sql,),
    guards=(_not_managed,),
    generated=lambda _session, obj: bool(obj.get("managed_viewset_kind")),
    fields=(
        Text("name", required=True, max_length=128),
        Open("query", required=True, in_list=False),
        Text("description", nullable=True, since="2026"),
        Text("folder_id", nullable=True, since="2026"),
        Text("dag_id", nullable=True, since="2026"),
        Bool("is_test", write_only=True, since="2026"),
        Bool("is_materialized", update_only=True, aliases=("materialized",)),
    ),
    parts=(SyncFrequency(),),
)

# -- joins -----------------------------------------------------------------------------------------------------------


def canonical(name: t.Any) -> t.Any:
    """A table's name in the form in which two are compared.

    PostHog prints names in its own way: C(stripe_charge) as C(stripe.charge), without quotes.

    :param name: a name as it is declared or shown.
    :returns: text in lower case with dots.
    """
    if not isinstance(name, str):
        return name
    return name.replace("`", "").replace('"', "").replace("_", ".").strip().casefold()


WAREHOUSE_JOIN = Resource(
    type="warehouse_join",
    plural="warehouse_joins",
    scope=Scope.PROJECT,
    path="warehouse_view_links/",
    # One field name for each source table; the same name on another table is another join.
    identity=Identity("field_name", ("field_name",), within=("source_table_name",)),
    scopes=("warehouse_view:read", "warehouse_view:write"),
    order=18,
    since="2025",
    fields=(
        Text("field_name", required=True, pattern=(r"[^.]+", "a name without dots")),
        Text("source_table_name", required=True, normal=canonical),
        Text("source_table_key", required=True),
        Text("joining_table_name", required=True, normal=canonical),
        Text("joining_table_key", required=True),
        Document(
            "configuration",
            [
                Bool("experiments_optimized", nullable=True, null_as=False, default=False),
                Text("experiments_timestamp_key", nullable=True),
            ],
            nullable=True,
            whole=True,
        ),
    ),
)

# -- endpoints -------------------------------------------------------------------------------------------------------

ENDPOINT = Resource(
    type="endpoint",
    plural="endpoints",
    scope=Scope.PROJECT,
    path="endpoints/",
    identity=Identity("name", ("name",), unique=True),
    scopes=("endpoint:read", "endpoint:write"),
    order=55,
    # An endpoint is addressed by its name.
    id_path="name",
    other_ids=("id",),
    since="2025",
    # Whether the list tells the query is not known of every server.
    varies=True,
    fields=(
        Text(
            "name",
            required=True,
            max_length=128,
            create_only=True,
            pattern=(r"[A-Za-z][A-Za-z0-9_-]*", "a letter, and then letters, digits, _ and -"),
        ),
        Open("query", required=True, refs=QUERY_REFS),
        Text("description", nullable=True),
        Bool("is_active", default=True),
        Bool("is_materialized"),
        # One and the same before and after the spring of 2026.
        Int("cache_age_seconds", nullable=True, minimum=0, since="2025"),
        Int("data_freshness_seconds", nullable=True, minimum=0, since="2026"),
        Open("bucket_overrides", nullable=True, since="2026"),
        Reference("derived_from_insight", Ref("insight", value="short_id"), nullable=True),
    ),
)
