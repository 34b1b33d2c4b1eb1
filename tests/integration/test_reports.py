# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports about drift and about access: what is in them, and that nobody's name breaks out of them."""

from __future__ import annotations

import csv
import html.parser
import re
import typing as t
from pathlib import Path

import jinja2
import jinja2.nodes
import pytest
from harness import Harness, Run
from harness.extras import all_ok
from harness.playbook import ROOT

#: What somebody may call a thing.
HOSTILE = "<script>alert(1)</script> & \"it\" 'is' {{ 1 + 1 }} | `x` *b* [l](http://a.test) </pre></td>"

#: Tags that only the templates themselves write.
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "article", "details"),
    *("summary", "h1", "h2", "h3", "p", "ul", "li", "b", "strong", "small", "a", "span", "div", "pre", "mark", "wbr"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}

MACROS = {"dotted", "level", "lines", "shown"}


class Page(html.parser.HTMLParser):
    """What a browser sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See the base class."""
        self.tags.append(tag)
        if tag not in ("meta", "wbr"):
            self.open.append(tag)
        for name, value in attrs:
            assert name in ("class", "id", "href", "lang", "charset", "name", "content", "scope", "style", "data-label",
                            "aria-label"), name  # fmt: skip
            if name == "href":
                self.links.append(str(value))
            if name == "id":
                self.ids.append(str(value))

    def handle_endtag(self, tag: str) -> None:
        """See the base class."""
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        """See the base class."""
        if "style" not in self.open:
            self.texts.append(data)


def page(path: Path) -> Page:
    """A page, seen to be whole, on its own, and without anything that the templates did not write."""
    found = Page(path.read_text(encoding="utf-8"))
    assert set(found.tags) <= TAGS and not found.open
    assert {link for link in found.links if not link.startswith("#")} == {
        "https://github.com/ansible-collections/community.posthog"
    }
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
    assert len(set(found.ids)) == len(found.ids)
    return found


def drift(posthog: Harness, variables: t.Mapping[str, t.Any], **more: t.Any) -> Run:
    """Run the playbook."""
    return posthog.run(path=Path("community.posthog.drift"), variables=variables, **more)


def declared(server: t.Any) -> dict[str, t.Any]:
    """Much that differs, with names of all kinds."""
    server.api("POST", "feature_flags/", {"key": "changed", "name": "Old", "filters": {"groups": [{}]}})
    server.api("POST", "feature_flags/", {"key": "by-hand", "filters": {"groups": [{}]}})
    server.api("POST", "dashboards/", {"name": HOSTILE, "description": HOSTILE + "\nSELECT 1\nLIMIT 10\n"})
    return {
        "posthog_organization_members": [{"email": "member@acme.test", "level": "admin"}],
        "posthog_organization_roles": [{"name": HOSTILE[:40]}],
        "posthog_project_config": {
            "feature_flags": [
                {"key": "changed", "name": HOSTILE, "filters": {"groups": [{"rollout_percentage": 5}]}},
                {"key": "missing", "name": HOSTILE, "tags": [HOSTILE.lower()]},
            ],
            "dashboards": [{"name": HOSTILE, "description": "New\nSELECT 1\nLIMIT 100\n"}],
        },
        "posthog_drift_undeclared": ["feature_flags"],
        "posthog_drift_title": HOSTILE,
        "posthog_drift_html": "reports/drift.html",
        "posthog_drift_markdown": "reports/drift.md",
    }


def unsafe(value: t.Any) -> t.Any:
    """The same, as text that Ansible does not take for templates."""
    if isinstance(value, dict):
        return {key: unsafe(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [unsafe(inner) for inner in value]
    return {"__ansible_unsafe": value} if isinstance(value, str) and "{{" in value else value


def test_drift(posthog: Harness) -> None:
    """Both reports, the summary and the statistic; nothing is written to PostHog."""
    variables = unsafe(declared(posthog.server))
    run = all_ok(drift(posthog, variables, env={"ANSIBLE_SHOW_CUSTOM_STATS": "true"}))
    assert not any(task.writes for task in run.tasks)
    place = next(posthog.directory.glob("run*/reports"))
    found = page(place / "drift.html")
    for text in ("6 objects in PostHog are not as declared.", "2 missing", "3 different", "1 not declared"):
        assert text in found.text, text
    assert found.text.count(" ".join(HOSTILE.split())) >= 4
    assert "2 of these let somebody in" in found.text and "member member@acme.test" in found.text
    raw = (place / "drift.html").read_text(encoding="utf-8")
    assert "<mark>LIMIT 100</mark>" in raw and "<mark>SELECT 1" not in raw
    assert "prefers-color-scheme: dark" in raw and "http://127" in raw
    markdown = (place / "drift.md").read_text(encoding="utf-8")
    assert "| 2 | 3 | 1 | 0 |" in markdown and "<script" not in markdown
    assert "\\](http" in markdown and not re.search(r"[^\\]\]\(http", markdown)
    rows = [line for line in markdown.splitlines() if line.startswith("| name |")]
    assert rows and all(line.replace("\\|", "").count("|") in (3, 4) for line in rows)
    assert "2 missing in PostHog, 3 different, 1 not declared, 0 as declared" in run.stdout
    assert '"drifted": true' in run.stdout and '"undeclared": 1' in run.stdout and " zero" not in raw


def test_no_drift(posthog: Harness) -> None:
    """As declared: the page says so, and nothing fails; in check mode there is no page."""
    posthog.server.api("POST", "feature_flags/", {"key": "there", "filters": {"groups": [{}]}})
    variables = {"posthog_project_config": {"feature_flags": [{"key": "there"}]}, "posthog_drift_fail": True}
    run = all_ok(drift(posthog, variables, check=True))
    assert not list(posthog.directory.rglob("posthog-drift.*"))
    run = all_ok(drift(posthog, variables, env={"ANSIBLE_SHOW_CUSTOM_STATS": "true"}))
    found = page(next(posthog.directory.rglob("posthog-drift.html")))
    assert "Everything is as declared." in found.text and "1 as declared" in found.text
    assert "Everything is as declared." in next(posthog.directory.rglob("posthog-drift.md")).read_text(encoding="utf-8")
    assert '"drifted": false' in run.stdout


@pytest.mark.matrix
def test_access(posthog: Harness) -> None:
    """Who may do what, in the matrix and in the table."""
    server = posthog.server
    project = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": HOSTILE})["id"]
    role = server.api("POST", f"/api/organizations/{server.organization}/roles/", {"name": "=1+1 <b>"})["id"]
    users = server.facts["users"]
    server.api(
        "POST",
        f"/api/organizations/{server.organization}/roles/{role}/role_memberships/",
        {"user_uuid": users["member"]["uuid"]},
    )
    server.api("PUT", "access_controls/", {"access_level": "none"})
    server.api("PUT", "access_controls/", {"access_level": "member", "role": role})
    server.api("PUT", "resource_access_controls/", {"resource": "survey", "access_level": "viewer"})
    variables = {"posthog_access_report_html": "out/access.html", "posthog_access_report_csv": "out/access.csv"}
    run = all_ok(posthog.run(path=Path("community.posthog.access_report"), variables=variables))
    assert not any(task.writes for task in run.tasks)
    place = next(posthog.directory.glob("run*/out"))
    found = page(place / "access.html")
    assert " ".join(HOSTILE.split()) in found.text and "role =1+1 <b>" in found.text
    for person in ("owner@acme.test", "member@acme.test"):
        assert person in found.text
    with (place / "access.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    by_key = {(row["email"], row["project_id"], row["resource"]): row for row in rows}
    here = str(server.project)

    def what(person: str, resource: str, where: str = here) -> tuple[str, str]:
        row = by_key[f"{person}@acme.test", where, resource]
        return row["level"], row["through"]

    assert what("owner", "survey") == ("manager", "organization owner")
    assert what("member", "project") == ("member", "role =1+1 <b>")
    assert what("member", "survey") == ("viewer", "everybody")
    assert what("member2", "project") == ("none", "everybody")
    assert what("member2", "survey") == ("none", "may not enter")
    assert what("member2", "survey", str(project)) == ("editor", "no rule")
    assert {row["roles"] for row in rows if row["email"] == "member@acme.test"} == {"'=1+1 <b>"}
    assert {row["project"] for row in rows} == {"Default project", HOSTILE}
    one = {**variables, "posthog_access_report_projects": here, "posthog_access_report_html": ""}
    all_ok(posthog.run(path=Path("community.posthog.access_report"), variables=one))
    text = (posthog.directory / "run2" / "out" / "access.csv").read_text(encoding="utf-8")
    assert HOSTILE[:20] not in text and "Default project" in text


@pytest.mark.parametrize("path", ["drift/templates/drift.html.j2", "access_report/templates/access.html.j2"])
def test_everything_printed_is_escaped(path: str) -> None:
    """Every expression of a page ends in the filter e, or is a macro of the same file."""
    tree = jinja2.Environment().parse((ROOT / "roles" / path).read_text(encoding="utf-8"))
    seen = 0
    for output in tree.find_all(jinja2.nodes.Output):
        for node in output.nodes:
            if isinstance(node, jinja2.nodes.TemplateData):
                continue
            seen += 1
            if isinstance(node, jinja2.nodes.Filter) and node.name == "regex_replace":
                # Only to let lines break between the words of a path.
                node = node.node
            if isinstance(node, jinja2.nodes.Call):
                assert isinstance(node.node, jinja2.nodes.Name) and node.node.name in MACROS, (path, node.lineno)
            else:
                assert isinstance(node, jinja2.nodes.Filter) and node.name == "e", (path, node.lineno)
    assert seen > 20
