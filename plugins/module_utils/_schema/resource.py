# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a resource type is: one table that says everything special about it.

Private to this collection: it may change without notice.

The tables stand in C(_resources), one file per product area of PostHog; C(_resources/index) finds them by type. Nothing
outside a table mentions a type by name: what a type needs beyond the fields is one of the concepts below.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, has
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import REST, Delete, Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import Hazard
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import NO_NAME, Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import Location
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import (
    Handover,
    Part,
    RefPart,
    SecretPart,
    Several,
    Shorthand,
    StandIn,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.questions import CodeFinder, Reach
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup


class Scope(Enum):
    """What an object belongs to; the value is the path that leads there."""

    INSTANCE = "/api/"
    ORGANIZATION = "/api/organizations/{organization}/"
    PROJECT = "/api/projects/{project}/"


#: A rule over several fields: gets the declared values, yields problems.
Check = t.Callable[[t.Mapping[str, t.Any]], t.Iterable[tuple[str, str]]]

#: A rule that needs to know more than the declaration: gets the session, the resolved values and the current object.
Guard = t.Callable[["Lookup", t.Mapping[str, t.Any], "t.Mapping[str, t.Any] | None"], t.Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Listing:
    """What the list of a type shows, and how it is asked for.

    :param params: query of every list call.
    :param hidden_params: query of a second list call, which shows what the first one hides.
    :param limit: objects that are read where nobody asks for another number, of lists that grow without end.
    :param varies: what the list shows depends on the server's generation; what it lacks is asked for one by one.
    """

    params: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    hidden_params: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    limit: int | None = None
    varies: bool = False


@dataclass(frozen=True)
class Purging:
    """Which objects of a type may be deleted for not being declared.

    :param allowed: whether any may.
    :param never: whether an object is never deleted for that.
    :param marker: the field of tags in which the collection leaves its mark on an object.
    """

    allowed: bool = True
    never: t.Callable[[Lookup, t.Mapping[str, t.Any]], bool] | None = None
    marker: str | None = None


#: The usual list: it shows all there is.
LISTED_WHOLE: t.Final = Listing()

#: The usual: a purge that names the type deletes what is not declared.
PURGED_WHEN_NAMED: t.Final = Purging()


@dataclass(frozen=True)
class Resource:
    """A resource type.

    :param type: its name everywhere.
    :param plural: its name in lists.
    :param scope: what it belongs to.
    :param path: below the scope; C({parent}) is the parent's id. Several are generations of servers, newest first.
    :param fields: what can be declared.
    :param identity: how a person names it.
    :param scopes: API scopes to read and to write it.
    :param more_scopes: further scopes that a write takes: an option with the scope for it, or an empty text with one
        that each write takes.
    :param order: position in the order of application; deletion goes the other way.
    :param after: types of which all declared objects come first: fields name them by texts that are no references.
    :param named_in_texts: types whose objects texts may name, as SQL names views; the named one comes first.
    :param title: what a sentence calls it.
    :param id_path: path of the id that URLs take.
    :param other_ids: paths of further ids that a reference may use.
    :param delete: how it is deleted.
    :param delete_options: options that a soft deletion sends along.
    :param creatable: whether POST makes one.
    :param plan_feature: key of the plan feature without which PostHog refuses to change an object, and may show only a
        part of it.
    :param origin: where an object comes from that cannot be created, for the sentence that says that it is not there.
    :param replaceable: there is no PATCH: a change deletes the object and creates another.
    :param retrievable: whether one object can be read by its id.
    :param module: it has a module of its own; otherwise it is only read and referred to.
    :param since: the first server generation that has the type; the error for a server without it names this.
    :param endpoint: the requests that read and write it.
    :param key_paths: for objects without an id, the paths that together identify one.
    :param listing: what its list shows, and how it is asked for.
    :param always_send: fields repeated in every PATCH, as far as the object shows them, because some servers demand
        them; a pair of names where the server shows a field under another one.
    :param send_together: fields of which PostHog understands one only together with the others: a PATCH that has one of
        them repeats the rest.
    :param alive: whether an object counts as existing.
    :param parent: what it is reached through.
    :param stand_in: what is made where it cannot be created.
    :param turns_into: the type that an object of this one turns into by itself, under the same name (an invite that was
        accepted is a member); where that is there, nothing is left to do.
    :param move_option: the option that names another organization, where the object is moved to; one that is there
        already is looked after there.
    :param several: the option that declares many at once.
    :param shorthands: short forms.
    :param checks: rules over several fields.
    :param guards: rules asked right before the first write.
    :param parts: fields with calls of their own.
    :param prepare: rewrites the declared values before anything else looks at them.
    :param short_forms: the options that C(prepare) takes in shorter forms than the table's, at any depth.
    :param references_inside: what it refers to is inside the object itself: C(project) for a project's dashboards,
        C(organization) for an organization's roles.
    :param masked: paths of secrets in what the server shows.
    :param reveals: options that show one of the masked keys after all, where somebody has a use for it.
    :param handover: a secret that PostHog makes and shows once; one of the masked keys.
    :param secret_parts: parts of documents that are secret under a condition.
    :param private_parts: what PostHog shows and compares like anything else, and is a secret all the same, such as the
        address of a webhook, which holds a token: masked in all that is printed, a variable in exports.
    :param ref_parts: references whose places depend on the object.
    :param completes: fills in, in the predicted new object, what PostHog takes from elsewhere (a template).
    :param access: its objects let somebody in, or let somebody do something; reports show them first.
    :param terraform: other names that Terraform's provider has for it, each with attributes that the name stands for.
    :param reach: how PostHog tells how many people an object reaches.
    :param code: finds the texts in PostHog's languages, which it can check before they are written.
    :param hazards: which of its changes hurt, besides deletions, which always do.
    :param create_warning: what else the creation of an object changes; the warning that is shown with it.
    :param purging: which of its objects may be deleted for not being declared.
    :param exported: an export takes it along; data and accounts are not configuration.
    :param keep_reason: says why an object must not be deleted, since PostHog would delete more with it; an empty text
        where it may. Asked right before, in check mode too.
    :param generated: whether PostHog made an object by itself, for another one.
    :param fixed: names an object that is PostHog's own and that nobody can change; an empty text for
        all others.
    :param mentions: names of events and properties that stand inside the object without being references.
    """

    type: str
    plural: str
    scope: Scope
    path: str | tuple[str, ...]
    fields: tuple[Field, ...]
    scopes: tuple[str, str]
    order: int
    identity: Identity = NO_NAME
    after: tuple[str, ...] = ()
    named_in_texts: tuple[str, ...] = ()
    title: str = ""
    id_path: str = "id"
    other_ids: tuple[str, ...] = ()
    delete: Delete = Delete.HARD
    delete_options: tuple[str, ...] = ()
    creatable: bool = True
    origin: str = ""
    plan_feature: str = ""
    replaceable: bool = False
    retrievable: bool = True
    module: bool = True
    since: str = ""
    endpoint: Endpoint = REST
    key_paths: tuple[str, ...] = ()
    listing: Listing = LISTED_WHOLE
    always_send: tuple[str | tuple[str, str], ...] = ()
    send_together: tuple[tuple[str, ...], ...] = ()
    alive: t.Callable[[t.Mapping[str, t.Any]], bool] | None = None
    parent: Location | None = None
    stand_in: StandIn | None = None
    turns_into: str = ""
    move_option: str = ""
    several: Several | None = None
    shorthands: tuple[Shorthand, ...] = ()
    checks: tuple[Check, ...] = ()
    guards: tuple[Guard, ...] = ()
    parts: tuple[Part, ...] = ()
    prepare: t.Callable[[dict[str, t.Any], Problems], None] | None = None
    short_forms: tuple[str, ...] = ()
    references_inside: t.Literal["", "project", "organization"] = ""
    masked: tuple[str, ...] = ()
    reveals: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    handover: Handover | None = None
    secret_parts: tuple[SecretPart, ...] = ()
    private_parts: tuple[SecretPart, ...] = ()
    ref_parts: tuple[RefPart, ...] = ()
    completes: t.Callable[[Lookup, dict[str, t.Any], t.Mapping[str, t.Any]], None] | None = None
    purging: Purging = PURGED_WHEN_NAMED
    exported: bool = True
    keep_reason: t.Callable[[Lookup, t.Mapping[str, t.Any]], str] | None = None
    generated: t.Callable[[Lookup, t.Mapping[str, t.Any]], bool] | None = None
    fixed: t.Callable[[t.Mapping[str, t.Any]], str] | None = None
    mentions: tuple[NestedRef, ...] = ()
    create_warning: str = ""
    access: bool = False
    hazards: tuple[Hazard, ...] = ()
    terraform: t.Mapping[str, t.Mapping[str, t.Any]] = dataclasses.field(default_factory=dict)
    reach: Reach | None = None
    code: CodeFinder | None = None
    more_scopes: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What a sentence calls the type."""
        return self.title or self.type.replace("_", " ")

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the server generations, newest first."""
        return (self.path,) if isinstance(self.path, str) else self.path

    def field(self, name: str) -> Field | None:
        """The field of that name.

        :param name: an option.
        :returns: the field, or None.
        """
        for field in self.fields:
            if field.name == name:
                return field
        return None

    @property
    def singleton(self) -> bool:
        """Whether there is exactly one in its place, which needs no name."""
        return not self.identity.option

    @property
    def has_id(self) -> bool:
        """Whether objects have an id that a task can give."""
        return not self.singleton and not self.key_paths

    @property
    def always_sent(self) -> tuple[tuple[str, str], ...]:
        """What every PATCH repeats: the name in the body, and where the object shows it."""
        return tuple((item, item) if isinstance(item, str) else item for item in self.always_send)

    @property
    def location_options(self) -> tuple[str, ...]:
        """The options that only say where an object is."""
        return self.parent.options if self.parent is not None else ()

    @property
    def handover_options(self) -> tuple[str, ...]:
        """The options that are about a secret that PostHog shows once; only a task of its own can receive one."""
        if self.handover is None:
            return ()
        return (self.handover.option, *(part.field.name for part in self.parts if part.handed_over))

    def named_by_reference(self, field: Field) -> bool:
        """Whether a field is the name that the object is found by, and another object's at that.

        :param field: one of the fields.
        :returns: True for the person whom a role is given to: whoever is found so is the one that is meant.
        """
        return field.name == self.identity.option and field.ref is not None and not self.identity.by_value

    @property
    def has_secrets(self) -> bool:
        """Whether anything declared may be unreadable afterwards, so that C(update_secret) makes sense."""
        fields = (*self.fields, *(part.field for part in self.parts))
        return bool(self.secret_parts) or any(item.secret for item in fields)

    @property
    def list_is_complete(self) -> bool:
        """Whether a list call shows all that can be declared."""
        fields = (item.in_list for item in self.fields if not item.write_only)
        return all(fields) and all(part.in_list for part in self.parts)

    @property
    def reference_rules(self) -> tuple[NestedRef, ...]:
        """All references inside documents."""
        return tuple(rule for item in self.fields for rule in item.refs)

    @property
    def references(self) -> tuple[Ref, ...]:
        """All references, at the top and inside documents."""
        top = tuple(item.ref for item in self.fields if item.ref is not None)
        return top + tuple(rule.ref for rule in self.reference_rules)

    def object_id(self, obj: t.Mapping[str, t.Any]) -> t.Any:
        """The id that URLs take.

        :param obj: the server's object.
        :returns: an integer or text; None for a predicted object.
        """
        if self.key_paths:
            return " ".join(str(dig(obj, path)) for path in self.key_paths)
        return dig(obj, self.id_path)

    def repeated(self, body: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """What a PATCH says besides what changes, because PostHog wants to hear it again.

        :param body: what changes.
        :param current: the object as it is.
        :returns: further keys of the body, in the form that a write takes.
        """
        found: dict[str, t.Any] = {}
        for name, source in self.always_sent:
            if has(current, source):
                field = next((item for item in self.fields if item.api_name == name), None)
                value = dig(current, source)
                found[name] = value if field is None or field.reading is None or value is None else field.reading(value)
        for names in self.send_together:
            fields = [field for field in self.fields if field.name in names]
            if any(field.api_name in body for field in fields):
                found.update({field.api_name: field.value_in(current) for field in fields if field.shown_by(current)})
        return {name: value for name, value in found.items() if name not in body}

    def label(self, obj_or_name: t.Any) -> str:
        """What a sentence calls one object.

        :param obj_or_name: the server's object, or its name.
        :returns: for example C(feature flag 'new-checkout').
        """
        name = self.identity.shown(obj_or_name) if isinstance(obj_or_name, Mapping) else obj_or_name
        return f"{self.name} {name!r}" if name and not isinstance(name, (dict, list)) else self.name
