# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostHog's projects as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: posthog
short_description: The projects of PostHog as hosts
version_added: 0.1.0
description:
  - Makes a host of each project that a key sees, in one or several organizations, regions and installations. A play
    over these hosts configures all of them, several at a time.
  - The name of the file that configures it must end in C(posthog.yml) or C(posthog.yaml), for example
    C(company.posthog.yml).
  - Hosts have the variables C(posthog_project_id), C(posthog_project_name), C(posthog_project_slug),
    C(posthog_organization_id), C(posthog_organization_name), C(posthog_organization_slug), C(posthog_host) (the base
    URL, also for regions of PostHog Cloud), C(posthog_region) (C(us), C(eu) or null), C(posthog_source),
    C(posthog_timezone), C(posthog_is_demo), C(posthog_membership) (the level of the key's owner in the organization,
    C(member), C(admin) or C(owner)), C(posthog_plan_features) (the keys of the features that the organization's plan
    includes) and C(posthog_plan) (see O(plans)).
  - No variable holds the key. A play gets it from the environment, or from variables of yours, as with any host.
  - The playbooks and roles of this collection read the variables C(posthog_project) and C(posthog_organization), which
    are not among these. Have O(compose) set them from C(posthog_project_id) and C(posthog_organization_id), as in the
    examples; otherwise they work in the project that the key's owner has open.
  - All hosts are in the group C(posthog_projects), and in those that O(group_by), O(keyed_groups) and O(groups) make.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.plugin_connection
  - constructed
  - inventory_cache
options:
  plugin:
    description:
      - Says that the file is for this plugin.
    type: str
    required: true
    choices:
      - community.posthog.posthog
  sources:
    description:
      - The connections to read from, each with its own key, in the order in which their projects are listed.
      - A source takes the options of the connection (O(api_key), O(region), O(host) and so on), O(organizations),
        O(exclude_organizations), O(projects), O(exclude_projects), and C(name). What it does not say is taken from the
        options of the same name beside O(sources).
      - C(name) is what the variable C(posthog_source) says, by default the region or the host's name.
      - Without this option there is one source, made of the options beside it.
      - A project that two sources see is listed once, with the first of them.
    type: list
    elements: dict
  organizations:
    description:
      - Only organizations that match one of these patterns. A pattern is compared with name, slug and id, in any case;
        V(*) and V(?) stand for any text and any letter.
    type: list
    elements: str
  exclude_organizations:
    description:
      - None of the organizations that match one of these patterns.
    type: list
    elements: str
    default: []
  projects:
    description:
      - Only projects that match one of these patterns, by name or id.
    type: list
    elements: str
  exclude_projects:
    description:
      - None of the projects that match one of these patterns.
    type: list
    elements: str
    default: []
  hostname:
    description:
      - A Jinja2 expression over the host's variables that gives its name, for example
        V(posthog_organization_slug ~ '.' ~ posthog_project_slug) or V(posthog_project_name).
      - By default it is C(posthog_project_slug), the project's name in lower case with hyphens between the words.
      - In a host's name stand letters and digits of any language, blanks, and C(-_.+@). A hyphen takes the place of all
        else, such as slashes, since Ansible reads variables from files of this name, and reports and exports are
        written to such. A warning tells which names were changed so.
      - Where several hosts would have the same name, in any case, or one that Ansible or a group has, each of them gets
        the slug of its organization in front of it; if that is not enough, that of its source, too; and if that is not
        enough, its id after it. For names that never change, use C(posthog_project_id).
    type: str
  group_by:
    description:
      - The groups to make. V(organization) makes groups such as C(organization_acme), V(region) C(region_eu) or for
        installations of your own C(host_posthog_example_com), V(plan) C(plan_enterprise), V(source)
        C(source_production) and V(membership) C(membership_admin).
    type: list
    elements: str
    choices:
      - organization
      - region
      - plan
      - source
      - membership
    default:
      - organization
      - region
      - plan
  plans:
    description:
      - Names for plans, each with the keys of the features that only this plan and better ones include, the best plan
        first.
      - PostHog's API does not tell the name of an organization's plan, only its features. The first plan of which an
        organization has all features is its C(posthog_plan). Where none fits, that is null, unless the server tells a
        plan by itself.
      - The variable C(posthog_plan_features) lists the keys of an organization.
    type: dict
    default: {}
  settings:
    description:
      - Whether each project's settings are read, too, into the variable C(posthog_settings). Its keys are the options
        of M(community.posthog.posthog_project), such as C(session_recording_opt_in), C(surveys_opt_in) and
        C(autocapture_opt_out). Free text, such as the address of a webhook, is left out.
      - This costs one request for each project, so a thousand of them take more than two minutes under PostHog's limit
        of 480 requests a minute, and a fifth of the 4,800 that a key has in an hour. Narrow the projects, and cache.
    type: bool
    default: false
  project_tokens:
    description:
      - Whether hosts have the variable C(posthog_project_token), the token with which applications send events. It is
        no secret, but nothing to spread needlessly. It stands in the cache, too.
    type: bool
    default: false
  set_connection:
    description:
      - Whether hosts have the variables C(ansible_connection=local) and C(ansible_python_interpreter) with the Python
        that Ansible runs with, which is what the modules of this collection want.
    type: bool
    default: true
  skip_failed_sources:
    description:
      - Whether the other sources are used where one cannot be read, with a warning. By default the whole inventory
        fails, since projects that are missing from it would silently not be configured.
      - An inventory with a source missing is not cached.
    type: bool
    default: false
notes:
  - The list of organizations holds their projects, so as a rule a source costs one request for each hundred
    organizations. Servers that leave out a project's time zone there cost one more for each organization.
  - The variables E(POSTHOG_ORGANIZATION_ID) and E(POSTHOG_PROJECT_ID) have no effect here.
  - Templates in the options of the connection, and in those of O(sources), are evaluated, so that keys can come from
    the environment or a vault.
seealso:
  - ref: Many projects, many regions <ansible_collections.community.posthog.docsite.guide_many_projects>
    description: How to configure many projects with it.
"""

EXAMPLES = r"""
# posthog.yml: all projects that the key in POSTHOG_API_KEY sees in the EU
---
plugin: community.posthog.posthog
region: eu

---
# apply.posthog.yml: the same, for the playbooks and roles of this collection
plugin: community.posthog.posthog
region: eu
compose:
  posthog_project: posthog_project_id
  posthog_organization: posthog_organization_id

---
# company.posthog.yml: two regions and an installation of one's own, each with its own key
plugin: community.posthog.posthog
sources:
  - name: europe
    region: eu
    api_key: "{{ lookup('ansible.builtin.env', 'POSTHOG_EU_KEY') }}"
  - name: america
    region: us
    api_key: "{{ lookup('ansible.builtin.env', 'POSTHOG_US_KEY') }}"
    organizations: [Acme, Acme Labs]
    exclude_projects: ["*sandbox*"]
  - name: plant
    host: https://posthog.example.com
    api_key: "{{ lookup('ansible.builtin.env', 'POSTHOG_PLANT_KEY') }}"
    ca_path: /etc/ssl/plant.pem

---
# grouped.posthog.yml: groups of one's own, and an inventory that is kept for an hour
plugin: community.posthog.posthog
hostname: posthog_organization_slug ~ '.' ~ posthog_project_slug
plans:
  enterprise: [role_based_access]
  paid: [tagging]
settings: true
groups:
  production: "'prod' in posthog_project_slug"
  replay: posthog_settings.session_recording_opt_in
keyed_groups:
  - key: posthog_timezone
    prefix: timezone
  - key: posthog_plan_features
    prefix: has
compose:
  team: posthog_project_name.split(' ')[0] | lower
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/posthog-inventory
cache_timeout: 3600
"""

import contextlib
import fnmatch
import hashlib
import json
import re
import typing as t
import unicodedata
from urllib.parse import urlsplit

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.release import __version__ as CORE
from ansible.utils.display import Display

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    PostHogFailure,
    answered,
    objects_in,
)
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, perform
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._http.connection import REGIONS
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection, connection_spec
from ansible_collections.community.posthog.plugins.module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._resources.organization import LEVELS
from ansible_collections.community.posthog.plugins.module_utils._schema.yaml_words import booleans_for_texts
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.plugin_utils._names import host_name
from ansible_collections.community.posthog.plugins.plugin_utils._options import (
    ConnectionOptions,
    Settings,
    shared_directory,
    unknown_options,
)
from ansible_collections.community.posthog.plugins.plugin_utils._shown import show_verbose
from ansible_collections.community.posthog.plugins.plugin_utils._templates import data_value, template_text

if t.TYPE_CHECKING:
    from ansible.inventory.data import InventoryData
    from ansible.parsing.dataloader import DataLoader

display = Display()

Object = dict[str, t.Any]

#: The group of all hosts. With an underscore, which no default host name has.
ALL: t.Final = "posthog_projects"

#: Options that say which organizations and projects are meant.
PATTERNS: t.Final = ("organizations", "exclude_organizations", "projects", "exclude_projects")

#: How many changed names are listed.
_SHOWN: t.Final = 5

#: The oldest ansible-core, as meta/runtime.yml has it.
OLDEST_CORE: t.Final = (2, 18)

#: Changes whenever what stands in the cache does.
_CACHE_FORMAT: t.Final = 1


def old_core(version: str) -> str:
    """What to say of an ansible-core that is too old. Ansible only warns of it, and goes on to fail at something else.

    :param version: of ansible-core.
    :returns: one sentence, or an empty string.
    """
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None or tuple(map(int, found.groups())) >= OLDEST_CORE:
        return ""
    return (
        f"community.posthog needs ansible-core {'.'.join(map(str, OLDEST_CORE))} or newer, and this is {version}; "
        "in AWX, use an execution environment that has it (the guide of AWX says how to build one)"
    )


def slug(text: str, fallback: str = "") -> str:
    """A name in lower case with hyphens between its words.

    :param text: any name.
    :param fallback: what to return where nothing is left.
    :returns: letters, digits and hyphens.
    """
    plain_letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain_letters.lower()).strip("-") or fallback


def _group(text: str) -> str:
    """A name as part of a group's name."""
    return slug(text).replace("-", "_")


def _refuse_booleans(given: t.Mapping[str, t.Any], where: str) -> None:
    """Refuse a boolean for a name or a pattern, before Ansible makes the text True of it.

    :param given: the options as they stand in the file.
    :param where: in front of their names.
    :raises PostHogFailure: one of them is one.
    """
    patterns = {option: {"type": "list", "elements": "str"} for option in PATTERNS}
    spec: dict[str, t.Any] = {"name": {}, "hostname": {}, **connection_spec(), **patterns}
    names = {*spec, *(alias for item in spec.values() for alias in item.get("aliases", ()))}
    problems = booleans_for_texts(spec, {key: value for key, value in given.items() if key in names})
    if problems:
        raise PostHogFailure("; ".join(f"{where}{path}: {text}" for path, text in problems))


class Wanted:
    """Which organizations and projects are meant.

    :param patterns: by the names in C(PATTERNS).
    """

    def __init__(self, patterns: t.Mapping[str, t.Sequence[str] | None]) -> None:
        self.patterns = patterns
        self._unmet = {
            (option, pattern)
            for option in ("organizations", "projects")
            for pattern in patterns.get(option) or ()
            if not any(sign in pattern for sign in "*?[")
        }
        self._seen: dict[str, list[str]] = {"organizations": [], "projects": []}

    def organization(self, obj: t.Mapping[str, t.Any]) -> bool:
        """Whether an organization is meant.

        :param obj: the organization.
        :returns: it is.
        """
        return self._means("organizations", [obj.get("name"), obj.get("slug"), obj.get("id")])

    def project(self, obj: t.Mapping[str, t.Any]) -> bool:
        """Whether a project is meant.

        :param obj: the project.
        :returns: it is.
        """
        return self._means("projects", [obj.get("name"), obj.get("id")])

    def _means(self, option: str, names: t.Sequence[t.Any]) -> bool:
        texts = [str(name).strip().casefold() for name in names if name is not None]
        self._seen[option].append(str(names[0]))
        included = self.patterns.get(option)
        hits = [item for item in included or () if self._hit(item, texts)]
        self._unmet -= {(option, item) for item in hits}
        if included and not hits:
            return False
        return not any(self._hit(item, texts) for item in self.patterns.get(f"exclude_{option}") or ())

    @staticmethod
    def _hit(pattern: str, texts: t.Sequence[str]) -> bool:
        return any(fnmatch.fnmatchcase(text, pattern.strip().casefold()) for text in texts)

    def unmet(self) -> list[str]:
        """What was asked for by its whole name and is not there.

        :returns: a sentence for each.
        """
        return [
            f"{option}: there is no {option[:-1]} {pattern!r}{nearest(pattern, self._seen[option])}"
            for option, pattern in sorted(self._unmet)
        ]


class Reader(ModuleHandler):
    """Reads the organizations and projects of one source.

    :param wanted: which of them.
    :param settings: read each project's settings.
    :param tokens: keep the projects' tokens.
    """

    def __init__(self, wanted: Wanted, *, settings: bool, tokens: bool) -> None:
        super().__init__("inventory")
        self.wanted = wanted
        self.settings = settings
        self.tokens = tokens

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        organizations = []
        for organization, projects in self._organizations(session):
            if not self.wanted.organization(organization):
                continue
            shown = [
                self._project(session, item)
                for item in projects
                if not item.get("is_pending_deletion") and self.wanted.project(item)
            ]
            organizations.append({**self._organization(organization), "projects": shown})
        return {"organizations": organizations}

    def _organizations(self, session: Session) -> t.Iterator[tuple[Object, list[Object]]]:
        """The organizations with their projects, in as few requests as the server allows."""
        known = session.account.organizations()
        limited = None if session.account.lists_organizations else self._only_projects(session)
        if limited is not None:
            yield from self._limited(session, known, limited)
            return
        if not known and not session.account.lists_organizations:
            raise PostHogFailure(
                "the key may read neither organizations nor its own user; "
                "add the scope organization:read to it (Settings, Personal API keys)"
            )
        for organization in known:
            if not self.wanted.organization(organization):
                yield organization, []
                continue
            if not isinstance(organization.get("projects", organization.get("teams")), list):
                # Servers that cannot list organizations show the projects of the current one only.
                inner = session.within_organization(organization.get("id"))
                organization = {**organization, **inner.organization()}
            yield organization, self._embedded(session, organization)

    @staticmethod
    def _only_projects(session: Session) -> list[t.Any] | None:
        """The ids of the projects that the key is limited to; None for a key that is not, or may not know."""
        try:
            key = session.client.get("/api/personal_api_keys/@current/")
        except ApiError as exc:
            if exc.status not in (403, 404, 405, 500):
                raise
            return None
        teams = key.get("scoped_teams") if isinstance(key, dict) else None
        return teams if isinstance(teams, list) and teams else None

    @staticmethod
    def _limited(
        session: Session, known: t.Sequence[Object], ids: t.Sequence[t.Any]
    ) -> t.Iterator[tuple[Object, list[Object]]]:
        """The projects of a key that sees nothing else: asked for one by one, where the user's object lacks them."""
        names = {str(item.get("id")): item for item in known}
        found: dict[str, list[Object]] = {}
        for project_id in ids:
            project = session.within(project_id).target.project()
            if project:
                owner = str(project.get("organization") or project.get("organization_id"))
                found.setdefault(owner, []).append(project)
        for owner, projects in found.items():
            yield names.get(owner) or {"id": owner, "name": owner}, projects

    @staticmethod
    def _embedded(session: Session, organization: Object) -> list[Object]:
        """The projects that an organization's object holds, with what its teams show of them.

        A project has the id of its main environment, which the list of teams describes in more detail.
        """
        teams = {answered(item, "id", "teams.id"): item for item in objects_in(organization, "teams")}
        listed = teams.values() if organization.get("projects") is None else objects_in(organization, "projects")
        merged = [{**teams.get(answered(item, "id", "projects.id"), {}), **item} for item in listed]
        if all(item.get("timezone") for item in merged):
            return merged
        path = f"/api/organizations/{organization.get('id')}/projects/"
        try:
            more = {str(item.get("id")): item for item in session.client.objects(path) if isinstance(item, dict)}
        except ApiError as exc:
            if exc.status not in (403, 404, 405):
                raise
            more = {}
        return [{**more.get(str(item["id"]), {}), **item} for item in merged]

    @staticmethod
    def _organization(obj: t.Mapping[str, t.Any]) -> Object:
        """What is kept of an organization."""
        features = obj.get("available_product_features")
        if isinstance(features, list):
            keys = [str(item.get("key")) for item in features if isinstance(item, dict)]
        else:
            older = obj.get("available_features")
            keys = [str(item) for item in older] if isinstance(older, list) else []
        levels = {number: word for word, number in LEVELS.items()}
        plan = obj.get("plan")
        level = obj.get("membership_level")
        name = str(obj.get("name") or obj.get("id"))
        return {
            "id": str(answered(obj, "id")),
            "name": name,
            "slug": str(obj.get("slug") or slug(name, str(obj.get("id")))),
            "membership": levels.get(level) if isinstance(level, int) else None,
            "features": sorted(keys),
            "plan": plan if isinstance(plan, str) else None,
        }

    def _project(self, session: Session, obj: t.Mapping[str, t.Any]) -> Object:
        """What is kept of a project."""
        out = {
            "id": obj.get("id"),
            "name": str(obj.get("name") or obj.get("id")),
            "timezone": obj.get("timezone"),
            "is_demo": obj.get("is_demo"),
        }
        if self.tokens:
            out["token"] = obj.get("api_token")
        if self.settings:
            table = RESOURCES["project"]
            whole = masked(table, session.within(obj["id"]).target.project()) or {}
            # Nobody groups by free text, which may be the address of a webhook.
            out["settings"] = {
                field.name: whole[field.api or field.name]
                for field in table.fields
                if (field.api or field.name) in whole and (not field.of_kind.is_text or field.choices)
            }
            out["timezone"] = whole.get("timezone") or out["timezone"]
        return out


class InventoryModule(ConnectionOptions, BaseInventoryPlugin, Constructable, Cacheable):
    """See the documentation above."""

    NAME = "community.posthog.posthog"

    def verify_file(self, path: str) -> bool:
        """Whether a file is this plugin's, by its name.

        :param path: the file.
        :returns: it is.
        """
        return bool(super().verify_file(path)) and path.endswith(("posthog.yml", "posthog.yaml"))

    def rendered(self, value: t.Any) -> t.Any:
        """See :meth:`ConnectionOptions.rendered`."""
        return plain(self.templar.template(value))

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        """See Ansible.

        :param inventory: what the hosts are added to.
        :param loader: reads files.
        :param path: the file.
        :param cache: whether what is cached may be used.
        :raises AnsibleParserError: the file is wrong, or a source could not be read.
        """
        super().parse(inventory, loader, path, cache)
        too_old = old_core(CORE)
        if too_old:
            raise AnsibleParserError(too_old)
        if REQUESTS_IMPORT_ERROR is not None:
            raise AnsibleParserError(missing_required_lib("requests"))
        config = self._read_config_data(path)
        # What begins like this is no option anywhere: such keys hold what YAML's anchors are put at.
        meant = [key for key in config if not str(key).startswith(("_", "x-"))]
        wrong = unknown_options(self, meant)
        if wrong:
            raise AnsibleParserError(f"{path}: {'; '.join(wrong)}")
        try:
            _refuse_booleans(config, "")
            sources = self._sources()
            found, failed = self._found(path, sources, cache)
        except PostHogFailure as exc:
            raise AnsibleParserError(exc.message) from None
        for warning in failed:
            display.warning(warning)
        self._populate(found)

    # -- what to read -------------------------------------------------------------------------------------------------

    def _sources(self) -> list[tuple[str | None, Settings, dict[str, list[str] | None]]]:
        """The sources: what each is called, how it is reached, and what of it is wanted."""
        common = {option: _texts(self.get_option(option)) for option in PATTERNS}
        given = self.get_option("sources")
        if given is None:
            return [(None, self._reached(None), common)]
        if not given:
            raise PostHogFailure("sources: is empty; leave it out, or name a source")
        sources = []
        for index, item in enumerate(given):
            where = f"sources[{index}]"
            try:
                own = self.rendered(item)
            except Exception as exc:
                raise PostHogFailure(f"{where}: {exc}") from None
            known = {*connection_spec(), *PATTERNS, "name"} - {"organization", "project"}
            if not isinstance(own, dict):
                raise PostHogFailure(f"{where}: takes a dictionary")
            for key in own:
                if key not in known:
                    raise PostHogFailure(f"{where}: {key!r} is no option of a source{nearest(key, known)}")
            _refuse_booleans(own, f"{where}.")
            patterns = {option: _texts(own.get(option)) or common[option] for option in PATTERNS}
            name = own.pop("name", None)
            for option in PATTERNS:
                own.pop(option, None)
            try:
                sources.append((str(name) if name else None, self._reached(own), patterns))
            except PostHogFailure as exc:
                raise PostHogFailure(f"{where}: {exc.message}") from None
        return sources

    def _reached(self, own: t.Mapping[str, t.Any] | None) -> Settings:
        """The options of a connection, checked."""
        raw, params = self.connection_settings(own)
        params.update(organization=None, project=None)
        connection(raw, params)
        return raw, params

    def _found(
        self, path: str, sources: t.Sequence[tuple[str | None, Settings, t.Any]], cache: bool
    ) -> tuple[list[Object], list[str]]:
        """What the sources show, from the cache where that is allowed; and what went wrong."""
        switched_on = bool(self.get_option("cache"))
        key = f"{self.get_cache_key(path)}_{self._fingerprint(sources)}"
        if switched_on and cache:
            try:
                return list(self.cache[key]), []
            except KeyError:
                pass
        found, failed = self._read(sources)
        if switched_on and not failed:
            self.cache[key] = found
        return found, failed

    def _fingerprint(self, sources: t.Sequence[tuple[str | None, Settings, t.Any]]) -> str:
        """A digest of all that decides what is read. No API key can be recovered from it."""
        asked: list[t.Any] = [_CACHE_FORMAT, self.get_option("settings"), self.get_option("project_tokens")]
        for name, (raw, params), patterns in sources:
            where = connection(raw, params)
            asked.append([name, where.host, where.api_key, patterns])
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]

    def _read(self, sources: t.Sequence[tuple[str | None, Settings, t.Any]]) -> tuple[list[Object], list[str]]:
        """Read the sources, and collect what went wrong with those that may be skipped."""
        found: list[Object] = []
        failed: list[str] = []
        for name, (raw, params), patterns in sources:
            host = connection(raw, params).host
            region = next((word for word, url in REGIONS.items() if url == host), None)
            label = name or region or str(urlsplit(host).hostname)
            wanted = Wanted(patterns)
            reader = Reader(
                wanted, settings=bool(self.get_option("settings")), tokens=bool(self.get_option("project_tokens"))
            )
            sessions = Sessions(
                check_mode=False,
                warn=display.warning,
                note=lambda line: show_verbose(f"posthog: {line}", 3),
                shared=shared_directory(),
            )
            sessions.report = lambda line: show_verbose(f"posthog: {line}", 1)
            try:
                good, result = perform(reader, sessions, raw, params)
            finally:
                sessions.close()
            if not good:
                text = f"source {label} ({host}): {result['msg']}"
                if not self.get_option("skip_failed_sources"):
                    raise PostHogFailure(text)
                failed.append(f"{text}; its projects are missing from the inventory")
                continue
            for line in wanted.unmet():
                display.warning(f"source {label} ({host}): {line}")
            found.append({"source": label, "host": host, "region": region, **result})
        return found, failed

    # -- hosts --------------------------------------------------------------------------------------------------------

    def _populate(self, found: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Add hosts, variables and groups."""
        everything = [data_value(variables) for variables in self._variables(found)]
        strict = bool(self.get_option("strict"))
        target = t.cast("InventoryData", self.inventory)
        target.add_group(ALL)
        self._changed: dict[str, str] = {}
        for name, variables in zip(self._names(everything), everything):
            self._add(target, name, variables, strict)
        self._tell_changed()

    def _tell_changed(self) -> None:
        """Say which hosts are not called as they were meant to be."""
        if self._changed:
            shown = [f"{old!r} is now {new!r}" for old, new in sorted(self._changed.items())]
            more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
            display.warning(f"posthog: names of hosts hold no such signs: {', '.join(shown[:_SHOWN])}{more}")

    @contextlib.contextmanager
    def _without_loops(self, host: str | None = None) -> t.Iterator[None]:
        """Let Ansible's own code make groups, whatever projects are called."""
        before = self.inventory
        self.inventory = t.cast("InventoryData", _Groups(before, host))
        try:
            yield
        finally:
            self.inventory = before

    def _add(self, inventory: InventoryData, name: str, variables: Object, strict: bool) -> None:
        """Add one host."""
        inventory.add_host(name, group=ALL)
        for key, value in variables.items():
            inventory.set_variable(name, key, value)
        if self.get_option("set_connection"):
            inventory.set_variable(name, "ansible_connection", template_text("local"))
            inventory.set_variable(name, "ansible_python_interpreter", template_text("{{ ansible_playbook_python }}"))
        for group in self._groups(variables):
            inventory.add_host(name, group=inventory.add_group(group))
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        with self._without_loops(name):
            self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        with self._without_loops():
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)

    def _compose(self, template: str, variables: t.Mapping[str, t.Any], *args: t.Any, **kwargs: t.Any) -> t.Any:
        """See Ansible. The result is made of PostHog's data, so it is marked as data, too."""
        return data_value(plain(super()._compose(template, variables, *args, **kwargs)))

    def _variables(self, found: t.Sequence[t.Mapping[str, t.Any]]) -> t.Iterator[Object]:
        """The variables of each host."""
        plans = plain(self.get_option("plans") or {})
        seen: set[tuple[str, str]] = set()
        for source in found:
            for organization in source["organizations"]:
                features = set(organization["features"])
                plan = organization["plan"] or next(
                    (str(name) for name, keys in plans.items() if features.issuperset(_texts(keys) or ())), None
                )
                for project in organization["projects"]:
                    mark = (source["host"], str(project["id"]))
                    if mark in seen:
                        continue
                    seen.add(mark)
                    variables: Object = {
                        "posthog_project_id": project["id"],
                        "posthog_project_name": project["name"],
                        "posthog_project_slug": slug(project["name"], f"project-{project['id']}"),
                        "posthog_organization_id": organization["id"],
                        "posthog_organization_name": organization["name"],
                        "posthog_organization_slug": organization["slug"],
                        "posthog_host": source["host"],
                        "posthog_region": source["region"],
                        "posthog_source": source["source"],
                        "posthog_timezone": project["timezone"],
                        "posthog_is_demo": project["is_demo"],
                        "posthog_membership": organization["membership"],
                        "posthog_plan_features": organization["features"],
                        "posthog_plan": plan,
                    }
                    if "token" in project:
                        variables["posthog_project_token"] = project["token"]
                    if "settings" in project:
                        variables["posthog_settings"] = project["settings"]
                    yield variables

    def _groups(self, variables: t.Mapping[str, t.Any]) -> t.Iterator[str]:
        """The groups that O(group_by) makes of a host."""
        address = variables["posthog_host"].split("://", 1)[-1]
        names = {
            "organization": f"organization_{_group(variables['posthog_organization_slug'])}",
            "region": (
                f"region_{variables['posthog_region']}" if variables["posthog_region"] else f"host_{_group(address)}"
            ),
            "plan": f"plan_{_group(variables['posthog_plan'])}" if variables["posthog_plan"] else "",
            "source": f"source_{_group(variables['posthog_source'])}",
            "membership": f"membership_{variables['posthog_membership']}" if variables["posthog_membership"] else "",
        }
        for kind in self.get_option("group_by") or ():
            if names[kind]:
                yield names[kind]

    def _names(self, everything: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
        """A name for each host, different ones for all."""
        expression = self.get_option("hostname")
        names = []
        for variables in everything:
            name = variables["posthog_project_slug"]
            if expression:
                try:
                    name = plain(self._compose(expression, dict(variables)))
                except Exception as exc:
                    raise AnsibleParserError(f"hostname: {exc}") from None
                if name is None or not str(name).strip():
                    raise AnsibleParserError(
                        f"hostname: is empty for project {variables['posthog_project_id']} "
                        f"({variables['posthog_project_name']})"
                    )
            name = str(name).strip()
            made = host_name(name) or variables["posthog_project_slug"]
            if made != name:
                self._changed[name] = made
            names.append(made)
        reserved = self._reserved(everything)
        prefixes: tuple[t.Callable[[t.Mapping[str, t.Any]], str], ...] = (
            lambda item: slug(item["posthog_organization_slug"]),
            lambda item: slug(item["posthog_source"]),
        )
        for prefix in prefixes:
            taken = _counts(names)
            names = [
                f"{prefix(item)}-{name}" if taken[name.casefold()] > 1 or name.casefold() in reserved else name
                for item, name in zip(everything, names)
            ]
        taken = _counts(names)
        names = [
            f"{name}-{item['posthog_project_id']}" if taken[name.casefold()] > 1 else name
            for item, name in zip(everything, names)
        ]
        # What is left are names that another project got so that it differs from a third one.
        used = set(reserved)
        for index, item in enumerate(everything):
            while names[index].casefold() in used:
                names[index] += f"-{item['posthog_project_id']}"
            used.add(names[index].casefold())
        return names

    def _reserved(self, everything: t.Sequence[t.Mapping[str, t.Any]]) -> set[str]:
        """Names that no host may have: Ansible's own, and those of groups, which Ansible would take it for."""
        groups = {ALL, *t.cast("InventoryData", self.inventory).groups}
        for variables in everything:
            groups.update(self._groups(variables))
        groups.update(self._sanitize_group_name(name) for name in self.get_option("groups") or ())
        return {"localhost", "all", "ungrouped", *(str(name).casefold() for name in groups)}


class _Groups:
    """The inventory as Ansible's own code for constructed groups sees it.

    What groups are called comes from PostHog. A project called C(All) would put the group of everything below one of
    its own groups, and one that is called as a group is would be taken for it; either breaks the whole inventory.

    :param inventory: the inventory.
    :param host: the host at hand, where what is added to groups is a host and no group.
    """

    def __init__(self, inventory: t.Any, host: str | None) -> None:
        self._inventory = inventory
        self._host = host

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._inventory, name)

    def add_child(self, group: str, child: str) -> t.Any:
        """See Ansible.

        :param group: the group above.
        :param child: a group, or the host at hand.
        :returns: whether anything was added.
        """
        if child == self._host:
            return self._inventory.add_host(child, group=group)
        try:
            if child == "all":
                raise AnsibleError("it holds every group")
            return self._inventory.add_child(group, child)
        except AnsibleError as exc:
            display.warning(f"posthog: the group {child!r} cannot be put below {group!r}: {exc}")
            return False


def _counts(names: t.Iterable[str]) -> dict[str, int]:
    """How often each name is there, in any case: names of files may differ in more than that."""
    out: dict[str, int] = {}
    for name in names:
        out[name.casefold()] = out.get(name.casefold(), 0) + 1
    return out


def _texts(value: t.Any) -> list[str] | None:
    """A list of texts out of one or several values; None where there is none."""
    if value is None:
        return None
    return [str(item) for item in (plain(value) if isinstance(value, (list, tuple)) else [plain(value)])]
