# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries as PostHog checks them: what is outside the schema is refused (400 parse_error)."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from .errors import ApiError

#: Nodes that may stand alone in an insight; the others want one of them around.
ALONE = {"InsightVizNode", "DataVisualizationNode", "DataTableNode", "HogQuery"}


@functools.cache
def definitions() -> dict[str, Any]:
    """The facts: one part of a schema for each name."""
    path = Path(__file__).parent / "facts" / "queries.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def parse_error(detail: str) -> ApiError:
    """How a query outside the schema is refused."""
    return ApiError(400, "invalid_request", "parse_error", detail, None)


def kind_of(name: str) -> list[str]:
    """The kinds of node that a definition takes."""
    kind = definitions()[name].get("properties", {}).get("kind", {}) if name in definitions() else {}
    return [kind["const"]] if "const" in kind else list(kind.get("enum", ()))


def check_query(query: Any, *, deep: bool = True) -> None:
    """Refuse an insight's query that PostHog refuses; ``deep`` says whether it is one of the facts' time."""
    kind = query.get("kind") if isinstance(query, dict) else None
    if kind not in ALONE:
        raise parse_error(
            f"1 validation error for QuerySchemaRoot\n  Input tag '{kind}' found using 'kind' does not match any of "
            "the expected tags: " + ", ".join(sorted(ALONE))
        )
    if deep:
        check_node(query)


def check_node(node: Any, name: str | None = None) -> None:
    """Refuse a node, or another document of the facts, that does not have its form."""
    name = name or node.get("kind")
    found = errors(node, definitions()[name], str(name))
    if found:
        raise parse_error(f"{len(found)} validation errors for QuerySchemaRoot\n" + "\n".join(found))


#: The definition of each type of metric.
METRICS = {
    "mean": "ExperimentMeanMetric",
    "funnel": "ExperimentFunnelMetric",
    "ratio": "ExperimentRatioMetric",
    "retention": "ExperimentRetentionMetric",
}


def metric_errors(query: dict[str, Any]) -> list[str]:
    """What is wrong with the query of a saved metric, whose kind is one of those that there are.

    PostHog checks it strictly: keys that the type lacks, and keys that it needs, are refused (recorded in 2025).
    """
    kind = str(query["kind"])
    name = METRICS.get(query.get("metric_type", "")) if kind == "ExperimentMetric" else kind
    if name is None:
        return [f"{kind}.metric_type\n  Input should be {', '.join(map(repr, METRICS))}"]
    return errors(query, definitions()[name], kind)


def errors(value: Any, part: dict[str, Any], where: str) -> list[str]:
    """What is wrong with a value, in the order in which it is found; nulls count as left out."""
    if "$ref" in part:
        part = definitions()[part["$ref"].rpartition("/")[2]]
    if value is None or not part:
        return []
    if "anyOf" in part:
        return _any_of(value, part["anyOf"], where)
    if "const" in part or "enum" in part:
        known = [part["const"]] if "const" in part else part["enum"]
        if value in known and not isinstance(value, bool):
            return []
        return [f"{where}\n  Input should be {', '.join(repr(item) for item in known)}"]
    kind = part.get("type")
    if kind == "object" or "properties" in part:
        return _object(value, part, where)
    if kind == "array":
        if not isinstance(value, list):
            return [f"{where}\n  Input should be a valid list"]
        return [text for n, item in enumerate(value) for text in errors(item, part.get("items", {}), f"{where}.{n}")]
    return [] if _scalar(value, kind) else [f"{where}\n  Input should be a valid {kind}"]


def _scalar(value: Any, kind: str | None) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool) or str(value).lower() in ("true", "false", "yes", "no", "on", "off", "0", "1")
    if kind in ("number", "integer"):
        try:
            float(value)
        except (TypeError, ValueError):
            return False
    return True


def _object(value: Any, part: dict[str, Any], where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}\n  Input should be a valid dictionary"]
    known = part.get("properties", {})
    more = part.get("additionalProperties", True)
    found = [
        f"{where}.{key}\n  Field required"
        for key in part.get("required", ())
        # A node's kind and a filter's type have defaults.
        if key not in ("kind", "type") and key not in value
    ]
    for key, item in value.items():
        if key in known:
            found += errors(item, known[key], f"{where}.{key}")
        elif more is False:
            found.append(f"{where}.{key}\n  Extra inputs are not permitted")
        elif isinstance(more, dict):
            found += errors(item, more, f"{where}.{key}")
    return found


def _any_of(value: Any, parts: list[dict[str, Any]], where: str) -> list[str]:
    tries = []
    for part in parts:
        name = part.get("$ref", "").rpartition("/")[2]
        if isinstance(value, dict) and value.get("kind") is not None and kind_of(name):
            if value["kind"] not in kind_of(name):
                continue
        found = errors(value, part, where)
        if not found:
            return []
        tries.append(found)
    if not tries:
        return [
            f"{where}\n  Input tag '{value.get('kind')}' found using 'kind' does not match any of the expected tags"
        ]
    return min(tries, key=len)
