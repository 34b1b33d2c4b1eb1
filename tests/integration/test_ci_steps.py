# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipelines in C(ci/): the commands of their jobs, run with what GitHub Actions and GitLab CI put around them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from harness import Harness
from harness.forge import GITHUB_TOKEN, GITLAB_TOKEN, PROJECT, REPOSITORY, Forge, archive
from harness.playbook import ROOT, collections_path

HEAD, MERGE = "a" * 40, "b" * 40

FILTERS = {"groups": [{"properties": [], "rollout_percentage": 50}]}

FILES = """
feature_flags:
  - key: one
    name: First
  - key: two
    rollout_percentage: 50
"""


@pytest.fixture
def forge() -> t.Iterator[Forge]:
    """Both systems, as fresh."""
    made = Forge()
    yield made
    made.stop()


class Pipeline:
    """A checkout in which the jobs of one of both systems run.

    :param posthog: the sandbox, and a directory.
    :param forge: plays the system.
    :param system: C(github) or C(gitlab).
    """

    def __init__(self, posthog: Harness, forge: Forge, system: str) -> None:
        self.forge, self.system, self.server = forge, system, posthog.server
        self.checkout = posthog.directory / "check out"
        (self.checkout / "posthog").mkdir(parents=True)
        self.home = posthog.directory / "home"
        self.home.mkdir()
        variables = {"posthog_project_src": "posthog/", "posthog_project": str(self.server.project)}
        (self.checkout / "posthog.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
        self.write(FILES)

    def write(self, text: str) -> None:
        """Write the files of configuration."""
        (self.checkout / "posthog" / "flags.yml").write_text(text, encoding="utf-8")

    def commands(self, job: str) -> list[str]:
        """The commands of a job that are ours, as its file has them."""
        if self.system == "gitlab":
            text = (ROOT / "ci" / "gitlab" / "posthog.gitlab-ci.yml").read_text(encoding="utf-8")
            script = yaml.safe_load(text)[f"posthog-{job}"]["script"]
        else:
            name = "posthog-drift.yml" if job == "drift" else "posthog.yml"
            steps = yaml.safe_load((ROOT / "ci" / "github" / name).read_text(encoding="utf-8"))["jobs"][job]["steps"]
            script = [step["run"] for step in steps if "run" in step]
        found = [line for line in script if "pip install" not in line]
        assert any(f'"$STEPS/{job}.sh"' in line for line in found)
        return found

    def environment(self, job: str, more: t.Mapping[str, str]) -> dict[str, str]:
        """What the system sets, and what the file adds."""
        kept = {name: value for name, value in os.environ.items() if name in ("LANG", "TMPDIR")}
        own = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": collections_path(),
            "STEPS": f"{collections_path()}/ansible_collections/community/posthog/ci/steps",
            "POSTHOG_HOST": self.server.url,
            "CI": "true",
        }
        key = self.server.api_key
        if self.system == "gitlab":
            own.update(
                GITLAB_CI="true",
                CI_API_V4_URL=f"{self.forge.url}/api/v4",
                CI_PROJECT_ID=PROJECT,
                CI_PROJECT_DIR=str(self.checkout),
                CI_COMMIT_SHA=HEAD if job in ("validate", "plan") else MERGE,
                POSTHOG_GITLAB_TOKEN=GITLAB_TOKEN,
                POSTHOG_READ_KEY=key if job != "validate" else "",
                POSTHOG_API_KEY=key if job == "apply" else "",
            )
            if job in ("validate", "plan"):
                own["CI_MERGE_REQUEST_IID"] = "5"
        else:
            event = self.home / "event.json"
            event.write_text(json.dumps({"pull_request": {"number": 5, "head": {"sha": HEAD}}}), encoding="utf-8")
            own.update(
                GITHUB_ACTIONS="true",
                GITHUB_API_URL=self.forge.url,
                GITHUB_REPOSITORY=REPOSITORY,
                GITHUB_WORKSPACE=str(self.checkout),
                GITHUB_EVENT_PATH=str(event),
                GITHUB_SHA=MERGE,
            )
            if job != "validate":
                own.update(GITHUB_TOKEN=GITHUB_TOKEN, POSTHOG_API_KEY=key)
        return {**own, **more}

    def run(self, job: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the commands of a job, as both systems run them: in one shell that ends with the first failure."""
        text = "\n".join(["set -eo pipefail", *self.commands(job)])
        env = self.environment(job, more)
        command = ["bash", "-c", text]
        return subprocess.run(
            command, cwd=self.checkout, env=env, capture_output=True, text=True, check=False, timeout=300
        )

    def upload(self, head: str = HEAD, commit: str = MERGE) -> None:
        """Keep the artifacts of the plan, and merge its pull or merge request."""
        held = {path.name: path.read_bytes() for path in (self.checkout / "posthog-ci").glob("plan-*.json")}
        assert held
        number = self.forge.number()
        run = {"head_sha": head, "head_repository_id": 1, "repository_id": 1}
        name = f"posthog-plan-{head}"
        self.forge.artifacts.append(
            {
                "id": number,
                "name": name,
                "expired": False,
                "created_at": f"2026-11-{number % 28:02}",
                "workflow_run": run,
            }
        )
        if self.system == "gitlab":
            held = {f"posthog-ci/{name}": content for name, content in held.items()}
            self.forge.pulls[commit] = [{"iid": 5, "state": "merged", "sha": head}]
            self.forge.pipelines = [
                {"id": 9, "sha": "0" * 40, "project_id": 42},
                {"id": 11, "sha": head, "project_id": 43},
                {"id": 10, "sha": head, "project_id": 42},
            ]
            self.forge.jobs = {10: [{"id": number, "name": "posthog-plan", "status": "success"}]}
        else:
            merged = {"number": 5, "head": {"sha": head}, "merged_at": "2026-11-29", "merge_commit_sha": commit}
            self.forge.pulls[commit] = [{"number": 4, "head": {"sha": "0" * 40}, "merged_at": None}, merged]
        self.forge.files[number] = archive(held)

    def flags(self) -> dict[str, t.Any]:
        """What PostHog has."""
        return {item["key"]: item for item in self.server.api("GET", "feature_flags/")["results"]}


@pytest.fixture(params=["github", "gitlab"])
def pipeline(posthog: Harness, forge: Forge, request: pytest.FixtureRequest) -> Pipeline:
    """A pipeline of each system."""
    return Pipeline(posthog, forge, request.param)


def test_mistakes_are_shown_at_their_lines(pipeline: Pipeline) -> None:
    """Without a key: what is wrong, at file and line; what stands in files obeys nobody."""
    good = pipeline.run("validate")
    assert good.returncode == 0, good.stdout + good.stderr
    pipeline.write('feature_flags:\n  - key: one\n    actve: true\n  - key: "a\\n::warning::b, c"\n    name: {}\n')
    bad = pipeline.run("validate")
    assert bad.returncode != 0
    assert not pipeline.forge.requests
    if pipeline.system == "github":
        found = [line for line in bad.stdout.splitlines() if line.startswith("::error")]
        assert len(found) == 3, bad.stdout
        # What Ansible prints of files gives no commands.
        commands = [line for line in bad.stdout.splitlines() if line.startswith("::")]
        stop, go = commands[:2]
        assert stop.startswith("::stop-commands::") and go == f"::{stop.removeprefix('::stop-commands::')}::"
        assert bad.stdout.index(stop) < bad.stdout.index("PLAY RECAP") < bad.stdout.index(go)
        assert re.fullmatch(
            r"::error file=posthog/flags.yml,line=3,col=5,title=feature_flags\[0\].actve::is no option of "
            r"posthog_feature_flag; did you mean active\?",
            found[0],
        )
        assert found[2].startswith("::error file=posthog/flags.yml,line=5,")
    else:
        report = json.loads((pipeline.checkout / "gl-code-quality-report.json").read_text(encoding="utf-8"))
        places = [(item["location"]["path"], item["location"]["lines"]["begin"]) for item in report]
        assert places == [("posthog/flags.yml", 3), ("posthog/flags.yml", 4), ("posthog/flags.yml", 5)]
        assert report[0]["description"].startswith("is no option of posthog_feature_flag; did you mean active?")
        assert len({item["fingerprint"] for item in report}) == 3
        assert {"check_name", "severity"} <= set(report[0])


def test_the_plan_is_one_comment(pipeline: Pipeline) -> None:
    """It is written, updated, and says what keeps it from being made; the comment of somebody else is left alone."""
    somebody = {"id": 1, "on": "5", "user": {"login": "mallory"}, "author": {"id": 66}}
    mark = "<!-- community.posthog plan -->"
    pipeline.forge.comments += [{**somebody, "id": 200 + number, "body": f"{mark} mine"} for number in range(120)]
    first = pipeline.run("plan")
    assert first.returncode == 0, first.stdout + first.stderr
    own = pipeline.forge.comments[120:]
    assert len(own) == 1 and own[0]["body"].startswith(f"{mark}\n## Plan for PostHog\n")
    assert "### PostHog: 2 to create" in own[0]["body"]
    assert sorted(path.name for path in (pipeline.checkout / "posthog-ci").iterdir() if path.suffix == ".json") == [
        "mistakes-project.json",
        "plan-project.json",
    ]
    pipeline.write("feature_flags:\n  - key: one\n    rollout_percentage: many\n")
    wrong = pipeline.run("plan", POSTHOG_CI_TITLE="Plan <b>of all</b>")
    assert wrong.returncode != 0
    body = pipeline.forge.comments[-1]["body"]
    assert len(pipeline.forge.comments) == 121 and "## Plan &lt;b&gt;of all&lt;/b&gt;\n" in body
    assert "It cannot be applied like this" in body and "flags&#46;yml&#58;3" in body
    assert not list((pipeline.checkout / "posthog-ci").glob("plan-*"))
    pipeline.write("feature_flags:\n" + "".join(f"  - key: flag-{n}\n    name: {'x<!--' * 40}\n" for n in range(400)))
    long = pipeline.run("plan")
    assert long.returncode == 0, long.stderr
    body = pipeline.forge.comments[-1]["body"]
    assert "### PostHog: 400 to create" in body and body.count("<details>") == body.count("</details>")
    assert ("did not fit in here" in body) is (pipeline.system == "github")
    assert not pipeline.flags()


def test_a_merge_applies_what_was_reviewed(pipeline: Pipeline) -> None:
    """Nothing without a plan, nothing where PostHog changed, and then what was reviewed."""
    direct = pipeline.run("apply")
    assert direct.returncode != 0 and "so nobody reviewed a plan" in direct.stderr
    assert pipeline.run("plan").returncode == 0
    pipeline.upload()
    pipeline.server.api("POST", "feature_flags/", {"key": "one", "name": "By hand", "filters": FILTERS})
    stopped = pipeline.run("apply")
    assert stopped.returncode != 0 and "nothing was written" in stopped.stdout
    assert set(pipeline.flags()) == {"one"} and pipeline.flags()["one"]["name"] == "By hand"

    assert pipeline.run("plan").returncode == 0
    pipeline.upload()
    done = pipeline.run("apply")
    assert done.returncode == 0, done.stdout + done.stderr
    assert pipeline.flags()["one"]["name"] == "First" and "two" in pipeline.flags()
    assert pipeline.run("apply").returncode == 0
    assert pipeline.forge.leaked == []


def test_no_plan_of_anybody_else(pipeline: Pipeline) -> None:
    """Of another commit, of a fork, or out of date: such a plan is none."""
    assert pipeline.run("plan").returncode == 0
    pipeline.upload()
    for item in pipeline.forge.artifacts:
        item["workflow_run"]["head_repository_id"] = 2
    for item in pipeline.forge.pipelines:
        item["project_id"] = 43
    fork = pipeline.run("apply")
    assert fork.returncode != 0 and f"There is no plan of {HEAD}" in fork.stderr
    assert not pipeline.flags()


def test_drift_is_an_issue(pipeline: Pipeline) -> None:
    """It is opened, updated, and closed; a run that compared nothing says so."""
    made = pipeline.server.api("POST", "feature_flags/", {"key": "two", "name": "", "filters": FILTERS})
    first = pipeline.run("drift")
    assert first.returncode != 0
    second = pipeline.run("drift")
    assert second.returncode != 0 and len(pipeline.forge.issues) == 1, second.stdout + second.stderr
    issue = pipeline.forge.issues[0]
    body = issue.get("body") or issue["description"]
    assert issue["title"] == "PostHog differs from its files" and issue["labels"] == ["posthog-drift"]
    assert body.startswith("<!-- community.posthog drift -->\n# Drift: ") and "## Feature flag one: missing" in body
    pipeline.server.api("POST", "feature_flags/", {"key": "one", "name": "First", "filters": FILTERS})
    assert made["id"] and pipeline.run("drift").returncode == 0
    assert pipeline.forge.issues[0]["state"] == "closed"
    pipeline.write("feature_flags: [")
    broken = pipeline.run("drift")
    assert broken.returncode != 0 and "Nothing was compared" in broken.stderr
    assert len(pipeline.forge.issues) == 1


def test_what_is_missing_is_named(pipeline: Pipeline) -> None:
    """A token that is not given, one that is not taken, and a place that is neither."""
    name = "GITHUB_TOKEN" if pipeline.system == "github" else "POSTHOG_GITLAB_TOKEN"
    assert f"The variable {name} is not set" in pipeline.run("apply", **{name: ""}).stderr
    refused = pipeline.run("apply", **{name: "wrong"})
    assert refused.returncode != 0 and "was answered with 401" in refused.stderr and "wrong" not in refused.stderr
    where = {"GITHUB_ACTIONS": "", "GITLAB_CI": ""}
    assert "neither GitHub Actions nor GitLab CI" in pipeline.run("apply", **where).stderr
    other = {"GITHUB_API_URL": "http://example.com", "CI_API_V4_URL": "http://example.com/api/v4"}
    assert "is no https address, so no token is sent there" in pipeline.run("apply", **other).stderr


@pytest.mark.parametrize("system", ["github", "gitlab"])
def test_the_page_names_what_has_to_be_set(system: str) -> None:
    """Every secret and variable that the files read is on the page, and every step."""
    page = (ROOT / "docs" / "docsite" / "rst" / f"guide_ci_{system}.rst").read_text(encoding="utf-8")
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ci" / system).glob("*.yml"))
    names = set(re.findall(r"(?:secrets|vars)\.(\w+)|\$(POSTHOG_\w+)|# Variables of the project: (\w+)", text))
    assert names
    for name in {part for group in names for part in group if part} | {"POSTHOG_REGION"}:
        assert f"``{name}``" in page, name
    for step in (ROOT / "ci" / "steps").glob("*.sh"):
        assert step.name == "common.sh" or f"``{step.name}``" in page
        assert os.access(step, os.X_OK) or step.name == "common.sh"
