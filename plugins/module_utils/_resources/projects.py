# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Projects and their settings.

Private to this collection: it may change without notice. Facts: API.md chapter 5, project and project_settings.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput, objects_in
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import BROWSER_ONLY
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose
from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    CONDITION_GROUP_REFS,
    GROUP_TYPE,
    PROPERTY_REFS,
    Filters,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.environments import Projects, ProjectSettings
from ansible_collections.community.posthog.plugins.module_utils._resources.feature_flags import GROUP
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan, whole
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref, walk
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Purging, Resource, Scope
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
    Word,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup


def _strings(name: str, **more: object) -> Field:
    """A list of texts in their order; null clears it."""
    return ListOf(name, Text("item"), null_as=[], **more)


#: Every setting of a project that the API takes, in the order of the facts. Names and types: API.md chapter 5,
#: project_settings; a field with a generation is unknown to older servers, which leave it out of what they show.
SETTINGS: tuple[Field, ...] = (
    _strings("app_urls"),
    Text("slack_incoming_webhook", nullable=True, max_length=500),
    Bool("anonymize_ips"),
    Bool("completed_snippet_onboarding"),
    # PostHog fills those of a new project by the addresses of its people.
    ListOf("test_account_filters", Filters("filter"), null_as=[], refs=PROPERTY_REFS, unsettled=True),
    Bool("test_account_filters_default_checked", nullable=True),
    ListOf("path_cleaning_filters", Open("filter"), nullable=True),
    Bool("is_demo"),
    Text("timezone"),
    _strings("data_attributes"),
    _strings("person_display_name_properties"),
    Open("correlation_config", nullable=True),
    Bool("autocapture_opt_out", nullable=True),
    Bool("autocapture_exceptions_opt_in", nullable=True),
    Bool("autocapture_web_vitals_opt_in", nullable=True),
    ListOf("autocapture_web_vitals_allowed_metrics", Text("metric"), nullable=True),
    ListOf("autocapture_exceptions_errors_to_ignore", Text("error"), nullable=True),
    Bool("capture_console_log_opt_in", nullable=True),
    Bool("capture_performance_opt_in", nullable=True),
    Bool("capture_dead_clicks", nullable=True),
    Bool("session_recording_opt_in"),
    Field(
        "session_recording_sample_rate",
        "decimal",
        nullable=True,
        minimum=0,
        maximum=1,
        null_is="that everything is recorded; write 1 for that",
    ),
    Int("session_recording_minimum_duration_milliseconds", nullable=True, minimum=0),
    Open("session_recording_linked_flag", nullable=True, refs=(NestedRef({}, "id", Ref("feature_flag")),)),
    Open("session_recording_network_payload_capture_config", nullable=True),
    Open("session_recording_masking_config", nullable=True),
    ListOf("session_recording_url_trigger_config", Open("trigger"), nullable=True),
    ListOf("session_recording_url_blocklist_config", Open("trigger"), nullable=True),
    _strings("session_recording_event_trigger_config"),
    Text("session_recording_trigger_match_type_config", nullable=True, max_length=24),
    Open("session_recording_trigger_groups", nullable=True),
    Choice("session_recording_retention_period", ["30d", "90d", "1y", "5y"]),
    Open("session_replay_config", nullable=True),
    Open("session_replay_ai_summary_config", nullable=True),
    Open("survey_config", nullable=True, patched=True),
    Bool("surveys_opt_in", nullable=True),
    Word("week_start_day", {"sunday": 0, "monday": 1}, nullable=True),
    Reference("primary_dashboard", Ref("dashboard"), nullable=True),
    _strings("live_events_columns"),
    _strings("recording_domains"),
    Word("cookieless_server_hash_mode", {"disabled": 0, "stateless": 1, "stateful": 2}, nullable=True),
    Bool("human_friendly_comparison_periods", nullable=True),
    Bool("inject_web_apps", nullable=True),
    Open("extra_settings", nullable=True),
    Open("modifiers", nullable=True),
    Open("has_completed_onboarding_for", nullable=True),
    Open("onboarding_tasks", nullable=True),
    Bool("heatmaps_opt_in", nullable=True),
    Bool("flags_persistence_default", nullable=True),
    Bool("feature_flag_confirmation_enabled", nullable=True),
    Text("feature_flag_confirmation_message", nullable=True),
    Bool("default_evaluation_environments_enabled", nullable=True),
    Bool("default_evaluation_contexts_enabled", nullable=True),
    Bool("require_evaluation_contexts"),
    Document("feature_flag_policy_config", [Bool("require_tags")]),
    # Without the feature, PostHog shows its own theme, whatever was written.
    Reference("default_data_theme", Ref("data_color_theme"), nullable=True, plan_feature="data_color_themes"),
    Document(
        "revenue_analytics_config",
        [
            Text("base_currency", preserved=True),
            ListOf("events", Open("event"), preserved=True),
            Bool("filter_test_accounts", preserved=True),
        ],
    ),
    Open("marketing_analytics_config", merged=True),
    Document(
        "customer_analytics_config",
        [
            Open("activity_event", preserved=True),
            Open("signup_pageview_event", preserved=True),
            Open("signup_event", preserved=True),
            Open("subscription_event", preserved=True),
            Open("payment_event", preserved=True),
            Reference("account_group_type_index", GROUP_TYPE, nullable=True, preserved=True),
        ],
    ),
    Document(
        "workflows_config",
        [
            Bool("capture_workflows_engagement_events", preserved=True),
            Choice("email_tracking_consent_mode", ["off", "opt_out", "opt_in"], preserved=True),
        ],
    ),
    Text("base_currency"),
    Bool("web_analytics_pre_aggregated_tables_enabled", nullable=True),
    Text("experiment_recalculation_time", nullable=True),
    Bool("receive_org_level_activity_logs", nullable=True),
    Choice("business_model", ["b2b", "b2c"], nullable=True),
    Bool("conversations_enabled", nullable=True),
    Open("conversations_settings", nullable=True),
    Open("logs_settings", nullable=True),
    Bool("proactive_tasks_enabled", nullable=True),
    Text("product_description", nullable=True, max_length=1000),
    Anything("access_control"),
)

#: What PostHog shows of a project in a list (OBSERVED-2024.md, recorded calls of type project).
_IN_LIST = frozenset({"completed_snippet_onboarding", "has_completed_onboarding_for", "is_demo", "timezone"})


def _listed(setting: Field) -> Field:
    """A setting as a field of the project, with what a list tells of it."""
    import dataclasses

    return dataclasses.replace(setting, in_list=setting.name in _IN_LIST)


def _closed(error: ApiError, what: str, where: str) -> ApiError:
    """A refusal in words that tell what to do; many routes of projects take no key, whatever its scopes (API.md 1)."""
    if error.status == 403 and "api key" in error.detail.lower() and "scope" not in error.detail.lower():
        error.message = (
            f"{what}: {BROWSER_ONLY}; "
            f"do it in PostHog ({where}) and leave the option out - PostHog said: {error.detail}"
        )
    elif error.status in (404, 405):
        error.message = f"{what}: this PostHog cannot do it (introduced in 2026) - {error.message}"
    return error


class Step(Part):
    """Something that is done each time that it is asked for.

    :param name: the option, true to do it.
    :param route: below the project.
    :param where: where a person does it.
    """

    in_list = True

    def __init__(self, name: str, route: str, where: str) -> None:
        self.field = Bool(name)
        self.route = route
        self.where = where

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        asked = bool(declared[self.field.name])
        return PartPlan(False, asked, asked)

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`: only PostHog knows the result."""

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
        """See :meth:`Part.apply`."""
        try:
            answer = session.write("PATCH", f"/api/projects/{current['id']}/{self.route}/", {}, repeatable=False)
        except ApiError as exc:
            raise _closed(exc, self.field.name, self.where) from exc
        return {**current, **(answer if isinstance(answer, dict) else {})}


class Owner(Part):
    """The organization that a project belongs to, where that is to be another one."""

    in_list = True

    def __init__(self) -> None:
        self.field = Text("move_to_organization")

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        wanted = session.beside(str(declared[self.field.name]), None).organization_id()
        now = str((current or {}).get("organization") or session.organization_id())
        return PartPlan(now, wanted, now != wanted, wanted)

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`."""
        obj["organization"] = plan.predicted

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
        """See :meth:`Part.apply`."""
        path = f"/api/organizations/{plan.before}/projects/{current['id']}/change_organization/"
        try:
            answer = session.write("POST", path, {"organization_id": plan.after}, repeatable=True)
        except ApiError as exc:
            raise _closed(exc, self.field.name, "Project settings, Danger zone") from exc
        return {**current, "organization": plan.after, **(answer if isinstance(answer, dict) else {})}


class Onboarding(Part):
    """The products that are set up; one that is done stays done."""

    in_list = True

    def __init__(self) -> None:
        self.field = ListOf("completed_onboarding", Text("product"), unordered=True)

    @staticmethod
    def _done(current: t.Mapping[str, t.Any]) -> set[str]:
        products = current.get("has_completed_onboarding_for")
        done = {product for product, yes in products.items() if yes} if isinstance(products, dict) else set()
        intents = current.get("product_intents")
        return done | {
            str(item.get("product_type"))
            for item in (intents if isinstance(intents, list) else [])
            if isinstance(item, dict) and item.get("onboarding_completed_at")
        }

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        done = self._done(current or {})
        # What is set in the same task is written before.
        done |= self._done({"has_completed_onboarding_for": declared.get("has_completed_onboarding_for")})
        wanted = declared[self.field.name]
        missing = [product for product in wanted if product not in done]
        before = sorted(product for product in wanted if product in done)
        return PartPlan(before, sorted(wanted), bool(missing), wanted, missing)

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`."""
        products = obj.get("has_completed_onboarding_for")
        done = dict(products) if isinstance(products, dict) else {}
        obj["has_completed_onboarding_for"] = {**done, **dict.fromkeys(plan.predicted, True)}

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`: the setting of that name tells it."""
        return None

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        obj = dict(current)
        owner = f"/api/organizations/{current.get('organization') or session.organization_id()}"
        for product in plan.work:
            path = f"{owner}/projects/{current['id']}/complete_product_onboarding/"
            try:
                answer = session.write("PATCH", path, {"product_type": product})
            except ApiError as exc:
                raise _closed(exc, f"{self.field.name}: {product}", "the product's own first steps") from exc
            obj.update(answer if isinstance(answer, dict) else {})
        return obj


class Config(Part):
    """A document of a project with a route of its own.

    :param field: the option.
    :param method: how it is written.
    """

    in_list = True
    in_form = True

    def __init__(self, field: Field, method: str = "PATCH") -> None:
        self.field = field
        self.method = method

    def _path(self, current: t.Mapping[str, t.Any]) -> str:
        return f"/api/projects/{current['id']}/{self.field.name}/"

    def _read(self, session: Lookup, current: t.Mapping[str, t.Any]) -> t.Any:
        try:
            return self._shown(session.client.get(self._path(current)))
        except ApiError as exc:
            raise _closed(exc, self.field.name, "Project settings") from exc

    def _shown(self, answer: t.Any) -> t.Any:
        """What there is to compare in the route's answer."""
        return answer if isinstance(answer, dict) else {}

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        field = self.field
        problems: Problems = []
        number = (current or {}).get("id")
        now = self._shown({}) if number is None else self._read(session, t.cast("t.Mapping[str, t.Any]", current))
        if isinstance(current, dict) and number is not None:
            # The project itself does not show it, and whoever declares it wants to see it.
            current[field.name] = now
        inside = session.within(number)
        wanted = inside.resolve_field(field, declared[field.name], field.name, problems)
        if problems:
            raise InvalidInput(problems)
        changed = not field.same(wanted, now)
        after = {**now, **wanted} if isinstance(now, dict) else wanted
        before, then = (self._named(inside, field.view(value, wanted)) for value in (now, after if changed else now))
        return PartPlan(before, then, changed, after if changed else now, (now, wanted))

    def _named(self, inside: Lookup, value: t.Any) -> t.Any:
        return walk(value, self.field.refs, lambda rule, item, where: inside.name_of(rule.ref, item))

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
        try:
            found = self._read(session, current)
        except ApiError as exc:
            if exc.status in (403, 404, 405):
                return None
            raise
        if isinstance(current, dict):
            current[self.field.name] = found
        known = [key for key in self.field.fields if not key.computed]
        if isinstance(found, dict):
            # Each key is left alone where it is not declared, so what is empty is said too.
            found = {key.name: found.get(key.name) for key in known if key.name in found or key.nullable}
        return self._named(session.within(current["id"]), found)

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        now, wanted = plan.work
        try:
            answer = self._write(session, current, now, wanted)
        except ApiError as exc:
            raise _closed(exc, self.field.name, "Project settings") from exc
        kept = self._shown(answer)
        if not self.field.same(wanted, kept):
            session.warn(f"{self.field.name}: PostHog accepted this without an error but did not keep all of it")
        return {**current, self.field.name: kept}

    def _write(self, session: Lookup, current: t.Mapping[str, t.Any], now: t.Any, wanted: t.Any) -> t.Any:
        body = compose(self.field, wanted, now)
        return session.write(self.method, self._path(current), {**now, **body} if self.method == "PUT" else body)


class Names(Config):
    """A list of names of which each is added and removed by a request of its own."""

    def _shown(self, answer: t.Any) -> t.Any:
        """See :meth:`Config._shown`."""
        found = answer.get(self.field.name) if isinstance(answer, dict) else answer
        return [str(item.get("name")) for item in objects_in({self.field.name: found}, self.field.name)]

    def _write(self, session: Lookup, current: t.Mapping[str, t.Any], now: t.Any, wanted: t.Any) -> t.Any:
        path = self._path(current)
        # First those that go, for there may be ten at most.
        for name in now:
            if name not in wanted:
                session.write("DELETE", path, {"context_name": name})
        for name in wanted:
            if name not in now:
                session.write("POST", path, {"context_name": name}, repeatable=True)
        return session.client.get(path)


#: What has routes of its own (2026). The keys of the documents: the server's code of 2026.
CONFIGS: tuple[Part, ...] = (
    Onboarding(),
    Config(
        Document(
            "default_release_conditions",
            [Bool("enabled", preserved=True), ListOf("default_groups", GROUP, null_as=[], preserved=True)],
            refs=(*PROPERTY_REFS, *CONDITION_GROUP_REFS),
        ),
        "PUT",
    ),
    Names(ListOf("default_evaluation_contexts", Text("context", lower=True, max_length=255), unordered=True)),
    Config(
        Document(
            "experiments_config",
            [
                Text("experiment_recalculation_time", nullable=True, preserved=True),
                Field(
                    "default_experiment_confidence_level",
                    "decimal",
                    nullable=True,
                    minimum=0,
                    maximum=1,
                    preserved=True,
                ),
                Choice("default_experiment_stats_method", ["bayesian", "frequentist"], nullable=True, preserved=True),
                Bool("experiment_precomputation_enabled", nullable=True, preserved=True),
                Bool("default_only_count_matured_users", nullable=True, preserved=True),
                Bool("default_cuped_enabled", nullable=True, preserved=True),
                Int("default_cuped_lookback_days", nullable=True, minimum=1, preserved=True),
                Field("default_minimum_detectable_effect", "decimal", nullable=True, minimum=0, preserved=True),
                Bool("default_sequential_testing_enabled", nullable=True, preserved=True),
                Field("default_sequential_tuning_parameter", "decimal", nullable=True, minimum=0, preserved=True),
                Text("flag_cleanup_repository", nullable=True, casefold=True, preserved=True),
            ],
        )
    ),
    Config(
        Document(
            "logs_config",
            [
                ListOf("logs_distinct_id_attribute_keys", Text("key", max_length=200), preserved=True),
                ListOf("logs_session_id_attribute_keys", Text("key", max_length=200), preserved=True),
                ListOf("logs_pattern_message_keys", Text("key", max_length=200), preserved=True),
            ],
        )
    ),
)

PROJECT = Resource(
    type="project",
    plural="projects",
    scope=Scope.ORGANIZATION,
    # Servers of 2024 have projects at the top only.
    path=("projects/", "/api/projects/"),
    identity=Identity("name", ("name",), casefold=True),
    scopes=("project:read", "project:write"),
    order=1,
    alive=lambda obj: not obj.get("is_pending_deletion"),
    # All that is in it would go along.
    purging=Purging(allowed=False),
    endpoint=Projects(),
    create_warning=(
        "PostHog made the new project the current one of the key's owner, so @current, the default of the option "
        "project, means another project from now on; name the project in the tasks that follow"
    ),
    references_inside="project",
    masked=("secret_api_token", "secret_api_token_backup"),
    private_parts=(whole("slack_incoming_webhook"),),
    move_option="move_to_organization",
    parts=(
        *CONFIGS,
        Step("reset_token", "reset_token", "Project settings, Project token"),
        Step("rotate_secret_token", "rotate_secret_token", "Project settings, Feature flags secure API key"),
        Step("delete_secret_token_backup", "delete_secret_token_backup", "Project settings, Feature flags"),
        # Last, since the others are where it was.
        Owner(),
    ),
    fields=(Text("name", required=True, max_length=200), *(_listed(setting) for setting in SETTINGS)),
)

PROJECT_SETTINGS = Resource(
    type="project_settings",
    plural="project_settings",
    scope=Scope.PROJECT,
    title="project",
    # A project's own path, which every server has.
    path="/api/projects/{project}/",
    scopes=("project:read", "project:write"),
    order=3,
    delete=Delete.NONE,
    endpoint=ProjectSettings(),
    masked=("secret_api_token", "secret_api_token_backup"),
    private_parts=(whole("slack_incoming_webhook"),),
    parts=CONFIGS,
    fields=SETTINGS,
)
