# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Sources, tables, views, joins and endpoints of the data warehouse.

Private to this collection: it may change without notice. Facts: API.md chapter 5, external_data_source,
warehouse_table, warehouse_saved_query, warehouse_join, endpoint.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    answered,
    as_object,
    objects_in,
    raise_if_over,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path, reach
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    Query,
    held_variables,
    variables_exist,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import required
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import (
    Part,
    PartPlan,
    SecretPart,
    SecretPaths,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.questions import sql_in
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Listing, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Open,
    Reference,
    Text,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

# -- sources ---------------------------------------------------------------------------------------------------------

#: What PostHog may show in place of a secret.
_REDACTED = re.compile(r"[*•●xX]{3,}|<?\[?redacted\]?>?", re.IGNORECASE)

#: Of these, PostHog understands one only together with the others.
_TOGETHER = ("should_sync", "sync_type", "incremental_field", "incremental_field_type", "primary_key_columns")


def _readable(declared: t.Any, shown: t.Any) -> tuple[t.Any, t.Any]:
    """What of a declaration PostHog shows as it is, and what it shows there; the rest is secret."""
    if isinstance(declared, dict):
        pairs = {
            key: _readable(value, shown[key])
            for key, value in declared.items()
            if isinstance(shown, dict) and _is_listed(shown.get(key))
        }
        return {key: pair[0] for key, pair in pairs.items()}, {key: pair[1] for key, pair in pairs.items()}
    return declared, shown


#: What sources take to connect and is no secret, whatever the source: the names of PostHog's own forms, where a
#: secret is a field of another kind (SourceFieldInputConfig with the type password, or with secret). What is not
#: among them is taken for a secret, mistyped ones too, unless PostHog itself shows it.
_NO_SECRETS: t.Final = frozenset(
    """
    account account_id auth_method bucket catalog collection customer_id database dataset dataset_id
    dataset_project_id db dbname email email_address enabled encoding enrichment file_path folder format host
    hostname hubspot_integration_id incremental keyspace location login name namespace object organization
    organization_id owner path port prefix project project_id region repository require_tls role
    salesforce_subdomain schema schemas selection server shop shop_name site site_name ssh_tunnel ssl sslmode
    store store_id stripe_account_id subdomain table team tenant_id timezone use_ssl use_tls user username
    using_ssl version warehouse workspace workspace_id
    """.split()
)


def _credentials(
    _session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> SecretPaths:
    """The connection options that are secret, at every depth."""
    shown = (current or {}).get("job_inputs")

    def walk(value: t.Mapping[str, t.Any], there: t.Any, path: Path) -> t.Iterator[Path]:
        for key, inner in value.items():
            rules = there.get(key) if isinstance(there, dict) else None
            if isinstance(inner, dict):
                yield from walk(inner, rules, (*path, key))
            elif key not in _NO_SECRETS and not key.endswith("_integration_id") and not _is_listed(rules):
                yield (*path, key)

    return [
        path
        for name in ("job_inputs", "payload")
        if isinstance(given := declared.get(name), dict)
        for path in walk(given, shown, ())
    ]


#: The secrets that sources cannot do without, where PostHog's wizard does not tell them (servers that do not let keys
#: ask it, and types that it does not show any more): the fields of the type password in the forms of each source.
_CREDENTIALS: t.Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("Postgres", "MySQL", "MSSQL", "Redshift", "Supabase"), ("password",)),
    **dict.fromkeys(("Zendesk", "Chargebee", "Klaviyo"), ("api_key",)),
    "MongoDB": ("connection_string",),
    "Snowflake": ("password",),
    "Stripe": ("stripe_secret_key",),
    "Vitally": ("secret_token",),
}


def _wizard(session: Lookup) -> dict[str, t.Any]:
    """What can be connected, and with what fields, as PostHog tells it; nothing where it does not. It is asked once."""
    key = "wizard of sources"
    if key not in session.traits:
        try:
            found = session.client.get(f"/api/projects/{session.project_id()}/external_data_sources/wizard/")
        except ApiError as exc:
            raise_if_over(exc)
            found = None
        good = isinstance(found, dict) and all(isinstance(item, dict) for item in found.values())
        session.traits[key] = found if good else {}
    return t.cast("dict[str, t.Any]", session.traits[key])


def _secret_fields(fields: t.Any, shown: t.Any, path: Path = ()) -> t.Iterator[tuple[Path, bool]]:
    """The secrets among the fields of a form, and whether a source needs them; those below as far as it has them."""
    there = shown if isinstance(shown, dict) else {}
    for field in fields if isinstance(fields, list) else ():
        if not isinstance(field, dict) or not isinstance(field.get("name"), str):
            continue
        name = field["name"]
        below = there.get(name)
        if field.get("secret") or field.get("type") in ("password", "file-upload"):
            yield (*path, name), bool(field.get("required"))
        elif isinstance(below, dict):
            if str(below.get("enabled", True)).lower() == "true":
                yield from _secret_fields(field.get("fields"), below, (*path, name))
            for option in objects_in(field, "options"):
                if option.get("value") in (below.get("type"), below.get("selection")):
                    yield from _secret_fields(option.get("fields"), below, (*path, name))


def _unseen(session: Lookup, source: t.Mapping[str, t.Any]) -> t.Iterator[tuple[Path, bool]]:
    """The secrets of a source of which PostHog shows nothing, and whether the source needs them."""
    kind, shown = str(source.get("source_type")), source.get("job_inputs")
    form = _wizard(session).get(kind)
    if form is not None:
        found = list(_secret_fields(form.get("fields"), shown))
    else:
        found = [((name,), True) for name in _CREDENTIALS.get(kind, ())]
    for path, needed in found:
        if not _is_listed(reach(shown, path)):
            yield path, needed


def _stored_credentials(session: Lookup, source: t.Mapping[str, t.Any]) -> SecretPaths:
    return [path for path, needed in _unseen(session, source) if needed]


def _is_listed(shown: t.Any) -> bool:
    """Whether a value is one, and no mask."""
    if shown is None or shown == "" or shown == {"secret": True}:
        return False
    return not (isinstance(shown, str) and _REDACTED.fullmatch(shown))


def _as_text(value: t.Any) -> t.Any:
    """A value in the form in which it does not matter whether a number or a boolean came back as text."""
    if isinstance(value, dict):
        return {key: _as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _with_accounts(session: Lookup, inputs: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Connection options with the ids of integrations in place of their names."""
    problems: Problems = []
    out = {
        key: session.resolve(Ref("integration"), value, f"job_inputs.{key}", problems)
        if key.endswith("integration_id") and isinstance(value, str) and not value.isdecimal()
        else value
        for key, value in inputs.items()
    }
    if problems:
        raise InvalidInput(problems)
    return out


class _Sources(Endpoint):
    """A POST takes how to connect in another key than a PATCH, and answers with the id alone."""

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        if isinstance(body.get("payload"), dict):
            body = {**body, "payload": _with_accounts(collection.session, body["payload"])}
        answer = super().create(collection, body)
        if isinstance(answer, dict) and answer.get("id") is not None and "source_type" not in answer:
            return self.detail(collection, answer["id"])
        return answer


class JobInputs(Part):
    """How PostHog connects to a source: some of it is shown, the secrets are not, and only the server knows which."""

    field = Open("job_inputs", required=True, secret=True, aliases=("payload",))
    in_list = True

    def created_with(self, declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Part.created_with`."""
        return {"payload": dict(declared["job_inputs"] or {})}

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        inputs = _with_accounts(session, declared["job_inputs"] or {})
        if current is None:
            return PartPlan(None, _WRITTEN, False, {})
        shown = current.get("job_inputs")
        wanted, there = _readable(inputs, shown if isinstance(shown, dict) else {})
        # A source that was just made has the secrets already.
        always = declared.get("update_secret") == "always" and not declared.get("created")
        changed = not covers(_as_text(wanted), _as_text(there))
        before, after = there, {**wanted}
        if always:
            after = {**after, "(secrets)": _WRITTEN}
        elif not changed:
            after = before
        predicted = {**(shown or {}), **wanted} if changed else shown
        return PartPlan(before, after, changed or always, predicted, inputs)

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
        shown = current.get("job_inputs")
        return {key: value for key, value in shown.items() if _is_listed(value)} if isinstance(shown, dict) else None

    def left_out(
        self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]
    ) -> t.Iterator[tuple[str, str]]:
        """See :meth:`Part.left_out`."""
        for path, needed in _unseen(session, current):
            if not needed:
                where = ".".join(("job_inputs", *map(str, path)))
                yield where, "is secret and optional; PostHog does not show whether it is set, so it is left out"
        kind = str(current.get("source_type"))
        if kind not in _wizard(session) and kind not in _CREDENTIALS:
            text = f"PostHog does not tell which secrets a source of the type {kind} has, so they are left out"
            yield "job_inputs", text

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        collection = session.collection(resource)
        answer = resource.endpoint.update(collection, current, {"job_inputs": plan.work})
        wanted, there = _readable(plan.work, answer.get("job_inputs") or {})
        if not covers(_as_text(wanted), _as_text(there)):
            session.warn(f"{resource.label(answer)}: PostHog accepted job_inputs without an error but did not keep all")
        return t.cast("dict[str, t.Any]", answer)


#: What a diff shows of secrets that are written.
_WRITTEN = "******** (written)"


class Schemas(Part):
    """The tables of a source, each of which PostHog keeps as an object of its own."""

    field = ListOf(
        "schemas",
        Document(
            "schema",
            [
                Text("name", required=True),
                Bool("should_sync", required=True),
                Choice("sync_type", ["full_refresh", "incremental", "append", "cdc", "xmin"], nullable=True),
                Text("sync_frequency", nullable=True),
                Text("incremental_field", nullable=True),
                Text("incremental_field_type", nullable=True),
                Text("sync_time_of_day", nullable=True),
                ListOf("primary_key_columns", Text("column"), nullable=True),
                Text("cdc_table_mode", nullable=True),
                ListOf("enabled_columns", Text("column"), unordered=True, nullable=True),
                ListOf("row_filters", Open("filter"), nullable=True),
                Int("incremental_field_lookback_seconds", nullable=True, minimum=0, maximum=5_184_000),
                Text("api_version", nullable=True, max_length=128),
            ],
        ),
    )
    in_list = True

    def created_with(self, declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Part.created_with`. The frequency is written afterwards: a new source starts with its own."""
        given = [{key: value for key, value in item.items() if key != "sync_frequency"} for item in declared["schemas"]]
        return {"payload": {"schemas": given}}

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        wanted: list[dict[str, t.Any]] = declared["schemas"]
        names = [item["name"] for item in wanted]
        problems: Problems = [
            (f"schemas[{index}].name", f"{name!r} is named twice")
            for index, name in enumerate(names)
            if name in names[:index]
        ]
        if problems:
            raise InvalidInput(problems)
        if current is None:
            return PartPlan([], wanted, False, wanted)
        there = self._there(session, current, wanted)
        for index, name in enumerate(names):
            if name not in there:
                hint = nearest(name, there) or f"; it has {', '.join(sorted(there)) or 'none'}"
                problems.append((f"schemas[{index}].name", f"the source has no table {name!r}{hint}"))
        if problems:
            raise InvalidInput(problems)
        work: list[tuple[dict[str, t.Any], dict[str, t.Any]]] = []
        before, after = [], []
        for item in wanted:
            now = there[item["name"]]
            differing = self._differing(item, now)
            if differing:
                work.append((now, self._body(item, differing)))
            before.append({key: now.get(key) for key in item})
            after.append({key: item[key] if key in differing else now.get(key) for key in item})
        changes = {now["name"]: body for now, body in work}
        predicted = [{**item, **changes.get(item["name"], {})} for item in objects_in(current, "schemas", "name")]
        return PartPlan(before, after, bool(work), predicted, work, len(work))

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
        keys = [field.name for field in required(self.field.items).fields]
        return [
            {key: item[key] for key in keys if item.get(key) is not None} for item in objects_in(current, "schemas")
        ]

    def _there(
        self, session: Lookup, current: t.Mapping[str, t.Any], wanted: t.Sequence[t.Mapping[str, t.Any]]
    ) -> dict[str, dict[str, t.Any]]:
        """The tables of the source by name; with what the source does not tell of them, but they themselves do."""
        there = {str(item["name"]): item for item in objects_in(current, "schemas", "name")}
        if all(key in there[item["name"]] for item in wanted if item["name"] in there for key in item):
            return there
        path = f"/api/projects/{session.project_id()}/external_data_schemas/"
        more = {str(item.get("id")): item for item in session.client.objects(path) if isinstance(item, dict)}
        return {name: {**item, **more.get(str(item.get("id")), {})} for name, item in there.items()}

    def _differing(self, item: t.Mapping[str, t.Any], now: t.Mapping[str, t.Any]) -> set[str]:
        """The declared keys that are not as they should be."""
        document = required(self.field.items)
        return {
            key
            for key, value in item.items()
            if key != "name" and not required(document.key(key)).same(value, now.get(key))
        }

    @staticmethod
    def _body(item: t.Mapping[str, t.Any], differing: set[str]) -> dict[str, t.Any]:
        """What a PATCH says."""
        keys = differing | (set(_TOGETHER) if differing & set(_TOGETHER) else set())
        return {key: value for key, value in item.items() if key in keys}

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        base = f"/api/projects/{session.project_id()}/external_data_schemas/"
        written: dict[t.Any, dict[str, t.Any]] = {}
        for now, body in plan.work:
            answer = session.write("PATCH", f"{base}{now['id']}/", body)
            shown = {**now, **(answer if isinstance(answer, dict) else body)}
            lost = self._differing(body, shown)
            if lost:
                session.warn(
                    f"{resource.label(current)}: PostHog accepted {', '.join(sorted(lost))} of the table "
                    f"{now['name']!r} without an error but did not keep it"
                )
            written[answered(now, "id", "schemas.id")] = shown
        schemas = [{**item, **written.get(item["id"], {})} for item in objects_in(current, "schemas", "id")]
        return {**current, "schemas": schemas}


def _kind_is_known(
    session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """PostHog's wizard tells what can be connected, where it does."""
    if current is not None:
        return
    known, wanted = _wizard(session), values.get("source_type")
    if known and wanted not in known:
        hint = nearest(str(wanted), known) or f"; known are {', '.join(sorted(known))}"
        yield "source_type", f"there is no source of the type {wanted!r}{hint}"


EXTERNAL_DATA_SOURCE = Resource(
    type="external_data_source",
    plural="external_data_sources",
    scope=Scope.PROJECT,
    path="external_data_sources/",
    # The first source of a type may do without a prefix; no two have the same.
    identity=Identity("source_type", ("source_type",), within=("prefix",), strict=True),
    scopes=("external_data_source:read", "external_data_source:write"),
    more_scopes=(("schemas", "external_data_schema:write"),),
    order=16,
    endpoint=_Sources(),
    guards=(_kind_is_known,),
    parts=(JobInputs(), Schemas()),
    secret_parts=(SecretPart("job_inputs", _credentials, shown=False, stored=_stored_credentials),),
    fields=(
        Text("source_type", required=True, create_only=True),
        Text(
            "prefix",
            null_as="",
            default="",
            create_only=True,
            pattern=(r"[A-Za-z0-9_]*", "letters, digits and _"),
        ),
        Text("description", nullable=True, since="2026"),
        Choice("access_method", ["warehouse", "direct"], create_only=True, since="2026"),
        Bool("direct_query_enabled", since="2026"),
        Bool("auto_sync_new_schemas", since="2026"),
        ListOf("auto_sync_schema_patterns", Text("pattern", max_length=250), nullable=True, since="2026"),
    ),
)

# -- tables ----------------------------------------------------------------------------------------------------------


def _keys_of_the_bucket(
    _session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
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
                *(Anything(name, computed=True) for name in ("id", "created_at", "created_by")),
            ],
            required=True,
        ),
        Open("options", nullable=True, since="2026"),
    ),
)

# -- folders of views -------------------------------------------------------------------------------------------------


def _views_inside(session: Lookup, folder: t.Mapping[str, t.Any]) -> str:
    """PostHog deletes the views of a folder with it, which nobody means who declares a folder absent."""
    views = session.collection(session.registry("warehouse_saved_query")).all()
    names = sorted(str(view.get("name")) for view in views if view.get("folder_id") == folder.get("id"))
    # A list that does not show the folders of views says nothing; the folder's own count does.
    count = len(names) if all("folder_id" in view for view in views) else int(folder.get("view_count") or 0)
    if not count:
        return ""
    some = f" ({', '.join(names[:3])}{', ...' if count > 3 else ''})" if names else ""
    what = "1 view" if count == 1 else f"{count} views"
    return f"it holds {what}{some}, which PostHog would delete with it; delete them, or move them out of it, first"


WAREHOUSE_SAVED_QUERY_FOLDER = Resource(
    type="warehouse_saved_query_folder",
    plural="warehouse_saved_query_folders",
    title="folder of views",
    scope=Scope.PROJECT,
    path="warehouse_saved_query_folders/",
    identity=Identity("name", ("name",), unique=True),
    scopes=("warehouse_view:read", "warehouse_view:write"),
    order=16,
    since="2026",
    keep_reason=_views_inside,
    fields=(
        Text(
            "name",
            required=True,
            max_length=128,
            # PostHog would trim it.
            pattern=(r"\S(.*\S)?", "text that does not begin or end with blanks"),
        ),
    ),
)

# -- views -----------------------------------------------------------------------------------------------------------


class Views(Endpoint):
    """A change of the query says which change before it is known; whether results are kept has routes of its own."""

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
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
    def _patch(collection: ObjectList, path: str, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        if "query" not in body:
            return collection.session.write("PATCH", path, body)
        known = current.get("latest_history_id")
        try:
            return collection.session.write("PATCH", path, {**body, "edited_history_id": known})
        except ApiError as exc:
            if exc.status != 400 or (exc.envelope or {}).get("attr"):
                raise
            # Somebody else was faster, and what is declared still holds.
            latest = as_object(collection.session.client.get(path), path).get("latest_history_id")
            if latest == known:
                raise
            return collection.session.write("PATCH", path, {**body, "edited_history_id": latest})


class SyncFrequency(Part):
    """How often a view is run: a PATCH by itself, since materializing a view sets it to once a day."""

    field = Text("sync_frequency", null_as="never", since="2026")

    def plan(
        self,
        session: Lookup,
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
        changed = not self.field.same(wanted, now)
        return PartPlan(now or "never", wanted, changed, wanted if changed else now)

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
        return current.get("sync_frequency")

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        path = session.collection(resource).object_path(resource.object_id(current))
        answer = session.write("PATCH", path, {"sync_frequency": plan.after})
        obj = answer if isinstance(answer, dict) else {**current, "sync_frequency": plan.after}
        if not self.field.same(plan.after, obj.get("sync_frequency")):
            session.warn(
                f"{resource.label(current)}: PostHog accepted sync_frequency without an error but did not keep it"
            )
        return obj


def _query_kind(options: dict[str, t.Any], problems: Problems) -> None:
    """A view is SQL, so nobody has to say so; a block of YAML ends with a line break, which PostHog takes off."""
    query = options.get("query")
    if isinstance(query, dict) and "kind" not in query:
        query = {"kind": "HogQLQuery", **query}
    if isinstance(query, dict) and isinstance(query.get("query"), str):
        query = {**query, "query": query["query"].strip()}
    options.update({"query": query} if "query" in options else {})


def _is_sql(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    query = values.get("query")
    if not isinstance(query, dict):
        return
    if query.get("kind") != "HogQLQuery":
        yield "query.kind", f"is {query.get('kind')!r}; a view is made of a HogQLQuery"
    elif not isinstance(query.get("query"), str) or not query["query"].strip():
        yield "query.query", "is missing: the SQL of the view"


def _not_managed(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
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
    # PostHog refuses SQL that names a view which is not there.
    named_in_texts=("warehouse_table", "warehouse_saved_query"),
    # Since 2026 the list tells little.
    listing=Listing(varies=True),
    endpoint=Views(),
    prepare=_query_kind,
    checks=(_is_sql,),
    guards=(_not_managed,),
    generated=lambda _session, obj: bool(obj.get("managed_viewset_kind")),
    fields=(
        Text("name", required=True, max_length=128),
        Open("query", required=True, in_list=False),
        Text("description", nullable=True, since="2026"),
        Reference(
            "folder",
            Ref("warehouse_saved_query_folder", name_at="folder_name"),
            api="folder_id",
            aliases=("folder_id",),
            nullable=True,
            since="2026",
        ),
        Text("dag_id", nullable=True, since="2026"),
        Bool("is_test", write_only=True, since="2026"),
        Bool("is_materialized", update_only=True, aliases=("materialized",)),
    ),
    parts=(SyncFrequency(),),
    code=sql_in("query"),
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
    # PostHog refuses the name of a table that it does not know yet.
    after=("warehouse_table", "warehouse_saved_query"),
    since="2025",
    fields=(
        Text("field_name", required=True, pattern=(r"[^.]+", "a name without dots")),
        Text("source_table_name", required=True, normalize=canonical),
        Text("source_table_key", required=True),
        Text("joining_table_name", required=True, normalize=canonical),
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
    named_in_texts=("warehouse_table", "warehouse_saved_query"),
    # An endpoint is addressed by its name.
    id_path="name",
    other_ids=("id",),
    since="2025",
    # Whether the list tells the query is not known of every server.
    listing=Listing(varies=True),
    prepare=held_variables,
    guards=(variables_exist,),
    fields=(
        Text(
            "name",
            required=True,
            max_length=128,
            create_only=True,
            pattern=(r"[A-Za-z][A-Za-z0-9_-]*", "a letter, and then letters, digits, _ and -"),
        ),
        Query("query", required=True),
        Text("description", nullable=True),
        Bool("is_active", default=True),
        Bool("is_materialized"),
        # One and the same before and after the spring of 2026.
        Int("cache_age_seconds", nullable=True, minimum=0, since="2025"),
        Int("data_freshness_seconds", nullable=True, minimum=0, since="2026"),
        Open("bucket_overrides", nullable=True, since="2026"),
        ListOf("optional_breakdown_properties", Text("property"), unordered=True, nullable=True, since="2026"),
        Reference("derived_from_insight", Ref("insight", value="short_id"), nullable=True),
    ),
    code=sql_in("query"),
)
