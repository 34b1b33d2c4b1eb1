# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects as hosts: what is read, what is wanted, how hosts are called, what is kept, and what goes wrong."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.community.posthog.plugins.inventory import posthog as plugin
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._resources.index import resource as table_of
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    KEY,
    Memory,
    Reply,
    Server,
    api_error,
    refusal,
)

ORGANIZATIONS = "/api/organizations/"


def project(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A project as its organization holds it."""
    return {"id": number, "name": name, "timezone": "UTC", "is_demo": False, "api_token": f"phc_{number}", **more}


def organization(name: str, *projects: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An organization as the list shows it."""
    return {
        "id": f"01890000-0000-0000-0000-{sum(name.encode()):012d}",
        "name": name,
        "slug": plugin.slug(name),
        "membership_level": 8,
        "available_product_features": [{"key": "tagging"}, {"key": "saml"}],
        "projects": list(projects),
        "teams": list(projects),
        **more,
    }


def read(memory: Memory, **options: Any) -> list[dict[str, Any]]:
    """What a source tells."""
    session = Session(memory, table_of)  # type: ignore[arg-type]
    reader = plugin.Reader(
        plugin.Wanted(options.pop("patterns", {})),
        settings=options.pop("settings", False),
        tokens=options.pop("tokens", False),
    )
    return list(reader.run(session, {}, {})["organizations"])


class Parsed:
    """An inventory made from a file."""

    def __init__(self, place: Path, config: dict[str, Any], *, extra: dict[str, Any] | None = None) -> None:
        self.path = place / "x.posthog.yml"
        self.path.write_text(json.dumps({"plugin": "community.posthog.posthog", **config}))
        self.data = InventoryData()
        self.plugin = inventory_loader.get("community.posthog.posthog")
        self.plugin.parse(self.data, DataLoader(), str(self.path), cache=True)
        self.data.reconcile_inventory()

    @property
    def hosts(self) -> dict[str, dict[str, Any]]:
        """The variables of each host."""
        return {name: host.get_vars() for name, host in self.data.hosts.items()}

    @property
    def groups(self) -> dict[str, list[str]]:
        """The hosts of each group."""
        return {name: sorted(host.name for host in group.get_hosts()) for name, group in self.data.groups.items()}


@pytest.fixture
def acme(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A PostHog with two organizations, which the environment points at."""
    server.script(
        Reply(
            200,
            [
                organization("Acme", project(1, "Shop"), project(2, "Website")),
                organization("Labs", project(3, "Shop"), available_product_features=[], membership_level=15),
            ],
        )
    )
    monkeypatch.setenv("POSTHOG_HOST", server.url)
    monkeypatch.setenv("POSTHOG_API_KEY", KEY)
    return server


# -- names and patterns ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Default project", "default-project"), ("Äpfel & Birnen", "apfel-birnen"), (" _x_ ", "x"), ("店", "fallback")],
)
def test_slug(name: str, expected: str) -> None:
    """Names become lower-case words with hyphens."""
    assert plugin.slug(name, "fallback") == expected


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ({}, [True, True]),
        ({"projects": ["shop"]}, [True, False]),
        ({"projects": ["*EB*"]}, [False, True]),
        ({"projects": ["2"]}, [False, True]),
        ({"exclude_projects": ["Sho?"]}, [False, True]),
        ({"projects": ["*"], "exclude_projects": ["*"]}, [False, False]),
    ],
)
def test_patterns(patterns: dict[str, list[str]], expected: list[bool]) -> None:
    """Patterns are compared with names and ids, in any case."""
    wanted = plugin.Wanted(patterns)
    assert [wanted.project(project(1, "Shop")), wanted.project(project(2, "Website"))] == expected


def test_a_name_that_is_not_there_is_told() -> None:
    """Whole names that match nothing are told with what is near; patterns may match nothing."""
    wanted = plugin.Wanted({"projects": ["Shpo", "x*"], "organizations": ["Acme"]})
    wanted.organization({"name": "Acme"})
    wanted.project(project(1, "Shop"))
    assert wanted.unmet() == ["projects: there is no project 'Shpo'; did you mean Shop?"]


# -- reading ---------------------------------------------------------------------------------------------------------


def test_one_request_tells_everything() -> None:
    """The list of organizations holds their projects."""
    memory = Memory()
    memory.lists[ORGANIZATIONS] = [organization("Acme", project(1, "Shop")), organization("Labs", project(2, "Web"))]
    told = read(memory)
    assert len(memory.calls) == 1
    assert [item["name"] for item in told] == ["Acme", "Labs"]
    assert told[0]["features"] == ["saml", "tagging"] and told[0]["membership"] == "admin"
    assert told[0]["projects"] == [{"id": 1, "name": "Shop", "timezone": "UTC", "is_demo": False}]


def test_projects_and_teams_are_joined() -> None:
    """A short project is completed from the team of the same id, and a team that is no project is none."""
    memory = Memory()
    both = organization("Acme", projects=[{"id": 1, "name": "Shop"}], teams=[project(1, "Shop"), project(9, "Staging")])
    memory.lists[ORGANIZATIONS] = [both]
    told = read(memory, tokens=True)
    assert len(memory.calls) == 1
    assert told[0]["projects"] == [
        {"id": 1, "name": "Shop", "timezone": "UTC", "is_demo": False, "token": "phc_1"},
    ]


def test_what_is_not_embedded_is_asked_for_once_in_each_organization() -> None:
    """Without time zones, the organization's own list of projects is read; without projects, the organization."""
    memory = Memory()
    one = organization("Acme", projects=[{"id": 1, "name": "Shop"}, {"id": 2, "name": "Web"}], teams=[])
    two = organization("Labs", projects=None, teams=None)
    memory.lists[ORGANIZATIONS] = [one, two]
    memory.lists[f"{ORGANIZATIONS}{one['id']}/projects/"] = [project(1, "Shop", timezone="Asia/Tokyo")]
    memory.singles[f"{ORGANIZATIONS}{two['id']}/"] = {"teams": [project(3, "Lab")]}
    told = read(memory)
    assert len(memory.calls) == 3
    assert [item["timezone"] for item in told[0]["projects"]] == ["Asia/Tokyo", None]
    assert [item["name"] for item in told[1]["projects"]] == ["Lab"]


def test_unwanted_organizations_cost_nothing() -> None:
    """Of an organization that is not meant, nothing more is asked."""
    memory = Memory()
    memory.lists[ORGANIZATIONS] = [organization("Acme", project(1, "Shop")), organization("Labs", teams=[], projects=0)]
    assert [item["name"] for item in read(memory, patterns={"organizations": ["acme"]})] == ["Acme"]
    assert len(memory.calls) == 1


def test_projects_that_are_going_away() -> None:
    """They are no hosts."""
    memory = Memory()
    memory.lists[ORGANIZATIONS] = [organization("Acme", project(1, "Shop", is_pending_deletion=True))]
    assert read(memory)[0]["projects"] == []


def test_settings_cost_one_request_each() -> None:
    """They are read by the names of the module's options, and tokens and secrets are not among them."""
    memory = Memory()
    memory.lists[ORGANIZATIONS] = [organization("Acme", project(1, "Shop"), project(2, "Web"))]
    for number in (1, 2):
        memory.singles[f"/api/projects/{number}/"] = {
            **project(number, "x"),
            "surveys_opt_in": number == 2,
            "secret_api_token": "phs_x",
            "unheard_of": 1,
        }
    told = read(memory, settings=True, patterns={"projects": ["Web"]})
    assert len(memory.calls) == 2
    assert told[0]["projects"][0]["settings"] == {"surveys_opt_in": True, "is_demo": False}


def test_a_key_that_is_limited_to_projects() -> None:
    """Its projects are asked for one by one, since no list shows them."""
    memory = Memory()
    refused = api_error(403, "API keys with scoped projects are only supported on project-based endpoints.")
    memory.errors["GET", ORGANIZATIONS] = refused
    own = organization("Acme", project(1, "Shop"), project(2, "Web"))
    memory.singles["/api/users/@me/"] = {"organization": own, "organizations": [{"id": own["id"], "name": "Acme"}]}
    memory.singles["/api/personal_api_keys/@current/"] = {"scoped_teams": [2]}
    memory.singles["/api/projects/2/"] = project(2, "Web", organization=own["id"])
    told = read(memory)
    assert [item["name"] for item in told[0]["projects"]] == ["Web"]
    assert told[0]["name"] == "Acme" and len(memory.calls) == 4


def test_a_server_that_cannot_list_organizations() -> None:
    """The user's own object tells of the current one, and each other one is asked for."""
    memory = Memory()
    memory.errors["GET", ORGANIZATIONS] = api_error(500, "A server error occurred.")
    memory.errors["GET", "/api/personal_api_keys/@current/"] = api_error(404, "Endpoint not found.")
    own, other = organization("Acme", teams=[project(1, "Shop")]), organization("Labs", teams=[project(2, "Lab")])
    del own["projects"], other["projects"]
    memory.singles["/api/users/@me/"] = {"organization": own, "organizations": [own, {"id": other["id"]}]}
    memory.singles[f"{ORGANIZATIONS}{other['id']}/"] = other
    assert [[p["name"] for p in item["projects"]] for item in read(memory)] == [["Shop"], ["Lab"]]


def test_a_key_that_may_nothing() -> None:
    """The scope that it lacks is named."""
    memory = Memory()
    for path in (ORGANIZATIONS, "/api/users/@me/", "/api/personal_api_keys/@current/"):
        memory.errors["GET", path] = api_error(403, "missing scope")
    with pytest.raises(PostHogFailure, match="organization:read"):
        read(memory)


# -- hosts -----------------------------------------------------------------------------------------------------------


def test_hosts_and_groups(acme: Server, tmp_path: Path) -> None:
    """Hosts that would be called the same get the name of their organization; groups are made."""
    made = Parsed(tmp_path, {"plans": {"enterprise": ["saml", "scim"], "paid": ["tagging"]}})
    assert sorted(made.hosts) == ["acme-shop", "labs-shop", "website"]
    variables = made.hosts["website"]
    assert variables["posthog_project_id"] == 2 and variables["posthog_host"] == acme.url
    assert variables["posthog_region"] is None and variables["posthog_plan"] == "paid"
    assert variables["ansible_connection"] == "local"
    assert not any("token" in name or "key" in name for name in variables)
    assert made.groups["posthog_projects"] == sorted(made.hosts)
    assert made.groups["organization_acme"] == ["acme-shop", "website"]
    assert made.groups["plan_paid"] == ["acme-shop", "website"]
    assert made.groups[f"host_127_0_0_1_{acme.port}"] == sorted(made.hosts)
    assert acme.seen[0].headers["authorization"] == f"Bearer {KEY}" and len(acme.seen) == 1


def test_constructed(acme: Server, tmp_path: Path) -> None:
    """Groups and variables of the user's own, and names by an expression."""
    made = Parsed(
        tmp_path,
        {
            "hostname": "'project-' ~ posthog_project_id",
            "group_by": ["membership", "source"],
            "compose": {"shouted": "posthog_project_name | upper"},
            "groups": {"shops": "posthog_project_name == 'Shop'"},
            "keyed_groups": [{"key": "posthog_plan_features", "prefix": "has"}],
            "set_connection": False,
            "project_tokens": True,
            "strict": True,
        },
    )
    assert made.hosts["project-1"]["shouted"] == "SHOP" and "ansible_connection" not in made.hosts["project-1"]
    assert made.hosts["project-1"]["posthog_project_token"] == "phc_1"
    assert made.groups["shops"] == ["project-1", "project-3"]
    assert made.groups["has_saml"] == ["project-1", "project-2"]
    assert made.groups["membership_owner"] == ["project-3"] and "organization_acme" not in made.groups
    assert made.groups["source_127_0_0_1"] == sorted(made.hosts)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"hostname": "nonsense"}, "hostname: "),
        ({"hostname": "''"}, r"hostname: is empty for project 1 \(Shop\)"),
        ({"strict": True, "compose": {"x": "nonsense"}}, "Could not set x for host"),
        ({"sources": []}, "sources: is empty"),
        ({"exclude_project": ["Shop"]}, "'exclude_project' is no option; did you mean exclude_projects"),
        ({"regoin": "eu"}, "'regoin' is no option; did you mean region"),
        ({"keyed_group": []}, "'keyed_group' is no option; did you mean keyed_groups"),
        ({"cache_time": 1}, "'cache_time' is no option; did you mean cache_timeout"),
        ({"sources": [{"regoin": "eu"}]}, r"sources\[0\]: 'regoin' is no option of a source; did you mean region"),
        ({"sources": [{"region": "uk"}]}, r"sources\[0\]: value of region must be one of: eu, us"),
        ({"sources": [{"name": "a"}, "b"]}, r"takes a dictionary|could not be converted|'b'"),
        ({"sources": [{"region": "eu", "host": "https://x"}]}, r"sources\[0\]: region, host: both are given"),
        ({"api_key": "phc_x"}, "project token"),
        ({"region": "eu", "host": "https://x"}, "both are given"),
        ({"group_by": ["color"]}, "group_by"),
    ],
)
def test_mistakes(acme: Server, tmp_path: Path, options: dict[str, Any], text: str) -> None:
    """What is wrong in the file is told in a sentence."""
    with pytest.raises(Exception, match=text):
        Parsed(tmp_path, options)


def test_same_names_everywhere(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sources with the same organization and project, and an old server with one name twice."""
    monkeypatch.setenv("POSTHOG_API_KEY", KEY)
    server.script(
        Reply(200, [organization("Acme", project(1, "Shop"), project(2, "Shop"), project(3, "localhost"))]),
        Reply(200, [organization("Acme", project(1, "Shop"), project(4, "acme Shop 1"))]),
    )
    with Server() as other:
        other.script(Reply(200, [organization("Acme", project(1, "Shop"), project(4, "One Acme Shop 1"))]))
        made = Parsed(tmp_path, {"sources": [{"name": "one", "host": server.url}, {"name": "two", "host": other.url}]})
    assert sorted(made.hosts) == [
        "acme-localhost",
        "one-acme-shop-1",
        "one-acme-shop-1-4",
        "one-acme-shop-2",
        "two-acme-shop",
    ]
    assert made.groups["organization_acme"] == sorted(made.hosts)


def test_a_project_seen_twice_is_one_host(acme: Server, tmp_path: Path) -> None:
    """The first source has it."""
    made = Parsed(tmp_path, {"sources": [{"name": "a", "projects": "Website"}, {"name": "b"}]})
    assert {name: item["posthog_source"] for name, item in made.hosts.items()} == {
        "website": "a",
        "acme-shop": "b",
        "labs-shop": "b",
    }


def test_names_are_no_templates(server: Server, tmp_path: Path) -> None:
    """What somebody calls a project is never evaluated."""
    server.script(Reply(200, [organization("Acme", project(1, "{{ 7 * 7 }}"))]))
    made = Parsed(tmp_path, {"host": server.url, "api_key": KEY, "compose": {"copy": "posthog_project_name"}})
    variables = made.hosts["7-7"]
    made.plugin.templar.available_variables = variables
    assert made.plugin.templar.template(variables["posthog_project_name"]) == "{{ 7 * 7 }}"
    assert variables["copy"] == "{{ 7 * 7 }}"


def odd(server: Server, tmp_path: Path, *names: str, **options: Any) -> Parsed:
    """An inventory of projects that are called so, in one organization."""
    projects = [project(number, name) for number, name in enumerate(names, 1)]
    server.script(Reply(200, [organization("Acme", *projects)]))
    config = {"host": server.url, "api_key": KEY, "hostname": "posthog_project_name", "strict": True}
    return Parsed(tmp_path, {**config, **options})


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Shop (EU)", "Shop -EU"),
        ("../../etc/x", "etc-x"),
        ("a/../b", "a-b"),
        ("a..b", "a-b"),
        ("..", "x-1"),
        ("a\\b:c,d", "a-b-c-d"),
        ("a\nb\x00c\x1b[31m", "a-b-c-31m"),
        ("~root", "root"),
        ("-e", "e"),
        ("{{ x }}", "x"),
        ("a  b", "a b"),
        ("Büro 日本", "Büro 日本"),
        ("v1.2+rc@home", "v1.2+rc@home"),
        ("日" * 200, "日" * 60),
        (".git", "git"),
    ],
)
def test_names_of_hosts_are_no_paths(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, wanted: str
) -> None:
    """What may stand in a host's name is listed; all else is replaced, and that is told."""
    warnings: list[str] = []
    monkeypatch.setattr(plugin.display, "warning", warnings.append)
    monkeypatch.setattr(plugin, "slug", lambda text, fallback="": "x-1")
    made = odd(server, tmp_path, name)
    assert list(made.hosts) == [wanted]
    assert made.hosts[wanted]["posthog_project_name"] == name
    told = [line for line in warnings if "names of hosts" in line]
    assert bool(told) is (name != wanted)
    assert all(repr(name) in line and repr(wanted) in line for line in told)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(["All", "../x", "all", "Ungrouped"])), max_size=6))
def test_any_names_make_an_inventory(names: list[str]) -> None:
    """Each project is one host whose name no file system and no pattern reads as something else."""
    with Server() as server, tempfile.TemporaryDirectory() as place:
        made = odd(server, Path(place), *(name or "x" for name in names), groups={"texts": "true"})
        assert len(made.hosts) == len({name.casefold() for name in made.hosts}) == len(names)
        for name in made.hosts:
            assert re.fullmatch(r"\w[\w .+@-]*", name) and ".." not in name and len(name.encode()) < 255
        assert not set(made.hosts) & set(made.groups)
        assert made.groups["all"] == made.groups["posthog_projects"] == made.groups.get("texts", [])


@pytest.mark.parametrize("hostname", ["posthog_project_name", "posthog_project_slug"])
def test_projects_that_are_called_as_groups_are(server: Server, tmp_path: Path, hostname: str) -> None:
    """A host is never taken for a group of that name, whatever groups there are."""
    names = ("All", "ungrouped", "posthog_projects", "organization_acme", "shops", "localhost", "Shop")
    made = odd(
        server,
        tmp_path,
        *names,
        hostname=hostname,
        groups={"shops": "posthog_project_id > 4"},
        keyed_groups=[
            {"key": "posthog_project_name | lower", "prefix": "", "separator": "", "parent_group": "parents"},
            {"key": "posthog_project_id | string", "prefix": "number"},
        ],
    )
    assert len(made.hosts) == len(names) == len(made.groups["posthog_projects"])
    by_id = {item["posthog_project_id"]: name for name, item in made.hosts.items()}
    assert made.groups["shops"] == sorted(by_id[number] for number in (5, 6, 7))
    assert made.groups["organization_acme"] == sorted(made.hosts)
    for reserved in ("all", "All", "ungrouped", "posthog_projects", "organization_acme", "shops", "localhost"):
        assert reserved not in made.hosts
    assert "shop" in made.groups and by_id[7] in made.groups["parents"]


def test_names_of_groups_are_no_paths(server: Server, tmp_path: Path) -> None:
    """Ansible reads variables from a file that is called as a group is."""
    keyed = [{"key": "posthog_project_name", "prefix": "", "separator": ""}]
    names = ("../../x", "/etc/x", "{{ x }}", "a\nb", "#jinja2:a")
    made = odd(server, tmp_path, *names, hostname="posthog_project_id", keyed_groups=keyed)
    assert len(made.groups) > 8 and all(re.fullmatch(r"\w+", name) for name in made.groups)


@pytest.mark.parametrize(
    "text", ["{{ 7 * 7 }}", "{% set x = 1 %}", "{# x #}", "#jinja2:variable_start_string:'['\n[7*7]"]
)
def test_only_what_cannot_be_a_template_is_marked_as_one(server: Server, tmp_path: Path, text: str) -> None:
    """Texts without a brace, which set no delimiters of their own, show as they are; all others are data."""
    made = odd(server, tmp_path, text, hostname="posthog_project_id", compose={"copy": "posthog_project_name"})
    (variables,) = made.hosts.values()
    made.plugin.templar.available_variables = variables
    for name in ("posthog_project_name", "copy"):
        assert made.plugin.templar.template(variables[name]) == variables[name] == text


# -- where options come from -----------------------------------------------------------------------------------------


def test_empty_is_unset(acme: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty variables, of the environment or in the file, count for nothing."""
    for name in ("POSTHOG_REGION", "POSTHOG_TIMEOUT", "POSTHOG_VALIDATE_CERTS", "POSTHOG_CA_PATH"):
        monkeypatch.setenv(name, "")
    made = Parsed(tmp_path, {"region": "", "timeout": "", "sources": [{"region": "", "retries": ""}]})
    assert len(made.hosts) == 3


def test_templates(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options of the connection may be templates, in the file and in sources."""
    monkeypatch.setenv("OUR_KEY", KEY)
    server.script(Reply(200, [organization("Acme", project(1, "Shop"))]))
    template = "{{ lookup('ansible.builtin.env', 'OUR_KEY') }}"
    Parsed(tmp_path, {"host": server.url, "api_key": template, "retries": "{{ 1 + 1 }}"})
    Parsed(tmp_path, {"sources": [{"host": server.url, "api_key": template}]})
    assert [item.headers["authorization"] for item in server.seen] == [f"Bearer {KEY}"] * 2


def test_a_source_beats_what_stands_beside_it(acme: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source's host is not disturbed by a region of the file or the environment."""
    monkeypatch.delenv("POSTHOG_HOST")
    monkeypatch.setenv("POSTHOG_REGION", "us")
    assert Parsed(tmp_path, {"region": "eu", "sources": [{"host": acme.url}]}).hosts
    assert Parsed(tmp_path, {"host": acme.url}).hosts


# -- failures and caching --------------------------------------------------------------------------------------------


def test_a_source_that_fails(acme: Server, tmp_path: Path) -> None:
    """It fails the inventory, unless it may be skipped; then its projects are missing, and nothing is cached."""
    with Server() as broken:
        broken.script(refusal(401, "Invalid key.", "authentication_failed"))
        sources = [{"name": "good"}, {"name": "bad", "host": broken.url}]
        with pytest.raises(AnsibleParserError, match=r"source bad .*does not know this api_key") as caught:
            Parsed(tmp_path, {"sources": sources})
        assert KEY not in str(caught.value)
        cached = {
            "cache": True,
            "cache_plugin": "ansible.builtin.jsonfile",
            "cache_connection": str(tmp_path / "cache"),
        }
        made = Parsed(tmp_path, {"sources": sources, "skip_failed_sources": True, **cached})
    assert len(made.hosts) == 3
    assert not list((tmp_path / "cache").glob("*"))


def test_cache(acme: Server, tmp_path: Path) -> None:
    """The second time nothing is asked; the key is not in the cache; another question is asked anew."""
    place = tmp_path / "cache"
    options: dict[str, Any] = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(place),
    }

    def again(**more: Any) -> int:
        before = len(acme.seen)
        made = Parsed(tmp_path, {**options, **more})
        made.plugin.update_cache_if_changed()
        made.plugin.set_cache_plugin()
        assert made.hosts
        return len(acme.seen) - before

    assert again() == 1
    assert again() == 0
    assert again(compose={"a": "1"}, hostname="posthog_project_id | string") == 0
    assert again(projects=["Web*"]) == 1
    assert again(api_key=KEY + "2") == 1
    texts = [path.name + path.read_text() for path in place.iterdir()]
    assert len(texts) == 3 and not any(KEY in text or "phc_" in text for text in texts)


def test_an_old_core_is_named_in_one_sentence() -> None:
    """Ansible itself only warns, and goes on to fail at something else. The oldest is that of meta/runtime.yml."""
    said = plugin.old_core("2.15.13")
    assert said.startswith("community.posthog needs ansible-core 2.18 or newer, and this is 2.15.13; in AWX, use")
    assert [plugin.old_core(version) for version in ("2.18.0", "2.21.5", "3.0.0", "devel")] == ["", "", "", ""]
    meta = Path(__file__).resolve().parents[4] / "meta" / "runtime.yml"
    oldest = ".".join(map(str, plugin.OLDEST_CORE))
    assert f'requires_ansible: ">={oldest}.0"' in meta.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"projects": [False]}, "projects[0]: takes text, not false"),
        ({"exclude_organizations": ["a", True]}, "exclude_organizations[1]: takes text, not true"),
        ({"hostname": False}, "hostname: takes text, not false"),
        ({"sources": [{"name": "x", "projects": ["a", True]}]}, "sources[0].projects[1]: takes text, not true"),
        ({"sources": [{"name": False}]}, "sources[0].name: takes text, not false"),
    ],
)
def test_booleans_for_names_and_patterns(tmp_path: Path, config: dict[str, Any], path: str) -> None:
    """A project called no, without quotes, is not the pattern False."""
    with pytest.raises(AnsibleParserError) as caught:
        Parsed(tmp_path, {"host": "http://127.0.0.1:9", "api_key": KEY, **config})
    assert path in str(caught.value) and "put the word in quotes" in str(caught.value)
