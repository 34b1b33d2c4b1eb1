# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access controls: rules on a project, on a type of resource in it, and on one object; and what they amount to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import forbidden, invalid, method_not_allowed, not_found
from ..fields import check_body
from ..resource import Answer, Context, Resource, behaviour
from ..store import Row, now
from .organizations import ADMIN

if TYPE_CHECKING:
    from ..app import App
    from ..tables import Table

PROJECT_LEVELS = ["none", "member", "admin"]
LEVELS = ["none", "viewer", "editor", "manager"]
MINIMUM = {"action": "viewer"}
MAXIMUM = {"activity_log": "viewer", "toolbar": "viewer"}
#: Read-mostly types: without a rule one may only look.
DEFAULT = {"project": "admin", "activity_log": "viewer", "toolbar": "viewer"}
MAX_OBJECTS = 1000
#: Public scope objects that no route of the sandbox asks a key for.
WITHOUT_ROUTE = {"experiment_holdout", "experiment_saved_metric", "person", "plugin", "query", "webhook"}
#: Types of objects that can have rules of their own, with the resource that the rules are about.
OBJECTS = {
    "action": "action",
    "cohort": "cohort",
    "dashboard": "dashboard",
    "early_access_feature": "early_access_feature",
    "endpoint": "endpoint",
    "experiment": "experiment",
    "external_data_source": "external_data_source",
    "feature_flag": "feature_flag",
    "hog_flow": "hog_flow",
    "hog_function": "hog_function",
    "insight": "insight",
    "notebook": "notebook",
    "product_tour": "product_tour",
    "session_recording": "session_recording",
    "session_recording_playlist": "session_recording",
    "survey": "survey",
}


def scope_objects(app: App) -> set[str]:
    """Everything that the scopes of keys are about. A rule may name it, though of some it has no effect.

    :param app: whose tables say which scopes there are.
    """
    scopes = [scope for table in app.tables.values() for scope in (table.read_scope, table.write_scope) if scope]
    return {scope.partition(":")[0] for scope in scopes} | WITHOUT_ROUTE


def levels(resource: str) -> list[str]:
    """The levels of a resource, the lowest first."""
    return PROJECT_LEVELS if resource == "project" else LEVELS


def lowest(resource: str) -> str:
    """The least level that a rule may give."""
    return MINIMUM.get(resource, "none")


def highest(resource: str) -> str:
    """The greatest level that a rule may give."""
    return MAXIMUM.get(resource, levels(resource)[-1])


def object_id(row: Row) -> str:
    """How rules name an object: by its id, also where its path has a short one."""
    return str(row.get("id") or row.pk)


def roles_of(ctx: Context, user: Any, organization: str) -> set[Any]:
    """The roles of a person."""
    return {entry.parent for entry in ctx.store.all("role_membership", organization) if entry.hidden["user"] == user}


def rules_for(
    ctx: Context, project: Row, resource: str, resource_id: str | None, member: Any, roles: set[Any]
) -> list[Row]:
    """The rules on one thing that reach a person: one's own, one's roles' and the default."""
    with_roles = resource == "project" or ctx.store.has_feature(project.scope, "role_based_access")
    return [
        rule
        for rule in ctx.store.all("access_control", project.pk)
        if rule["resource"] == resource
        and rule["resource_id"] == resource_id
        and rule["organization_member"] in (None, member)
        and (rule["role"] is None or (with_roles and rule["role"] in roles))
    ]


def level_of(ctx: Context, user: Row, project: Row, resource: str, row: Row | None = None) -> tuple[str, str]:
    """What a person may do with a resource or one object of it, and where that comes from."""
    membership = ctx.store.membership(user.pk, project.scope)
    if membership is None:
        return "none", "none"
    if membership["level"] >= ADMIN:
        return highest(resource), "organization_admin"
    order = levels(resource)
    roles = roles_of(ctx, user.pk, project.scope)
    steps: list[tuple[str, str | None]] = [("resource", None)]
    if resource == "project":
        steps = [("project", str(project.pk))]
    elif row is not None:
        if (row.get("created_by") or {}).get("id") == user.pk:
            return highest(resource), "creator"
        steps.insert(0, ("object", object_id(row)))
    for source, wanted in steps:
        found = rules_for(ctx, project, resource, wanted, membership.pk, roles)
        if found:
            best = max(found, key=lambda rule: order.index(rule["access_level"]))
            return best["access_level"], source
    return DEFAULT.get(resource, "editor"), "default"


def project_admin(ctx: Context) -> bool:
    """Whether the caller may set rules of the project; the default level alone does not suffice."""
    if ctx.level >= ADMIN:
        return True
    level, source = level_of(ctx, ctx.user, ctx.project, "project")
    return level == "admin" and source == "project"


def hides_project(ctx_store: Any, user: Row, project: Row) -> bool:
    """Whether rules keep a member out of a project."""
    membership = ctx_store.membership(user.pk, project.scope)
    if membership is None or membership["level"] >= ADMIN:
        return False
    rules = [
        rule
        for rule in ctx_store.all("access_control", project.pk)
        if rule["resource"] == "project" and rule["resource_id"] == str(project.pk)
    ]
    if not rules:
        return False
    roles = {e.parent for e in ctx_store.all("role_membership", project.scope) if e.hidden["user"] == user.pk}
    mine = [
        rule["access_level"]
        for rule in rules
        if rule["organization_member"] in (None, membership.pk) and (rule["role"] is None or rule["role"] in roles)
    ]
    return bool(mine) and set(mine) == {"none"}


def enforce(ctx: Context, table: Table, pk: str | None) -> None:
    """Refuse what the rules do not allow; organization admins may all."""
    if ctx.project is None or not ctx.level or ctx.level >= ADMIN or not table.read_scope:
        return
    if next(ctx.store.all("access_control", ctx.project.pk), None) is None:
        return
    resource = table.read_scope.split(":")[0]
    if resource == "session_recording_playlist":
        resource = "session_recording"
    known = ctx.app.tables["access_control"].fields["resource"].enum or []
    if resource not in known or resource == "project":
        return
    row = ctx.store.find(table.type, int(pk) if pk and pk.isdigit() else pk) if pk else None
    level, _source = level_of(ctx, ctx.user, ctx.project, resource, row)
    reading = ctx.method in ("GET", "OPTIONS")
    if LEVELS.index(level) < (1 if reading else 2):
        raise forbidden(f"You do not have {'viewer' if reading else 'editor'} access to this resource.")


@behaviour("access_control", "current")
class AccessControl(Resource):
    """One object per level; PUT sets or removes one rule. Rules have no ids."""

    WIDE: tuple[str, ...] = ("resource_access_controls", "global_access_controls")

    def paths(self) -> list[str]:
        """The project's own routes, those of resources, and those of every object that can have rules."""
        names = ("access_controls", *self.WIDE)
        out = [f"projects/{{project_id}}/{name}" for name in names]
        for type_ in OBJECTS:
            table = self.app.tables.get(type_)
            if table is not None and table.path:
                plural = table.path.split("/")[-1]
                out += [f"projects/{{project_id}}/{plural}/{{object_id}}/{name}" for name in names]
        return out

    def methods(self, detail: bool) -> list[str]:
        return [] if detail else ["GET", "PUT"]

    def target(self, ctx: Context) -> tuple[str, Row | None, bool]:
        """The resource that the path is about, its object, and whether rules of whole resources are meant."""
        parts = ctx.path.strip("/").split("/")[3:]
        wide = parts[-1] in self.WIDE
        if len(parts) == 1:
            return "project", ctx.project, wide
        if wide:
            raise invalid("Resource-level access controls can only be requested for projects.")
        return (*find_object(self.app, ctx, parts[0]), False)

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method not in self.methods(False):
            raise method_not_allowed(ctx.method)
        resource, row, wide = self.target(ctx)
        if ctx.method == "PUT":
            return self.put(ctx, resource, row, wide)
        return Answer(self.document(ctx, resource, row, wide))

    # ---- reading

    def listed_rules(self, ctx: Context, resource: str, row: Row | None, wide: bool) -> list[Row]:
        """The rules that one GET shows."""
        rules = ctx.store.all("access_control", ctx.project.pk)
        if wide:
            return [rule for rule in rules if rule["resource_id"] is None]
        assert row is not None
        return [rule for rule in rules if rule["resource"] == resource and rule["resource_id"] == object_id(row)]

    def document(self, ctx: Context, resource: str, row: Row | None, wide: bool) -> dict[str, Any]:
        """Rules, and what levels there are."""
        about = "resource" if wide else resource
        mine, source = level_of(ctx, ctx.user, ctx.project, resource, None if resource == "project" else row)
        out: dict[str, Any] = {
            "access_controls": [self.present(ctx, rule) for rule in self.listed_rules(ctx, resource, row, wide)],
            "available_access_levels": list(levels(about)),
            "default_access_level": DEFAULT.get(about, "editor"),
            "minimum_access_level": lowest(about),
            "maximum_access_level": highest(about),
            "user_access_level": mine,
            "user_can_edit_access_levels": self.may_edit(ctx, resource, row),
        }
        if not wide and resource != "project":
            level, source = level_of(ctx, ctx.user, ctx.project, resource)
            out["inherited_access"] = {"access_level": level, "source": source}
        return out

    @staticmethod
    def may_edit(ctx: Context, resource: str, row: Row | None) -> bool:
        """Project and resource rules are the admins', object rules also their creator's and its managers'."""
        if project_admin(ctx):
            return True
        if resource == "project":
            return False
        return level_of(ctx, ctx.user, ctx.project, resource, row)[0] == highest(resource)

    # ---- writing

    def put(self, ctx: Context, resource: str, row: Row | None, wide: bool) -> Answer:
        """Set one rule, or remove it with a null level."""
        body = dict(self.require_body(ctx))
        if not wide:
            assert row is not None
            body.setdefault("resource", resource)
            sent = body.get("resource_id")
            if body["resource"] != resource:
                raise forbidden("The resource must be the one of the path.")
            if sent is not None and str(sent) not in (object_id(row), str(row.pk)):
                raise forbidden("The resource_id must be the one of the path.")
            body["resource_id"] = object_id(row)
        fields = dict(self.table.fields)
        kind = fields.pop("resource")
        data = check_body(fields, body, partial=False, create=True)
        if "resource" not in body:
            raise invalid("This field is required.", "resource", "required")
        if not isinstance(body["resource"], str) or body["resource"] not in {
            *(kind.enum or ()),
            *scope_objects(ctx.app),
        }:
            raise invalid("Resource must be a valid API scope object.", "resource", "invalid_choice")
        data["resource"] = body["resource"]
        if wide and data.get("resource_id") is not None:
            raise forbidden("A resource_id cannot be set on rules of a whole resource.")
        self.validate(ctx, data, wide)
        if not self.may_edit(ctx, "project" if wide else resource, row):
            what = "project" if wide or resource == "project" else resource
            raise forbidden(f"Must be {'admin' if what == 'project' else 'manager'} to modify {what} permissions.")
        self.plan(ctx, data)
        return self.upsert(ctx, data)

    def validate(self, ctx: Context, data: dict[str, Any], wide: bool) -> None:
        """What the fields say about each other."""
        member, role, level, resource = (
            data.get("organization_member"),
            data.get("role"),
            data["access_level"],
            data["resource"],
        )
        if member and role:
            raise invalid("You can not scope an access control to both a member and a role.")
        if wide and resource == "project":
            raise invalid("Rules of the project itself are set on access_controls.", "resource")
        if level is not None:
            order = levels(resource)
            if level not in order:
                raise invalid(f"Invalid access level. Must be one of: {', '.join(order)}", "access_level")
            if order.index(level) < order.index(lowest(resource)):
                raise invalid(f"Access level cannot be set below the minimum '{lowest(resource)}' for {resource}.")
            if order.index(level) > order.index(highest(resource)):
                raise invalid(f"Access level cannot be set above the maximum '{highest(resource)}' for {resource}.")
        if member:
            found = ctx.store.find("organization_member", member)
            if found is None or found.scope != ctx.organization.pk:
                raise invalid(
                    f'Invalid pk "{member}" - object does not exist. Use the id of the organization membership, not '
                    "that of the user.",
                    "organization_member",
                    "does_not_exist",
                )
        if role:
            found = ctx.store.find("role", role)
            if found is None or found.scope != ctx.organization.pk:
                raise invalid(f'Invalid pk "{role}" - object does not exist.', "role", "does_not_exist")

    @staticmethod
    def plan(ctx: Context, data: dict[str, Any]) -> None:
        """Rules for roles are part of a plan."""
        if data.get("role") and data["access_level"] is not None:
            feature = "advanced_permissions" if data["resource"] == "project" else "role_based_access"
            if not ctx.store.has_feature(ctx.organization.pk, feature):
                raise forbidden("Rules for roles are not part of your plan.")

    def upsert(self, ctx: Context, data: dict[str, Any]) -> Answer:
        """Store, change or remove the rule of this tuple."""
        tuple_ = {name: data.get(name) for name in ("resource", "resource_id", "organization_member", "role")}
        rules = list(ctx.store.all("access_control", ctx.project.pk))
        found = next((r for r in rules if all(r[name] == value for name, value in tuple_.items())), None)
        if data["access_level"] is None:
            if found is not None:
                ctx.store.remove(found)
            return Answer(None, 204)
        if found is None:
            if tuple_["resource_id"] is not None:
                objects = {r["resource_id"] for r in rules if r["resource"] == tuple_["resource"]} - {None}
                if len(objects - {tuple_["resource_id"]}) >= MAX_OBJECTS:
                    raise invalid(f"At most {MAX_OBJECTS} objects of a resource can have rules of their own.")
            found = self.store_rule(ctx, {**tuple_, "access_level": data["access_level"]})
        else:
            found.data.update(access_level=data["access_level"], updated_at=now())
            ctx.store.touch()
        return Answer(self.present(ctx, found))

    def store_rule(self, ctx: Context, data: dict[str, Any]) -> Row:
        """A new rule."""
        stamp = now()
        # A rule made through the API names nobody.
        full = {**data, "created_by": None, "created_at": stamp, "updated_at": stamp}
        return ctx.store.add(Row("access_control", ctx.store.number("access_control"), ctx.project.pk, full))

    def seed(self, ctx: Context, item: dict[str, Any]) -> Row:
        """Store a rule as given; one of the project needs no resource_id."""
        data = dict.fromkeys(("resource", "resource_id", "organization_member", "role", "access_level"))
        data.update({k: v for k, v in item.items() if k in data})
        if data["resource"] == "project":
            data["resource_id"] = str(ctx.project.pk)
        return self.store_rule(ctx, data)


def find_object(app: App, ctx: Context, plural: str) -> tuple[str, Row]:
    """The object that a path such as dashboards/5/… names, and the resource whose rules it takes."""
    for type_, resource in OBJECTS.items():
        table = app.tables.get(type_)
        if table is not None and (table.path or "").split("/")[-1] == plural:
            return resource, app.resources[type_].row(ctx, ctx.params["object_id"])
    raise not_found()


class Small(Resource):
    """A read-only route beside the access controls."""

    where: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ("GET",)

    def __init__(self, table: Table, app: App) -> None:
        super().__init__(table, app)
        table.read_scope, table.write_scope = "access_control:read", "access_control:write"

    def paths(self) -> list[str]:
        """Where this is served."""
        return list(self.where)

    def methods(self, detail: bool) -> list[str]:
        return [] if detail else list(self.verbs)

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method not in self.verbs:
            raise method_not_allowed(ctx.method)
        return Answer(self.document(ctx))

    def document(self, ctx: Context) -> Any:
        """What GET shows."""
        raise NotImplementedError


@behaviour("users_with_access", "current")
class UsersWithAccess(Small):
    """Who may use one object, and why."""

    def paths(self) -> list[str]:
        plurals = [(self.app.tables[t].path or "").split("/")[-1] for t in OBJECTS if t in self.app.tables]
        return [f"projects/{{project_id}}/{plural}/{{object_id}}/users_with_access" for plural in plurals]

    def document(self, ctx: Context) -> Any:
        resource, row = find_object(self.app, ctx, ctx.path.strip("/").split("/")[3])
        users = []
        for member in ctx.store.all("organization_member", ctx.organization.pk):
            user = ctx.store.find("user", member.hidden["user"])
            level, source = level_of(ctx, user, ctx.project, resource, row)
            if level == "none" or hides_project(ctx.store, user, ctx.project):
                continue
            users.append(
                {
                    "user_id": user.pk,
                    "user_uuid": user["uuid"],
                    "user_name": f"{user['first_name']} {user['last_name']}".strip(),
                    "user_email": user["email"],
                    "access_level": level,
                    "access_source": source,
                    "organization_membership_id": member.pk,
                    "organization_membership_level": member["level"],
                }
            )
        return {"users": users, "total_count": len(users)}


class Overview(Small):
    """The rules of the project and of every resource in it at once."""

    def entries(self, ctx: Context, member: Any, roles: set[Any]) -> dict[str, Any]:
        """For the project and each resource: the own level, the effective and the inherited one, and the range."""
        known = self.app.tables["access_control"].fields["resource"].enum or []
        return {str(name): self.entry(ctx, str(name), member, roles) for name in known}

    @staticmethod
    def entry(ctx: Context, resource: str, member: Any, roles: set[Any]) -> dict[str, Any]:
        """One resource, for everybody, for one role or for one member."""
        order = levels(resource)
        wanted = str(ctx.project.pk) if resource == "project" else None
        own: str | None = None
        others = []
        for rule in rules_for(ctx, ctx.project, resource, wanted, member, roles):
            if member:
                mine = rule["organization_member"] == member
            elif roles:
                mine = rule["role"] in roles
            else:
                mine = True
            if mine:
                own = rule["access_level"]
            else:
                others.append(rule["access_level"])
        inherited = max(others, key=order.index) if others else DEFAULT.get(resource, "editor")
        effective = max([*others, own], key=order.index) if own else inherited
        return {
            "access_level": own,
            "effective_access_level": effective,
            "inherited_access_level": inherited,
            "minimum": lowest(resource),
            "maximum": highest(resource),
        }

    def shape(self, ctx: Context, member: Any = None, roles: set[Any] | None = None) -> dict[str, Any]:
        """The project apart from the resources."""
        entries = self.entries(ctx, member, roles or set())
        return {"project": entries.pop("project"), "resources": entries}


@behaviour("access_control_defaults", "current")
class Defaults(Overview):
    """For everybody."""

    where = ("projects/{project_id}/access_control_defaults",)

    def document(self, ctx: Context) -> Any:
        return {
            "available_project_levels": PROJECT_LEVELS,
            "available_resource_levels": LEVELS,
            "can_edit": project_admin(ctx),
            **self.shape(ctx),
        }


@behaviour("access_control_roles", "current")
class ByRole(Overview):
    """For every role."""

    where = ("projects/{project_id}/access_control_roles",)

    def document(self, ctx: Context) -> Any:
        roles = sorted(ctx.store.all("role", ctx.organization.pk), key=lambda role: role["name"].lower())
        results = [{"role_id": r.pk, "role_name": r["name"], **self.shape(ctx, None, {r.pk})} for r in roles]
        return {"can_edit": project_admin(ctx), "results": results}


@behaviour("access_control_members", "current")
class ByMember(Overview):
    """For every member."""

    where = ("projects/{project_id}/access_control_members",)

    def document(self, ctx: Context) -> Any:
        results = []
        for member in ctx.store.all("organization_member", ctx.organization.pk):
            user = ctx.store.find("user", member.hidden["user"])
            results.append(
                {
                    "organization_membership_id": member.pk,
                    "organization_level": member["level"],
                    "user": {name: user[name] for name in ("uuid", "first_name", "last_name", "email")},
                    **self.shape(ctx, member.pk, roles_of(ctx, user.pk, ctx.organization.pk)),
                }
            )
        return {"can_edit": project_admin(ctx), "results": results}


@behaviour("property_access_control", "current")
class PropertyAccess(Small):
    """Rules on one property: read_write, read or none."""

    where = ("projects/{project_id}/property_access_controls",)
    verbs = ("GET", "POST", "DELETE")
    LEVELS = ("read_write", "read", "none")

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method not in self.verbs:
            raise method_not_allowed(ctx.method)
        posted = ctx.method == "POST"
        given = self.require_body(ctx) if posted else {name: ctx.arg(name) or None for name in ctx.query}
        number = given.get("property_definition_id")
        found = ctx.store.find("property_definition", number)
        if number is None:
            raise invalid("This field is required.", "property_definition_id", "required")
        if found is None or found.scope != ctx.project.pk:
            raise not_found()
        tuple_ = {
            "property_definition_id": number,
            "organization_member": given.get("organization_member"),
            "role": given.get("role"),
        }
        rules = [r for r in ctx.store.all(self.table.type, ctx.project.pk) if r["property_definition_id"] == number]
        if ctx.method == "GET":
            return Answer({"access_controls": [r.data for r in rules], "available_access_levels": list(self.LEVELS)})
        if not project_admin(ctx):
            raise forbidden()
        if tuple_["organization_member"] and tuple_["role"]:
            raise invalid("You can not scope an access control to both a member and a role.")
        rule = next((r for r in rules if all(r[k] == v for k, v in tuple_.items())), None)
        if not posted:
            if rule is not None:
                ctx.store.remove(rule)
            return Answer(None, 204)
        level = given.get("access_level")
        if level not in self.LEVELS:
            raise invalid(f'"{level}" is not a valid choice.', "access_level", "invalid_choice")
        if rule is None:
            rule = ctx.store.add(Row(self.table.type, ctx.store.number(self.table.type), ctx.project.pk, dict(tuple_)))
        rule.data["access_level"] = level
        ctx.store.touch()
        return Answer(rule.data)
