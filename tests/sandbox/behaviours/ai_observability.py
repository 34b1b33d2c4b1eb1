# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""AI observability: keys of model providers and evaluations."""

from __future__ import annotations

from typing import Any

from ..errors import invalid
from ..resource import Context, Resource, behaviour
from ..store import Row

#: Level in the organization from which on one may administrate a project.
ADMIN = 8


@behaviour("llm_provider_key", "current")
class ProviderKey(Resource):
    """Each key is tried; one that begins with C(wrong) does not work."""

    write_level = ADMIN

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is None and not data.get("api_key") and not ctx.seeding:
            raise invalid("This field is required.", "api_key", "required")
        if str(data.get("api_key", "")).startswith("wrong"):
            raise invalid("The key was refused by the provider.", "api_key")
        provider = data.get("provider", row["provider"] if row else None)
        endpoint = data.get("azure_endpoint", row["azure_endpoint_display"] if row else None)
        if provider == "azure_openai" and not endpoint and not ctx.seeding:
            raise invalid("Azure needs an endpoint.", "azure_endpoint")
        return data

    def _keep(self, row: Row, data: dict[str, Any]) -> None:
        if data.get("api_key"):
            row.data["api_key_masked"] = f"{data['api_key'][:3]}...{data['api_key'][-4:]}"
        for name in ("azure_endpoint", "api_version"):
            if name in data:
                row.data[f"{name}_display"] = data[name] or None

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self._keep(row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self._keep(row, data)


@behaviour("evaluation", "current")
class Evaluation(Resource):
    """What it does has to fit its type, and it runs only with a key that is there."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        kind = data.get("evaluation_type", row["evaluation_type"] if row else None)
        if "evaluation_config" in data:
            needed = {"llm_judge": "prompt", "hog": "source"}.get(str(kind))
            if needed and not data["evaluation_config"].get(needed):
                raise invalid(f"{needed} is required.", "evaluation_config")
        for condition in data.get("conditions", []):
            if not condition.get("id"):
                raise invalid("Conditions have an id.", "conditions")
            condition.setdefault("rollout_percentage", 100)
            condition.setdefault("properties", [])
        model = data.get("model_configuration")
        if model is not None:
            if not model.get("model") or not model.get("provider"):
                raise invalid("Provider and model are required.", "model_configuration")
            number = model.get("provider_key_id")
            key = ctx.store.find("llm_provider_key", number) if number else None
            if number and (key is None or key.scope != ctx.project.pk):
                raise invalid("Provider key not found.", "model_configuration")
            model.setdefault("provider_key_id", None)
            model["provider_key_name"] = key["name"] if key is not None else None
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["status"] = "active" if row["enabled"] else "paused"

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        row.data["status"] = "active" if row["enabled"] else "paused"
