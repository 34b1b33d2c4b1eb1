# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""AI observability: keys of model providers, and evaluations of what models answered.

Private to this collection: it may change without notice. Facts: PostHog's API of autumn 2026, as the contract in
tests/contract and the sandbox's facts have it.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._resources.common import Filters
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import SwitchedOff
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Number,
    Text,
)

#: Who runs models. PostHog learns more.
PROVIDERS = ("openai", "anthropic", "gemini", "openrouter", "fireworks", "azure_openai", "together_ai")


LLM_PROVIDER_KEY = Resource(
    type="llm_provider_key",
    plural="llm_provider_keys",
    scope=Scope.PROJECT,
    path="llm_analytics/provider_keys/",
    title="key of a model provider",
    identity=Identity("name", ("name",)),
    scopes=("llm_provider_key:read", "llm_provider_key:write"),
    order=10,
    since="2026",
    fields=(
        Text("name", required=True, max_length=255),
        Choice("provider", PROVIDERS, required=True, newer=True),
        # The connection has an option of the API's name.
        Text("provider_api_key", api="api_key", required=True, secret=True, write_only=True),
        Text(
            "azure_endpoint",
            read=("azure_endpoint_display",),
            default="",
            null_as="",
            pattern=(r"(https?://\S+)?", "an address such as https://acme.openai.azure.com"),
        ),
        Text("api_version", read=("api_version_display",), default="", null_as=""),
        Bool("set_as_active", write_only=True),
    ),
)


def _config_fits(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """What an evaluation of each type does."""
    needed = {"llm_judge": "prompt", "hog": "source"}.get(str(values.get("evaluation_type")))
    config = values.get("evaluation_config")
    if needed and isinstance(config, dict) and not config.get(needed):
        yield (
            f"evaluation_config.{needed}",
            f"is missing; an evaluation of the type {values['evaluation_type']} needs it",
        )


MODEL = Document(
    "model_configuration",
    [
        # It says who runs the model, and not of which kind the document is.
        Text("provider", required=True),
        Text("model", required=True, max_length=100),
        Anything("provider_key_id"),
        Text("provider_key_name", computed=True),
    ],
    nullable=True,
    refs=(NestedRef({}, "provider_key_id", Ref("llm_provider_key")),),
)

CONDITIONS = ListOf(
    "conditions",
    Document(
        "condition",
        [
            Text("id", required=True, max_length=100),
            Number("rollout_percentage", default=100, minimum=0, maximum=100),
            ListOf("properties", Filters("property"), default=[]),
        ],
    ),
    default=[],
    null_as=[],
    item_keys=("id",),
)

EVALUATION = Resource(
    type="evaluation",
    plural="evaluations",
    scope=Scope.PROJECT,
    path="evaluations/",
    identity=Identity("name", ("name",)),
    scopes=("evaluation:read", "evaluation:write"),
    # After the keys that it uses.
    order=52,
    since="2026",
    # DELETE answers 405.
    delete=Delete.SOFT,
    hazards=(SwitchedOff("enabled"),),
    checks=(_config_fits,),
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", default="", null_as=""),
        Bool("enabled", default=False),
        Choice("evaluation_type", ["llm_judge", "hog", "sentiment"], required=True, newer=True),
        Document(
            "evaluation_config",
            [Text("prompt"), Text("source", unsettled=True)],
            required=True,
        ),
        Choice("output_type", ["boolean", "sentiment"], required=True, newer=True),
        Document(
            "output_config",
            [Bool("allows_na", default=False), Bool("true_is_failure", default=False)],
            default={},
        ),
        CONDITIONS,
        Choice("target", ["generation", "trace", "session"], newer=True, default="generation", since="2026"),
        Document(
            "target_config",
            [
                Choice("strategy", ["fixed_window", "inactivity"], newer=True, preserved=True),
                Int("window_seconds", minimum=10, maximum=604800, preserved=True),
                Int("quiet_period_seconds", minimum=10, maximum=86400, preserved=True),
                Int("max_age_seconds", minimum=60, maximum=604800, preserved=True),
            ],
            unsettled=True,
            since="2026",
        ),
        MODEL,
    ),
)
