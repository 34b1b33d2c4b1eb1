# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of model providers, and evaluations."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def keys(server: SandboxServer) -> dict[str, t.Any]:
    """Keys of providers."""
    made = {}
    for name in ("Main", "Spare"):
        body = {"name": name, "provider": "openai", "api_key": f"sk-of-{name}-by-hand"}
        made[name] = server.api("POST", "llm_analytics/provider_keys/", body)["id"]
    return made


def condition(name: str, model: str, **more: t.Any) -> dict[str, t.Any]:
    """Which answers are looked at."""
    return {
        "id": name,
        "properties": [{"key": "$ai_model", "type": "event", "operator": "exact", "value": model}],
        **more,
    }


SAMPLES = [
    Sample(
        type="llm_provider_key",
        name="OpenAI",
        path="llm_analytics/provider_keys/",
        minimal={"provider": "openai", "provider_api_key": "sk-first-of-the-sample"},
        values={
            "provider_api_key": Value("sk-first-of-the-sample", "sk-second-of-the-sample"),
            "azure_endpoint": Value("https://a.openai.example.com", "https://b.openai.example.com"),
            "api_version": Value("2026-01-01", "2026-06-01"),
        },
        foreign={"provider": "anthropic", "api_key": "sk-by-somebody-else"},
        moving=("last_used_at", "api_key_masked"),
        secrets=("sk-first-of-the-sample", "sk-second-of-the-sample"),
    ),
    Sample(
        type="evaluation",
        name="Is it polite?",
        path="evaluations/",
        prepare=keys,
        minimal={
            "evaluation_type": "llm_judge",
            "evaluation_config": {"prompt": "Is the answer polite?"},
            "output_type": "boolean",
        },
        values={
            "evaluation_type": Value("llm_judge", "llm_judge"),
            "output_type": Value("boolean", "boolean"),
            "evaluation_config": Value(
                {"prompt": "Is the answer polite?"}, {"prompt": "Is the answer kind?"}, clears=False
            ),
            "output_config": Value({"allows_na": True, "true_is_failure": True}, {"true_is_failure": True}),
            "conditions": Value(
                [condition("all", "gpt-5"), condition("some", "gpt-5-mini", rollout_percentage=12.5)],
                [condition("some", "gpt-5-mini", rollout_percentage=25)],
            ),
            "target_config": Value(
                {"strategy": "fixed_window", "window_seconds": 1800},
                {"strategy": "inactivity", "quiet_period_seconds": 600, "max_age_seconds": 7200},
            ),
            "model_configuration": Value(
                {"provider": "openai", "model": "gpt-5", "provider_key_id": "Main"},
                {"provider": "openai", "model": "gpt-5-mini", "provider_key_id": "Spare"},
            ),
        },
        unused_keys={"evaluation_config.source": "belongs to the type hog"},
        foreign={
            "evaluation_type": "hog",
            "evaluation_config": {"source": "return true"},
            "output_type": "boolean",
        },
        moving=("updated_at", "status", "status_reason"),
        again=3,
        again_reason="the evaluations, and the keys by name",
    ),
]
