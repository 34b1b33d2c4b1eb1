# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's table of modules: the areas are written here, the modules in them follow from the tables."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .common import PREFIX, ROOT, CannotGenerate, modules, replace_block, tables
from .type_index import index

if t.TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

README = ROOT / "README.md"


@dataclass(frozen=True)
class Area:
    """A row of the table.

    :param title: of the area, for people.
    :param about: what its modules manage.
    :param files: the files of C(_resources) whose types belong to it.
    :param first: the modules that are named first, by which people know the area; the others follow in the order in
        which objects are applied.
    :param besides: modules and types that belong to it, wherever their tables are.
    """

    title: str
    about: str
    files: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


AREAS = (
    Area(
        "Whole projects",
        "many objects of many types in one task, with a plan; from a live project to the same YAML",
        besides=("config", "export"),
    ),
    Area(
        "Organization",
        "organizations, domains, people and what they belong to, the key's own user, proxies",
        ("organization",),
        besides=("user",),
        first=("organization", "organization_domain", "member", "invite", "role", "role_membership"),
    ),
    Area(
        "Access",
        "who may do what in a project, with a type or with one object; public links; secret keys of projects",
        ("access", "governance"),
        first=("access_control",),
    ),
    Area(
        "Projects",
        "projects with all their settings; integrations, as far as no browser is needed",
        ("projects", "account"),
        first=("project", "project_settings"),
    ),
    Area(
        "Flags and experiments",
        "flags with conditions, variants and payloads; experiments with their life cycle as a declared state",
        ("feature_flags", "experiments"),
        first=("feature_flag", "scheduled_change", "early_access_feature", "experiment"),
    ),
    Area(
        "Analytics",
        "insights of every kind, dashboards with tiles and layouts, alerts, subscriptions",
        ("analytics", "alerts", "documents"),
        first=("insight", "insight_variable", "dashboard", "dashboard_template"),
    ),
    Area(
        "People and taxonomy",
        "cohorts (also static ones with their members), actions, definitions",
        ("people", "taxonomy"),
        first=("cohort", "action", "event_definition", "property_definition"),
    ),
    Area(
        "Surveys and tours",
        "surveys with questions, targeting and start and stop as a declared state",
        ("surveys",),
        first=("survey",),
    ),
    Area(
        "Replay and errors",
        "playlists and recordings; the rules of error tracking in their order",
        ("replay", "error_tracking"),
        first=("session_recording",),
    ),
    Area(
        "Pipelines and warehouse",
        "destinations, transformations and site apps, workflows, exports, sources, views",
        ("pipelines", "warehouse", "ingestion"),
        first=("hog_function", "hog_flow", "messaging_template", "batch_export"),
    ),
    Area("Logs", "views, alerts, and rules that keep or drop lines of logs", ("logs",)),
    Area("AI observability", "evaluations of AI answers, keys of model providers", ("ai_observability",)),
    Area(
        "Everything else",
        "reads objects of every type; what a key may do; captures an event; any other call",
        besides=("info", "connection_info", "event", "api"),
    ),
)


def by_area(names: list[str], file_of: Mapping[str, str]) -> list[list[str]]:
    """Return the modules of each area.

    :param names: of the modules without their prefix, those with a table first, in the order of application.
    :param file_of: the file of C(_resources) of each type.
    """
    moved = {name for area in AREAS for name in area.besides}
    found = []
    for area in AREAS:
        own = [name for name in names if name not in moved and file_of.get(name) in area.files]
        own += [name for name in area.besides if name in names]
        found.append(sorted(own, key=lambda name: area.first.index(name) if name in area.first else len(area.first)))
    homeless = sorted(set(names) - {name for row in found for name in row})
    if homeless:
        where = ", ".join(f"{name} ({file_of[name]}.py)" if name in file_of else name for name in homeless)
        raise CannotGenerate(f"No area of the README has {where}; add them to AREAS in tests/generate/readme.py.")
    return found


def files() -> dict[Path, str]:
    """Return the README with its table."""
    file_of = {name: area for area, names in index().items() for name in names}
    here = [name.removeprefix(PREFIX) for name in modules()]
    with_table = [table.type for table in tables() if table.type in here]
    rows = by_area([*with_table, *sorted(set(here) - set(with_table))], file_of)
    lines = [
        "",
        "| Area | Modules (`posthog_…`) | What they manage |",
        "| --- | --- | --- |",
        *(
            f"| {area.title} | {', '.join(f'`{name}`' for name in names)} | {area.about} |"
            for area, names in zip(AREAS, rows, strict=True)
        ),
        "",
    ]
    return {README: replace_block(README, README.read_text(encoding="utf-8"), "modules", lines)}
