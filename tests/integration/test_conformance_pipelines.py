# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What functions, workflows, exports and sources do that no other type does, and where their secrets are not."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness, Run, Task
from harness.extras import task, where_found
from harness.steps import Check, Findings, Steps, changed, refused, requests_at_most, silent, unchanged

PREFIX = "community.posthog.posthog_"
FIRST = "canary-token-of-the-first-run"
SECOND = "canary-token-of-the-second-run"


def body(**wanted: t.Any) -> Check:
    """The last write has these values."""

    def check(found: Findings, task: Task, run: Run) -> None:
        sent = (task.writes[-1].get("body") or {}) if task.writes else {}
        for key, value in wanted.items():
            found.equal(sent.get(key), value, f"{key} in the body")

    return check


def hook(secret: t.Any, **more: t.Any) -> dict[str, t.Any]:
    """A function made of a template whose headers are secret."""
    return {
        "name": "Shop",
        "type": "destination",
        "template_id": "template-webhook",
        "inputs": {"url": "https://one.example.com", "headers": secret},
        **more,
    }


def token(text: str) -> dict[str, t.Any]:
    """A header that holds a secret."""
    return {"value": {"Authorization": f"Bearer {text}"}}


def test_function_of_a_template(posthog: Harness) -> None:
    """Its inputs are the template's; what is stored stays; filters of its own name actions."""
    steps = Steps(PREFIX + "hog_function")
    named = {"name": "Shop", "type": "destination"}
    stored = {"secret": True}
    steps.add("nothing to keep yet", hook(stored), refused("inputs.headers", "no stored secret"), silent)
    steps.add("a mistyped input", hook(token(FIRST)) | {"inputs": {"urll": "x"}}, refused("did you mean url?"), silent)
    steps.add("no such template", hook(token(FIRST), template_id="template-webhok"), refused("template-webhook"))
    steps.add("check", hook(token(FIRST)), changed, silent, check_mode=True)
    steps.add("create", hook(token(FIRST)), changed)
    # The object itself tells what its inputs are, so nobody asks for the template.
    steps.add("again", hook(token(FIRST)), unchanged, requests_at_most(1))
    steps.add("keep", named | {"inputs": {"headers": stored}}, unchanged, silent)
    steps.add("keep, always", named | {"inputs": {"headers": stored}, "update_secret": "always"}, unchanged, silent)
    two = {"url": {"value": "https://two.example.com"}}
    steps.add("another address", named | {"inputs": two}, changed, body(inputs={**two, "headers": stored}))
    steps.add("another address again", named | {"inputs": two}, unchanged, silent)
    filters = {
        "events": [{"id": "signup", "name": "signup", "type": "events"}],
        "actions": [{"id": "Signed up"}],
        "data_warehouse": [],
        "source": "events",
    }
    steps.add("filters", named | {"filters": filters}, changed)
    steps.add("filters again", named | {"filters": filters}, unchanged, silent)
    steps.add(
        "beside mappings",
        named | {"mappings": [{"name": "x"}], "filters": {**filters, "filter_test_accounts": True}},
        refused("filters.events", "filters.actions", "beside mappings"),
        silent,
    )
    steps.add("no input", named | {"inputs": {"headers": None}}, changed, body(inputs={**two}))
    steps.add("no input again", named | {"inputs": {"headers": None}}, unchanged, silent)

    def prepare() -> None:
        posthog.server.api("POST", "actions/", {"name": "Signed up", "steps": [{"event": "signup"}]})

    steps.run_here(posthog, prepare)


EXPORTS: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "AwsS3": (
        {"bucket_name": "b", "region": "eu-central-1", "prefix": "p/"},
        {"compression": "gzip", "encryption": "aws:kms", "kms_key_id": "k", "max_file_size_mb": 10},
    ),
    "S3Compatible": (
        {"bucket_name": "b", "region": "auto", "prefix": "p/", "file_format": "Parquet"},
        {"use_virtual_style_addressing": True, "file_format": "JSONLines"},
    ),
    "AzureBlob": ({"container_name": "c"}, {"prefix": "p/"}),
    "BigQuery": ({"dataset_id": "d"}, {"table_id": "t", "project_id": "p", "use_json_type": True}),
    "Databricks": (
        {"http_path": "/sql", "catalog": "c", "schema": "s", "table_name": "t"},
        {"use_variant_type": False, "use_automatic_schema_evolution": False},
    ),
    "Redshift": (
        {"database": "d", "user": "u", "password": FIRST, "host": "h"},
        {
            "properties_data_type": "super",
            "mode": "COPY",
            "copy_inputs": {
                "s3_bucket": "b",
                "region_name": "eu-central-1",
                "s3_key_prefix": "p/",
                "authorization": "arn:aws:iam::1:role/canary-role",
                "bucket_credentials": {"aws_access_key_id": "AKIACANARY", "aws_secret_access_key": SECOND},
            },
        },
    ),
    "Snowflake": ({"database": "d", "warehouse": "w", "schema": "s"}, {"role": "r", "table_name": "t"}),
    "HTTP": ({"url": "https://example.com", "token": FIRST}, {"exclude_events": ["a", "b"]}),
    "Workflows": ({"hog_function_id": "01890000-0000-0000-0000-000000000001"}, {"include_events": ["a"]}),
    "FileDownload": ({}, {"compression": "brotli"}),
    "NoOp": ({}, {"exclude_events": ["a"]}),
}

KINDS = {
    "AwsS3": "aws-s3",
    "S3Compatible": "s3-compatible",
    "AzureBlob": "azure-blob",
    "BigQuery": "google-cloud-service-account",
    "Databricks": "databricks",
    "Snowflake": "snowflake",
}


def test_batch_export_types(posthog: Harness) -> None:
    """Every type of destination: made, changed by further keys, and nothing to do the second time."""
    steps = Steps(PREFIX + "batch_export")
    for kind, (config, more) in EXPORTS.items():
        account = {"integration": "Acme"} if kind in KINDS else {}
        declared = {"name": kind, "interval": "hour", "destination": {"type": kind, "config": config, **account}}
        steps.add(f"{kind}: create", declared, changed)
        steps.add(f"{kind}: again", declared, unchanged, silent)
        further = {"name": kind, "destination": {"type": kind, "config": more}}
        steps.add(f"{kind}: change", further, changed)
        steps.add(f"{kind}: change again", further, unchanged, silent)
        other = {"type": "NoOp" if kind != "NoOp" else "FileDownload", "config": {}}
        steps.add(f"{kind}: another type", {"name": kind, "destination": other}, refused("cannot be changed"), silent)

    def prepare() -> None:
        for kind in KINDS.values():
            posthog.server.seed("integration", {"kind": kind, "config": {"name": "Acme"}, "display_name": "Acme"})

    steps.run(posthog, prepare)


def test_old_exports(posthog_2024: Harness) -> None:
    """Servers before 2026 have one type S3, with its credentials inline."""
    posthog = posthog_2024
    config = {
        "bucket_name": "b",
        "region": "eu-central-1",
        "prefix": "p",
        "aws_access_key_id": "AKIACANARY",
        "aws_secret_access_key": FIRST,
    }
    declared = {"name": "To S3", "interval": "day", "destination": {"type": "S3", "config": config}}
    run = posthog.run(
        [
            task("Create", "batch_export", declared),
            task("Again", "batch_export", declared),
            task("Pause", "batch_export", {"name": "To S3", "paused": True}),
            task("Prefix", "batch_export", {"name": "To S3", "destination": {"type": "S3", "config": {"prefix": "q"}}}),
            task("Missing", "batch_export", {**declared, "name": "x", "destination": {"type": "S3", "config": {}}}),
        ],
        in_process=True,
        diff=True,
    )
    assert [item.changed for item in run.tasks[:4]] == [True, False, True, True], run.output
    assert run["Prefix"].result["batch_export"]["destination"]["config"]["bucket_name"] == "b"
    assert run["Prefix"].result["batch_export"]["paused"] is True
    assert run["Missing"].failed and "destination.config.bucket_name" in run["Missing"].msg
    assert FIRST not in "".join(str(item.result) for item in run.tasks)


@pytest.mark.parametrize("in_process", [True, False])
def test_secrets_are_nowhere(posthog: Harness, in_process: bool) -> None:
    """Also where a task fails before PostHog told which inputs are secret, and what the host's log sees."""
    flow = {
        "name": "Flow",
        "actions": [
            {"id": "trigger", "type": "trigger", "config": {"type": "event"}},
            {
                "id": "tell",
                "type": "function",
                "config": {"template_id": "template-webhook", "inputs": {"url": "x", "headers": token(FIRST)}},
            },
        ],
        "edges": [],
    }
    postgres = {"type": "Postgres", "config": {"database": "d", "host": "h", "user": "someone", "password": FIRST}}
    export = {"name": "Export", "interval": "hour", "destination": postgres}
    source = {
        "source_type": "Stripe",
        "job_inputs": {"stripe_secret_key": FIRST},
        "schemas": [{"name": "Charge", "should_sync": False}],
    }
    nowhere = {"host": "http://127.0.0.1:9", "retries": 0, "project": "1"}
    tasks = [
        task("typo", "hog_function", hook(token(FIRST), nonsense=1)),
        task("unreachable", "hog_function", hook(token(FIRST), **nowhere)),
        task("not a document", "hog_function", hook(token(FIRST)) | {"inputs": {"headers": {"Authorization": FIRST}}}),
        task("not a switch", "hog_function", hook(token(FIRST)) | {"inputs": {"headers": {"secret": FIRST}}}),
        task("create", "hog_function", hook(token(FIRST))),
        task("always", "hog_function", hook(token(SECOND), update_secret="always")),
        task("refused", "hog_function", hook(token(SECOND), update_secret="always", hog="let x := (")),
        task("told by the object", "hog_function", {"name": "Shop", "inputs": {"headers": token(FIRST)}}),
        task("flow: unreachable", "hog_flow", {**flow, **nowhere}),
        task("flow: create", "hog_flow", flow),
        task("flow: again", "hog_flow", flow),
        task("export: create", "batch_export", export),
        task("export: typo", "batch_export", {**export, "intervall": "day"}),
        task("source: create", "external_data_source", source),
        task("source: refused", "external_data_source", {**source, "prefix": "a", "schemas": []}),
        task("api", "api", {"method": "POST", "path": "nowhere/", "body": {"password": FIRST}, "no_log_body": True}),
        task("info", "info", {"types": ["hog_function", "hog_flow", "batch_export", "external_data_source"]}),
    ]
    log = posthog.directory / "ansible.log"
    env = {"ANSIBLE_LOG_PATH": str(log), "ANSIBLE_INJECT_INVOCATION": "true", "HOME": str(posthog.directory)}
    run = posthog.run(tasks, in_process=in_process, diff=True, verbosity=4, env=env)
    failing = {"typo", "unreachable", "not a document", "not a switch", "refused", "api"}
    for item in run.tasks:
        expected = item.name in failing or item.name.endswith(("unreachable", "typo", "refused"))
        assert item.failed == expected, str(item)
    found = where_found(run, posthog.directory, [FIRST, SECOND], ("playbook.yml", "inventory.ini"))
    assert not found, "\n".join(found[:5])
