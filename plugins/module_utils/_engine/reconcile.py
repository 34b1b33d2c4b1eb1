# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Find an object, compare it, and create, update, replace or delete it.

Private to this collection: it may change without notice.

Check mode goes through the same code up to the write, so what it predicts is what a run does. After a write whose
outcome is unknown everything is read again and planned anew: nothing is sent twice blindly.
"""

from __future__ import annotations

import copy
import dataclasses
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    Ambiguous,
    ApiError,
    InvalidInput,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    Path,
    dig,
    has,
    places,
    reach,
    replaced,
    without,
    written_path,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.compare import (
    covers,
    leaves,
    narrowed,
    reset_keys,
    same,
    view,
    with_defaults,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import (
    Lost,
    compose,
    composed,
    of_unknown_kind,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP, Policy
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import (
    HIDDEN,
    MASK,
    SHORTEST,
    texts,
    without_secrets,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import (
    completed,
    names,
    settled,
    spelled_out,
    unspelled,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field, required
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import PartPlan, RefPart
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems, remarks_in
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref, walk
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import MARK
from ansible_collections.community.posthog.plugins.module_utils._state.session import Collection, Session
from ansible_collections.community.posthog.plugins.module_utils._state.twins import (
    Superseded,
    can_have_twins,
    looked_at_again,
    older,
    others_like,
    removable,
)

#: What PostHog shows in place of a stored secret, and takes to keep it (API.md 5, hog_function).
STORED: t.Final = {"secret": True}

#: How often a plan is made anew after writes of unknown outcome.
_PLANS: t.Final = 6


@dataclass
class Declared:
    """What a task declares of one object, read and checked.

    :param values: field name to value, references still as names.
    :param partial: documents of which only some top-level keys were declared, through short forms.
    :param parts: options of the parts, by name.
    :param extra: fields that this release does not know.
    :param switches: the options of the engine (state, exclusive and so on).
    :param remarks: what is worth a warning: option path and sentence.
    :param undeclared: fields and parts among the above that are at their default for want of a word about them.
    """

    values: dict[str, t.Any] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)
    parts: dict[str, t.Any] = field(default_factory=dict)
    extra: dict[str, t.Any] = field(default_factory=dict)
    switches: dict[str, t.Any] = field(default_factory=dict)
    remarks: Problems = field(default_factory=list)
    undeclared: frozenset[str] = frozenset()


@dataclass
class Outcome:
    """What became of one object.

    :param resource: its table.
    :param action: created, updated, deleted or unchanged.
    :param obj: the object as PostHog shows it, or as it would; None where there is none.
    :param before: the declared fields before, as a diff shows them.
    :param after: the same after.
    :param label: what to call the object.
    :param also: outcomes of other objects that were handled instead (an invite).
    :param named: what the declaration names, by field; None where that is not known.
    :param gone: the object that was deleted.
    """

    resource: Resource
    action: str
    obj: dict[str, t.Any] | None
    before: dict[str, t.Any] = field(default_factory=dict)
    after: dict[str, t.Any] = field(default_factory=dict)
    label: str = ""
    also: list[Outcome] = field(default_factory=list)
    named: dict[str, t.Any] | None = None
    gone: dict[str, t.Any] | None = None

    @property
    def changed(self) -> bool:
        """Whether anything is, or would be, different now."""
        return self.action != "unchanged" or any(item.changed for item in self.also)


def read_declared(resource: Resource, raw: t.Mapping[str, t.Any], prefix: str = "") -> Declared:
    """Read the options of one object.

    :param resource: the table.
    :param raw: plain options that the user gave, and only those.
    :param prefix: path in front of the option paths.
    :returns: the declaration.
    :raises InvalidInput: with everything that is wrong.
    """
    problems: Problems = []
    declared = Declared()
    where = f"{prefix}." if prefix else ""
    options = dict(raw)
    if resource.prepare is not None:
        resource.prepare(options, problems)
    for known in resource.fields:
        if known.name in options:
            declared.values[known.name] = known.parse(options[known.name], where + known.name, problems)
            named = known.name == resource.identity.option and resource.creatable and not resource.identity.large
            if named and known.kind == "str" and isinstance(declared.values[known.name], str):
                # PostHog takes them off, so that the object would not be found again.
                declared.values[known.name] = declared.values[known.name].strip()
    for short in resource.shorthands:
        name = short.field.name
        if name not in options:
            continue
        value = short.field.parse(options[name], where + name, problems)
        if short.target not in declared.values:
            declared.values[short.target] = {}
            declared.partial.add(short.target)
        document = declared.values[short.target]
        if not isinstance(document, dict):
            continue
        for key, inner in short.build(value).items():
            if key in document:
                problems.append(
                    (where + name, f"is a short form of {short.target}.{key}, which is given too; give one of them")
                )
            document[key] = inner
    for part in resource.parts:
        if part.field.name in options:
            declared.parts[part.field.name] = part.field.parse(
                options[part.field.name], where + part.field.name, problems
            )
        for switch in part.switches:
            if switch.name in options:
                declared.switches[switch.name] = switch.parse(options[switch.name], where + switch.name, problems)
    extra = options.get("extra_fields")
    if extra is not None:
        if isinstance(extra, dict):
            declared.extra = Field("extra_fields", "any").parse(extra, f"{where}extra_fields", problems)
            for name in extra:
                if resource.field(name) is not None and not isinstance(extra[name], dict):
                    problems.append((f"{where}extra_fields.{name}", f"is an option of its own; give it as {name}"))
        else:
            problems.append((f"{where}extra_fields", "takes a dictionary"))
    declared.remarks = remarks_in(problems)
    if not problems:
        for check in resource.checks:
            problems += [(where + path, text) for path, text in check({**declared.values, **declared.parts})]
    if problems:
        raise InvalidInput(problems)
    return declared


class Reconciler:
    """Brings objects of one type to what is declared.

    :param session: project, names, requests.
    :param resource: the table.
    :param update_secret: C(on_create) or C(always): when a value that cannot be read back is written.
    :param policy: what a declaration says of the fields that it does not name.
    """

    def __init__(
        self, session: Session, resource: Resource, *, update_secret: str = "on_create", policy: Policy = KEEP
    ) -> None:
        self.session = session
        self.resource = resource
        self.update_secret = update_secret
        self.policy = policy
        self._first: Outcome | None = None

    # -- present --------------------------------------------------------------------------------------------------

    def present(self, declared: Declared, object_id: t.Any = None) -> Outcome:
        """Make the object be as declared.

        :param declared: what is declared.
        :param object_id: the object's id, where the user gave one.
        :returns: what happened, or would happen in check mode.
        :raises PostHogFailure: it could not be done.
        """
        if self.policy.whole:
            declared = completed(self.resource, declared)
        return self._settled(lambda: self._present(declared, object_id))

    def _moved(self, declared: Declared, object_id: t.Any) -> Outcome:
        """What becomes of an object that is to be moved and is not here: it may have been moved already."""
        option = self.resource.move_option
        target = self.session.beside(str(declared.parts[option]), None)
        there = Reconciler(target, self.resource, update_secret=self.update_secret, policy=self.policy)
        rest = {name: value for name, value in declared.parts.items() if name != option}
        moved = dataclasses.replace(declared, parts=rest)
        if there._current(there.collection(moved), moved, object_id) is None:
            name = object_id if object_id is not None else declared.values.get(self.resource.identity.option)
            text = f"there is no {self.resource.name} {name!r} to move, and none in the other organization"
            raise InvalidInput([(option, text)])
        return there._present(moved, object_id)

    def _became(self, declared: Declared) -> bool:
        """Whether what is declared was there, and is something else by now."""
        other = self.session.registry(self.resource.turns_into)
        name = declared.values.get(self.resource.identity.option)
        if not self.session.collection(other).find(name):
            return False
        self.session.warn_quietly(f"{self.resource.label(name)}: there is a {other.name} of that name already")
        return True

    def _settled(self, attempt: t.Callable[[], Outcome]) -> Outcome:
        """Run an attempt, and plan anew after a write of unknown outcome."""
        self._first = None
        self.session.suspend(None)
        contested = False
        for again in range(1, _PLANS + 1):
            try:
                outcome = attempt()
            except Superseded as exc:
                # What is there now is somebody else's work.
                self._first = None
                if again == _PLANS:
                    raise PostHogFailure(f"{exc}; that happened {_PLANS} times") from None
                continue
            except UnknownOutcome as exc:
                if again == _PLANS:
                    raise
                self.session.client.rest(again, slow=exc.slow)
                self.session.stale()
                if exc.slow and not self.resource.identity.unique:
                    # What is not there by now may still come, and nothing but us keeps it from being there twice.
                    self.session.suspend(exc)
                self.session.warn_quietly(f"{exc.message}; looking at the object again")
                continue
            except ApiError as exc:
                exists = exc.code == "unique" or (exc.status == 409 and exc.code == "conflict")
                taken = exc.method == "POST" and exists
                if exc.status == 402 and self.resource.plan_feature:
                    exc.message += f" It is called {self.resource.plan_feature!r}."
                if not taken or contested:
                    raise
                contested = True
                if again == 1:
                    # Somebody else made it meanwhile; with a lost answer before, it may have been this task.
                    self._first = None
                self.session.stale()
                continue
            if self._first is not None and again > 1:
                # An earlier attempt did the work, or a part of it, although its answer was lost.
                first = self._first
                return dataclasses.replace(outcome, action=first.action, before=first.before, after=first.after)
            return outcome
        raise AssertionError("not reached")

    def _intend(self, outcome: Outcome) -> Outcome:
        """Remember what the first attempt set out to do."""
        if self._first is None:
            self._first = outcome
        return outcome

    def _present(self, declared: Declared, object_id: t.Any) -> Outcome:
        collection = self.collection(declared)
        current = self._current(collection, declared, object_id)
        foreign = object_id is not None and self.policy.anywhere and not self._is_called(declared, current)
        if foreign:
            found = self._named_so(collection, declared)
            current = self.session.origins.choose(self.resource, object_id, found)
            current = None if current is None else collection.whole(current)
        if current is None and declared.parts.get(self.resource.move_option) is not None:
            return self._moved(declared, object_id)
        if current is None and object_id is not None and not foreign:
            raise PostHogFailure(f"id: there is no {self.resource.name} with the id {object_id}")
        if current is not None and not self.policy.details:
            declared, current = self._as_lists_show(declared, current)
        declared = settled(declared, self.resource, current)
        if current is None and self.resource.turns_into and self._became(declared):
            return Outcome(self.resource, "unchanged", None)
        # The only object of a place that a run would have made by now comes with the place.
        planned = self.resource.singleton and self.session.check_mode
        if current is None and not self.resource.creatable and not planned:
            return self._stand_in(declared, collection)
        # Only now it may be known what is secret, and an error may repeat what it is about.
        self.session.keep_secret(secret_texts(self.session, self.resource, declared.values, current))
        values = self._resolved(declared, current)
        if current is None:
            return self._create(collection, declared, values, foreign=foreign)
        if self.resource.replaceable:
            return self._replace(collection, declared, values, current)
        return self._update(collection, declared, values, current)

    def _spelled(self, values: dict[str, t.Any], current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The values, with what they do not name of open documents, where that is to be gone."""
        if not self.policy.whole:
            return values
        spelled = {}
        for name, value in values.items():
            known = required(self.resource.field(name))
            hidden = self._hidden(known, value, current)
            spelled[name] = spelled_out(known, value, without(known.value_in(current), hidden))
        return spelled

    def collection(self, declared: Declared) -> Collection:
        """The objects among which the declared one is.

        :param declared: tells the place, where the type needs one.
        :returns: the collection.
        :raises InvalidInput: the place does not exist.
        """
        if self.resource.parent is None:
            return self.session.collection(self.resource)
        problems: Problems = []
        found = self._find_place(declared, problems)
        if problems:
            raise InvalidInput(problems)
        # In check mode the place may be an object that an earlier task would have created.
        return self.session.collection(self.resource, found if found is not None else {})

    def _find_place(self, declared: Declared, problems: Problems) -> t.Mapping[str, t.Any] | None:
        """Look the place up; None where there is none."""
        return required(self.resource.parent).find(self.session, self.resource, declared.values, problems)

    def _current(self, collection: Collection, declared: Declared, object_id: t.Any) -> dict[str, t.Any] | None:
        """The object as it is; None where there is none."""
        if collection.parent == {}:
            return None
        if self.resource.singleton:
            shown = self._shown_by_place(collection, declared)
            return shown if shown is not None else collection.only()
        if object_id is not None:
            listed = None if self.policy.details else collection.listed(object_id)
            return listed if listed is not None else collection.get(object_id)
        found = self._named_so(collection, declared)
        if len(found) > 1:
            raise self._ambiguous(declared, found)
        if not found or not self.policy.details:
            return found[0] if found else None
        needs_more = any(
            not known.in_list or (self.resource.list_varies and not known.write_only and not known.shown_by(found[0]))
            for known in self.resource.fields
            if known.name in declared.values and known.name not in self.resource.location_options
        )
        listed = None if needs_more else self._with_listed_parts(declared, found[0])
        return listed if listed is not None else collection.whole(found[0])

    def _as_lists_show(self, declared: Declared, current: dict[str, t.Any]) -> tuple[Declared, dict[str, t.Any]]:
        """What is declared and what is, both without what no list shows; what that is, is noted.

        :param declared: what is declared.
        :param current: the object as it was found.
        :returns: both.
        """
        values, parts, seen = dict(declared.values), dict(declared.parts), dict(current)
        unread: set[str] = set()
        for known in self.resource.fields:
            if known.name not in values or known.write_only or known.name in self.resource.location_options:
                continue
            if known.shown_by(current) or (
                known.in_list and not self.resource.list_varies and not self.resource.singleton
            ):
                continue
            del values[known.name]
            unread.add(known.name)
        for part in self.resource.parts:
            name = part.field.name
            if name not in parts or part.in_list or name in current:
                continue
            shown = part.listed(self.session, self.resource, current)
            if shown is None:
                del parts[name]
                unread.add(name)
                continue
            seen[name] = shown
            parts[name] = part.listable(self._part_options(declared))[name]
            if parts[name] != declared.parts[name]:
                unread.add(f"{name} in part")
        if unread:
            self.session.unread.setdefault(self.resource.plural, set()).update(unread)
        left = declared.undeclared.intersection([*values, *parts])
        return dataclasses.replace(declared, values=values, parts=parts, undeclared=left), seen

    def _with_listed_parts(self, declared: Declared, listed: dict[str, t.Any]) -> dict[str, t.Any] | None:
        """An object of a list with its declared parts; None where only its detail tells how they are."""
        parts = [part for part in self.resource.parts if part.field.name in declared.parts and not part.in_list]
        options = self._part_options(declared)
        shown: dict[str, t.Any] = {}
        for part in parts:
            if not self.session.brief or part.field.name in listed:
                # What was read whole before is whole at no price.
                return None
            value = part.as_declared(self.session, self.resource, options, listed)
            if value is None:
                return None
            shown[part.field.name] = value
        return {**listed, **shown} if shown else listed

    def _shown_by_place(self, collection: Collection, declared: Declared) -> dict[str, t.Any] | None:
        """What a place shows of the one object in it; None where that does not show that it is as declared."""
        place = self.resource.parent
        if not self.session.brief or place is None or not collection.parent or declared.parts or declared.extra:
            return None
        shown = place.shows(self.session, collection.parent)
        for known in self.resource.fields:
            if known.name not in declared.values or known.name in place.options:
                continue
            if self.policy.details and not (
                known.shown_by(shown) and same(known, declared.values[known.name], known.value_in(shown))
            ):
                return None
        return dict(shown) if shown else None

    def _named_so(self, collection: Collection, declared: Declared) -> list[dict[str, t.Any]]:
        """The objects that answer to what a declaration says of its identity."""
        identity = self.resource.identity
        if identity.by_value:
            found = collection.all()
        else:
            name = declared.values.get(identity.option)
            found = collection.find(name)
            if not found and not identity.unique:
                found = collection.find(name, sure=True)
        names = identity.within if not identity.by_value else (identity.option, *identity.within)
        for known in self.resource.fields:
            for key in [name.partition(".")[2] for name in identity.within if name.startswith(f"{known.name}.")]:
                inner = required(known.key(key))
                wanted = dig(declared.values.get(known.name), key)
                if wanted is not None:
                    found = [obj for obj in found if same(inner, wanted, dig(known.value_in(obj), key))]
            if not found or known.name not in names or known.name in self.resource.location_options:
                continue
            if known.name not in declared.values:
                if identity.strict:
                    found = [obj for obj in found if known.value_in(obj) in (None, known.default)]
                continue
            repeating = [obj for obj in found if self._repeats_name(known, declared.values[known.name], obj)]
            if repeating:
                # The objects themselves tell, so nothing has to be looked up.
                found = repeating
                continue
            problems: Problems = []
            wanted = self.session.resolve_field(known, declared.values[known.name], known.name, problems)
            if problems:
                raise InvalidInput(problems)
            # What this server does not show of them, it does not tell them apart by.
            found = [
                obj
                for obj in found
                if not known.shown_by(obj) or same(known, wanted, known.value_in(obj), partial=False)
            ]
        return found

    def _ambiguous(self, declared: Declared, found: t.Sequence[t.Mapping[str, t.Any]]) -> Ambiguous:
        """What to say of several objects that answer to the same name."""
        identity = self.resource.identity
        ids = ", ".join(sorted(str(self.resource.object_id(obj)) for obj in found))
        name = declared.values.get(identity.option)
        called = (
            "are like that"
            if isinstance(name, (dict, list)) or name is None or identity.by_value
            else f"are called {name!r}"
        )
        more = [option for option in identity.within if dig(declared.values, option) is None]
        remedy = f"give {' or '.join(more)} too, or " if more else ""
        return Ambiguous(
            f"{identity.option}: {len(found)} objects of type {self.resource.type} {called} "
            f"(ids {ids}); {remedy}give the id of the one that is meant, or rename the other"
        )

    def _resolved(self, declared: Declared, current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """The declared values with ids in place of names."""
        problems: Problems = []
        values: dict[str, t.Any] = {}
        for known in self.resource.fields:
            if known.name not in declared.values:
                continue
            value = declared.values[known.name]
            named = self.resource.named_by_reference(known)
            if current is not None and (named or self._repeats_name(known, value, current)):
                values[known.name] = known.value_in(current)
            elif self._is_parent(known):
                values[known.name] = value
            else:
                values[known.name] = self._inside(current).resolve_field(known, value, known.name, problems)
        for rule, path, ref in self._linked(declared.values, current):
            where = rule.field + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
            named = reach(values.get(rule.field), path)
            one = self._inside(current).resolve
            if isinstance(named, list):
                found = [one(ref, item, f"{where}[{index}]", problems) for index, item in enumerate(named)]
                values[rule.field] = replaced(values[rule.field], path, found)
            elif named is not None:
                values[rule.field] = replaced(values[rule.field], path, one(ref, named, where, problems))
        if problems:
            raise InvalidInput(problems)
        return self._with_mark(values, current)

    def _linked(
        self, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> t.Iterator[tuple[RefPart, Path, Ref]]:
        """References whose places only the object tells."""
        for rule in self.resource.ref_parts:
            if values.get(rule.field) is not None:
                for path, ref in rule.find(self.session, values, current):
                    yield rule, places(values[rule.field], path) or path, ref

    def _with_mark(self, values: dict[str, t.Any], current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """The values with the collection's mark, where this object is to carry it."""
        known = self.resource.field(self.resource.marker) if self.resource.marker else None
        wanted = self.session.marks if current is None else self.resource.type in self.session.adopts
        if known is None or not wanted:
            return values
        if known.name not in values and current is not None and not known.shown_by(current):
            # The tags are written whole, and nobody knows which there are.
            return values
        there = values.get(known.name)
        if there is None:
            there = known.value_in(current) if current is not None else []
        if MARK in (there or []):
            return values
        features = self.session.features()
        if known.plan_feature and features is not None and known.plan_feature not in features:
            return values
        return {**values, known.name: [*(there or []), MARK]}

    def _inside(self, current: t.Mapping[str, t.Any] | None) -> Session:
        """Where the objects are that this one refers to."""
        if not self.resource.references_inside:
            return self.session
        inside = None if current is None else self.resource.object_id(current)
        if self.resource.references_inside == "organization":
            return self.session.within_organization(inside)
        return self.session.within(inside)

    @staticmethod
    def _repeats_name(known: Field, value: t.Any, current: t.Mapping[str, t.Any]) -> bool:
        """Whether the object itself tells that a reference already names what is declared."""
        if known.ref is None or known.ref.name_at is None or not isinstance(value, str):
            return False
        name = dig(current, known.ref.name_at)
        return isinstance(name, str) and name.casefold() == value.casefold()

    def _repeat_names(self, predicted: dict[str, t.Any], fields: t.Iterable[Field]) -> None:
        """Where PostHog repeats the name of an object that is referred to, a new reference changes that as well."""
        for known in fields:
            path = known.ref.name_at if known.ref is not None else None
            if known.ref is None or path is None or not has(predicted, path):
                continue
            value = known.value_in(predicted)
            _put(predicted, path, None if value is None else self.session.name_of(known.ref, value))

    # -- create -----------------------------------------------------------------------------------------------------

    def _is_called(self, declared: Declared, current: t.Mapping[str, t.Any] | None) -> bool:
        """Whether the object of a declared id has the declared name; another one of that id may be elsewhere."""
        if current is None:
            return False
        identity = self.resource.identity
        if identity.by_value or identity.option not in declared.values:
            return True
        name = declared.values[identity.option]
        return identity.normalize("" if name is None else name) in identity.names(current)

    def _create(
        self, collection: Collection, declared: Declared, values: dict[str, t.Any], *, foreign: bool = False
    ) -> Outcome:
        missing = [
            known.name
            for known in self.resource.fields
            if known.required and values.get(known.name) is None and not self._is_parent(known)
        ]
        missing += [
            part.field.name
            for part in self.resource.parts
            if part.field.required and declared.parts.get(part.field.name) is None
        ]
        if missing:
            raise InvalidInput(
                [(name, f"is needed to create the {self.resource.name}, which does not exist yet") for name in missing]
            )
        values = self._plan_gated(values, None)
        initial = {known.name: known.initial for known in self.resource.fields if known.initial is not None}
        undeclared = initial.keys() - values.keys()
        values = {**initial, **values}
        body: dict[str, t.Any] = {}
        later: dict[str, t.Any] = {}
        for known in self.resource.fields:
            if known.name not in values or self._is_parent(known):
                continue
            if values[known.name] is None and (known.clear_members or (known.kind != "any" and not known.nullable)):
                continue
            value = with_defaults(known, compose(known, values[known.name], None))
            (later if known.update_only else body)[known.api_name] = value
        options = {**declared.values, **declared.switches, **declared.parts}
        for part in self.resource.parts:
            if part.field.name in declared.parts:
                body = _merged(body, part.created_with(options))
        body = _merged(body, declared.extra)
        predicted = self._predicted_new(values, declared)
        plans = self._part_plans(declared, None)
        self._guard(values, None)
        for part in self.resource.parts:
            if part.field.name in plans:
                part.predict(predicted, plans[part.field.name])
        outcome = Outcome(
            self.resource,
            # What exists once comes with what it belongs to; a run finds it there.
            "updated" if self.resource.singleton else "created",
            predicted,
            {},
            self._after(
                declared, {name: value for name, value in values.items() if name not in undeclared}, None, plans
            ),
            self.resource.label(self._name(declared, predicted)),
        )
        self._intend(outcome)
        if self.session.check_mode:
            collection.predict(predicted)
            return outcome
        answer = self.resource.endpoint.create(collection, body)
        if self.resource.create_warning:
            self.session.warn(self.resource.create_warning)
        obj = self._taken(collection, answer, predicted)
        if not foreign:
            # Of those that only ids tell apart, there are to be several.
            self._look_after(collection, declared, obj)
        try:
            outcome.obj = self._complete(collection, declared, values, obj, later, outcome)
        except UnknownOutcome:
            raise
        except ApiError as exc:
            exc.message = f"The {outcome.label} was created, but then: {exc.message}"
            raise
        return outcome

    def _look_after(self, collection: Collection, declared: Declared, obj: dict[str, t.Any]) -> None:
        """See whether another run has created the same object meanwhile, and give way to the older one.

        :param collection: where the object is.
        :param declared: tells its name.
        :param obj: what PostHog answered to its creation.
        :raises Superseded: there is an older one, and this one is gone again.
        """
        if not can_have_twins(self.resource) or self.resource.object_id(obj) is None:
            return
        try:
            found = self._named_so(looked_at_again(collection), declared)
        except PostHogFailure as exc:
            self.session.warn_quietly(f"{self.resource.label(obj)}: could not look for another one: {exc}")
            return
        others = others_like(self.resource, obj, found)
        if not others:
            return
        first = older(self.resource, obj, others)
        own = self.resource.object_id(obj)
        ids = ", ".join(sorted(str(self.resource.object_id(other)) for other in others))
        meanwhile = f"{self.resource.label(obj)}: another run has created one at the same time (id {ids})"
        if first is None:
            # The other run, which came later, takes its own away; where nobody can tell, the next run names both.
            self.session.warn_quietly(meanwhile)
            return
        if not removable(self.resource):
            self.session.warn(f"{meanwhile}, beside the new one (id {own}); delete one of them")
            return
        self._remove(collection, obj)
        for other in others:
            collection.remember(dict(other))
        text = f"{meanwhile}; the one of this run (id {own}) was taken away again"
        self.session.warn(text)
        raise Superseded(text)

    def _complete(
        self,
        collection: Collection,
        declared: Declared,
        values: t.Mapping[str, t.Any],
        obj: dict[str, t.Any],
        later: dict[str, t.Any],
        outcome: Outcome,
    ) -> dict[str, t.Any]:
        """Write what a POST does not take.

        :param collection: where the object is.
        :param declared: for the parts.
        :param values: the declared values, resolved.
        :param obj: the server's answer to the POST.
        :param later: what is known to be taken by a PATCH only.
        :param outcome: loses the fields that PostHog does not keep.
        :returns: the object as it is afterwards.
        """
        # Some fields are taken by a PATCH only, and not every server says which.
        for known in self._dropped(values, obj, {name for name in values if not self._later(name, later)}):
            later[known.api_name] = compose(known, values[known.name], known.value_in(obj))
        if later:
            if not self.resource.replaceable:
                obj = self._taken(collection, self.resource.endpoint.update(collection, obj, later), obj)
            for name in self._note_dropped(values, obj, set(values)):
                outcome.after.pop(name, None)
        return self._apply_parts(declared, obj, collection, created=True)

    def _guard(self, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None) -> None:
        """Refuse, before anything is written, what PostHog is known to refuse."""
        problems = [problem for guard in self.resource.guards for problem in guard(self.session, values, current)]
        if problems:
            raise InvalidInput(problems)

    def _later(self, name: str, later: t.Mapping[str, t.Any]) -> bool:
        known = self.resource.field(name)
        return known is not None and known.api_name in later

    def _is_parent(self, known: Field) -> bool:
        return known.name in self.resource.location_options

    def _taken(self, collection: Collection, answer: t.Any, fallback: dict[str, t.Any]) -> dict[str, t.Any]:
        """Keep a write's answer. Some answers are empty; what was sent then has to do."""
        obj = answer if isinstance(answer, dict) else fallback
        return collection.remember(obj, whole=True)

    def _predicted_new(self, values: t.Mapping[str, t.Any], declared: Declared) -> dict[str, t.Any]:
        """The object that a creation would return, as far as that can be known."""
        obj: dict[str, t.Any] = {}
        for known in self.resource.fields:
            if known.clear_members and values.get(known.name) is None:
                continue
            if known.name in values and not known.write_only and not self._is_parent(known):
                known.put_in(obj, with_defaults(known, compose(known, values[known.name], None)), *known.read[:1])
            elif known.default is not None and not known.write_only and known.in_list:
                _put(obj, known.path_in(obj), copy.deepcopy(known.default))
            elif self.resource.identity.strict and known.name in self.resource.identity.within:
                # Left out it means null, by which the object is told from others.
                known.put_in(obj, None)
        identity = self.resource.identity
        if identity.read and dig(obj, identity.read[0]) is None and identity.option in declared.values:
            name = declared.values[identity.option]
            _put(obj, identity.read[0], name if identity.also is None else identity.also(str(name)))
        if self.resource.completes is not None:
            self.resource.completes(self.session, obj, values)
        self._conceal(obj, values, None)
        return _merged(obj, declared.extra)

    def _conceal(
        self, obj: dict[str, t.Any], values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> None:
        """What a predicted object holds of secrets becomes what PostHog shows of them."""
        for rule in self.resource.secret_parts:
            known = self.resource.field(rule.field)
            document = known.value_in(obj) if known is not None else None
            if known is None or document is None or (rule.shown and rule.shows is None):
                continue
            for path in rule.find(self.session, values, current):
                if not rule.shown:
                    document = without(document, [path])
                elif reach(document, path) is not None:
                    document = replaced(document, path, rule.shows)
            _put(obj, known.path_in(obj), document)

    def _stand_in(self, declared: Declared, collection: Collection) -> Outcome:
        """Make the object's forerunner, where the object itself cannot be created."""
        rule = self.resource.stand_in
        name = declared.values.get(self.resource.identity.option)
        if rule is None or not declared.switches.get(rule.switch, True):
            remedy = f"; {rule.switch}: true {rule.remedy}" if rule is not None else ""
            if self.resource.origin:
                remedy += f"; {self.resource.origin}"
            raise PostHogFailure(f"{self.resource.label(name)} does not exist{collection.offered(name)}{remedy}")
        resource = self.session.registry(rule.type)
        inner = Declared(
            values={
                target: declared.values[source] for target, source in rule.options.items() if source in declared.values
            }
        )
        made = Reconciler(self.session, resource, update_secret=self.update_secret).present(inner)
        return Outcome(self.resource, "unchanged", None, label=made.label, also=[made])

    # -- update -----------------------------------------------------------------------------------------------------

    def _differing(
        self, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any], declared: Declared
    ) -> dict[str, t.Any]:
        """The declared fields that are not what they should be."""
        differing: dict[str, t.Any] = {}
        problems: Problems = []
        unknown: list[str] = []
        for known in self.resource.fields:
            if known.name not in values or self._is_parent(known) or (known.write_only and not known.secret):
                continue
            if self.resource.named_by_reference(known):
                continue
            if known.secret:
                if self.update_secret == "always":
                    differing[known.name] = values[known.name]
                continue
            if not known.shown_by(current) and not self._is_predicted(current):
                unknown.append(known.name)
                continue
            hidden = self._hidden(known, values[known.name], current)
            desired = without(values[known.name], hidden)
            shown = without(known.value_in(current), hidden)
            if not same(known, desired, shown, partial=known.name in declared.partial):
                if known.create_only:
                    problems.append(
                        (known.name, f"cannot be changed after creation (it is {known.value_in(current)!r})")
                    )
                differing[known.name] = values[known.name]
            elif self.update_secret == "always" and any(
                reach(values[known.name], path) not in (None, STORED) for path in hidden
            ):
                differing[known.name] = values[known.name]
        if problems:
            raise InvalidInput(problems)
        if unknown:
            self._plan_allows(unknown)
            self.session.warn(
                f"{self.resource.label(current)}: this PostHog does not show {', '.join(unknown)}, so "
                f"{'it was' if len(unknown) == 1 else 'they were'} neither compared nor written"
            )
        return differing

    def _is_predicted(self, current: t.Mapping[str, t.Any]) -> bool:
        """Whether an object is one that is still to be made, so that what nobody declared of it is not there yet."""
        return self.session.check_mode and self.resource.has_id and self.resource.object_id(current) is None

    def _secret_paths(
        self, known: Field, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> set[Path]:
        """Where the secrets are in a document of this object."""
        return {
            path
            for rule in self.resource.secret_parts
            if rule.field == known.name
            for path in rule.find(self.session, values, current)
        }

    def _private_paths(
        self, known: Field, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> set[Path]:
        """Where, in a field of this object, something stands that PostHog shows and nobody else is to see."""
        return {
            path
            for rule in self.resource.private_parts
            if rule.field == known.name
            for path in rule.find(self.session, values, current)
        }

    def _hidden(self, known: Field, value: t.Any, current: t.Mapping[str, t.Any]) -> set[Path]:
        """Where, in a document, something is stored that cannot be read, so that nothing can be compared."""
        hidden: set[Path] = set()
        for rule in self.resource.secret_parts:
            if rule.field != known.name:
                continue
            for path in rule.find(self.session, {}, current):
                # What does not show is taken to be there where the document is that it belongs to.
                stored = reach(known.value_in(current), path if rule.shown else path[:-1]) is not None
                # A map holds just what is declared: a secret that is not declared any more is to go.
                wanted = known.kind != "map" or reach(value, path) is not None
                if stored and wanted:
                    hidden.add(path)
        return hidden

    def _keeping(self, known: Field, value: t.Any, current: t.Mapping[str, t.Any]) -> t.Any:
        """A declared document as it is written where stored secrets are to stay."""
        shown = known.value_in(current)
        for path in self._hidden(known, value, current):
            stored = reach(shown, path)
            there = places(value, path)
            if stored is not None and there is not None and there != places(shown, path):
                # PostHog may know what it keeps by its place, so what has moved is written again.
                continue
            value = without(value, {path}) if stored is None else replaced(value, path, stored)
        return value

    def _plan_allows(self, names: t.Iterable[str]) -> None:
        """Refuse what PostHog is known to refuse for want of a plan feature."""
        feature = self.resource.plan_feature
        features = self.session.features() if feature else None
        if features is not None and feature not in features:
            text = (
                f"the plan of this organization lacks the feature {feature!r}, without which PostHog refuses to change "
                f"an object of the type {self.resource.type}"
            )
            raise InvalidInput([(", ".join(names), text)])

    def _plan_gated(self, values: dict[str, t.Any], current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """Leave out what the plan is known not to include, with a warning.

        PostHog drops such fields silently, so writing them would report a change that never comes about.
        """
        out = dict(values)
        for known in self.resource.fields:
            if known.plan_feature is None or not out.get(known.name):
                continue
            if current is not None and known.value_in(current):
                continue
            features = self.session.features()
            if features is not None and known.plan_feature not in features:
                del out[known.name]
                self.session.warn(
                    f"{known.name}: the plan of this organization lacks the feature {known.plan_feature!r}, "
                    "without which PostHog drops this field silently; it was left out"
                )
        return out

    def _update(
        self,
        collection: Collection,
        declared: Declared,
        values: dict[str, t.Any],
        current: dict[str, t.Any],
        *,
        newest: bool = False,
    ) -> Outcome:
        """Bring an object to what is declared.

        :param collection: where it is.
        :param declared: what is declared.
        :param values: the same, names resolved.
        :param current: the object.
        :param newest: it was read just now, for this write.
        :returns: what happened.
        """
        plain, values = values, self._spelled(values, current)
        differing = self._plan_gated(self._differing(values, current, declared), current)
        plans = self._part_plans(declared, current)
        extra = {
            name: value
            for name, value in declared.extra.items()
            if name in current and not covers(value, current[name])
        }
        label = self.resource.label(current)
        unseen = [name for name in declared.extra if name not in current]
        if unseen:
            self.session.warn(f"extra_fields: PostHog does not show {', '.join(unseen)}, so nothing was compared there")
        gated = {name for name in values if name not in differing}
        written = {
            known.name: self._written(known, differing[known.name], declared, current)
            for known in self.resource.fields
            if known.name in differing
        }
        before = self._before(declared, values, current, plans, written)
        after = self._after(declared, values, current, plans, unchanged=gated, written=written)
        before = _merged(before, {name: narrowed(current[name], value) for name, value in extra.items()})
        after = _merged(after, extra)
        if not differing and not extra and not any(plan.changed for plan in plans.values()):
            return Outcome(self.resource, "unchanged", current, before, before, label)
        self._refuse_fixed(current)
        if not newest and self._may_be_old(differing, extra, declared, current):
            fresh = collection.detail(self.resource.object_id(current))
            if fresh is not None:
                return self._update(collection, declared, self._resolved(declared, fresh), fresh, newest=True)
        predicted = copy.deepcopy(current)
        body: dict[str, t.Any] = {}
        for known in self.resource.fields:
            if known.name not in differing:
                continue
            now = known.value_in(current)
            value = written[known.name][0]
            if self.policy.whole:
                value = unspelled(known, value, plain[known.name])
            body[known.api_name] = value
            if not known.write_only:
                merges = known.patched or (known.kind == "document" and not known.whole)
                shown = _overlaid(now, value) if merges else value
                paths: list[str | None] = [path for path in known.read if has(predicted, path)]
                for path in paths or [None]:
                    known.put_in(predicted, shown, path)
        for name, value in extra.items():
            body[name] = self._extended(name, value, body.get(name), current[name])
        self._repeat_names(predicted, [known for known in self.resource.fields if known.name in differing])
        self._conceal(predicted, values, current)
        predicted = _merged(predicted, extra)
        for part in self.resource.parts:
            plan = plans.get(part.field.name)
            if plan is not None and plan.changed:
                part.predict(predicted, plan)
        named = self._named(declared) if self.policy.whole else None
        outcome = Outcome(self.resource, "updated", predicted, before, after, label, named=named)
        self._plan_allows(differing)
        self._guard(values, current)
        self._name_what_goes(label, written, current)
        self._intend(outcome)
        if self.session.check_mode:
            collection.predict(predicted, instead_of=current)
            return outcome
        obj = current
        if body:
            body.update(self.resource.repeated(body, current))
            obj = self._taken(collection, self.resource.endpoint.update(collection, current, body), predicted)
            dropped = self._note_dropped(differing, obj, set(differing))
            kept = len(dropped) < len(differing)
            for name in dropped:
                after[name] = before.get(name)
            for name, value in extra.items():
                if covers(value, obj.get(name)):
                    kept = True
                else:
                    self.session.warn(
                        f"extra_fields.{name}: PostHog accepted this without an error but did not keep it"
                    )
            if not kept and not any(plan.changed for plan in plans.values()):
                return Outcome(self.resource, "unchanged", obj, before, before, label)
        outcome.obj = self._apply_parts(declared, obj, collection)
        return outcome

    def _may_be_old(
        self,
        differing: t.Mapping[str, t.Any],
        extra: t.Mapping[str, t.Any],
        declared: Declared,
        current: t.Mapping[str, t.Any],
    ) -> bool:
        """Whether a write would repeat something of an object that was read a while ago.

        A plan reads everything before the first write, and what nobody declared may have been changed since.
        """
        if self.session.check_mode or not self.session.many:
            return False
        if not (self.resource.has_id and self.resource.retrievable):
            return False
        echoed = self.resource.repeated({}, current) if self.resource.always_send else {}
        if any(isinstance(value, (dict, list)) for value in (*extra.values(), *echoed.values())):
            return True
        if self.resource.marker in differing and self.resource.marker not in declared.values:
            return True
        return any(
            self._written(required(self.resource.field(name)), value, declared, current)[0]
            != compose(required(self.resource.field(name)), value, None)
            for name, value in differing.items()
        )

    def _name_what_goes(
        self, label: str, written: t.Mapping[str, tuple[t.Any, Lost]], current: t.Mapping[str, t.Any]
    ) -> None:
        """Warn of what a list loses that this release knows nothing of: whoever declares the list cannot mean it."""
        for name, (value, _lost) in written.items():
            known = required(self.resource.field(name))
            left = [kind for _path, kind in of_unknown_kind(known, value)]
            for path, kind in of_unknown_kind(known, known.value_in(current), (name,)):
                if kind in left:
                    left.remove(kind)
                else:
                    self.session.warn(
                        f"{label}: {written_path(path)} is {kind!r}, which this release does not know; the task does "
                        "not name it, so the update takes it away"
                    )

    def _refuse_fixed(self, current: t.Mapping[str, t.Any]) -> None:
        """Refuse to change what is PostHog's own, before PostHog does it with a status that tells nothing."""
        what = self.resource.fixed(current) if self.resource.fixed is not None else ""
        if what:
            raise PostHogFailure(
                f"{self.resource.label(current)} is {what}, which nobody can change or delete; leave it out"
            )

    def _written(
        self, known: Field, desired: t.Any, declared: Declared, current: t.Mapping[str, t.Any]
    ) -> tuple[t.Any, Lost]:
        """What is sent for a field, and what goes away with it although nobody named it."""
        if self.update_secret != "always":
            desired = self._keeping(known, desired, current)
        stored = self._revealed(known, desired, current)
        return composed(known, desired, stored, partial=known.name in declared.partial)

    def _revealed(self, known: Field, desired: t.Any, current: t.Mapping[str, t.Any]) -> t.Any:
        """What is stored, without what stands for secrets that are written anew: it would say to keep the old ones."""
        stored = known.value_in(current)
        new = {path for path in self._hidden(known, desired, current) if reach(desired, path) is not None}
        return without(stored, {path for path in new if reach(desired, path) != reach(stored, path)})

    def _extended(self, name: str, value: t.Any, sent: t.Any, current: t.Any) -> t.Any:
        """The value of an extra field, within the document that it extends, since some servers replace that whole."""
        if not isinstance(value, dict) or not isinstance(current, dict):
            return value
        if sent is None:
            known = next((item for item in self.resource.fields if item.api_name == name), None)
            if known is not None and known.kind == "document":
                rest = {key: inner for key, inner in current.items() if known.key(key) is None}
                sent = {**rest, **compose(known, {}, current, partial=True)}
            else:
                sent = current
        return _merged(sent, value)

    def _dropped(self, values: t.Mapping[str, t.Any], obj: t.Mapping[str, t.Any], names: set[str]) -> list[Field]:
        """The written fields that the server's answer does not show as they were written."""
        dropped = []
        for known in self._verifiable(names):
            if not known.shown_by(obj):
                if values[known.name] is not None and known.since:
                    dropped.append(known)
                continue
            hidden = self._hidden(known, values[known.name], obj)
            desired, shown = without(values[known.name], hidden), without(known.value_in(obj), hidden)
            if not same(known, desired, shown, partial=True):
                dropped.append(known)
        return dropped

    def _verifiable(self, names: set[str]) -> t.Iterator[Field]:
        """The fields whose writing can be checked."""
        for known in self.resource.fields:
            if known.name not in names or known.write_only or known.secret or self._is_parent(known):
                continue
            if self.resource.named_by_reference(known):
                continue
            yield known

    def _note_dropped(self, values: t.Mapping[str, t.Any], obj: t.Mapping[str, t.Any], names: set[str]) -> set[str]:
        """Warn of fields that PostHog took without an error and did not keep.

        :returns: the names of those fields.
        """
        dropped = self._dropped(values, obj, names)
        for known in dropped:
            reason = f" (it needs the plan feature {known.plan_feature!r})" if known.plan_feature else ""
            self.session.warn(
                f"{self.resource.label(obj)}: PostHog accepted {known.name} without an error "
                f"but did not keep it{reason}"
            )
        return {known.name for known in dropped}

    def _replace(
        self, collection: Collection, declared: Declared, values: dict[str, t.Any], current: dict[str, t.Any]
    ) -> Outcome:
        """Change an object that cannot be changed: delete it and create it anew."""
        plain, values = values, self._spelled(values, current)
        differing = self._differing(values, current, declared)
        label = self.resource.label(current)
        before = self._before(declared, values, current, {})
        if not differing:
            return Outcome(self.resource, "unchanged", current, before, before, label)
        predicted = {**self._predicted_new(plain, declared)}
        outcome = Outcome(
            self.resource, "updated", predicted, before, self._after(declared, values, current, {}), label
        )
        outcome.named = self._named(declared) if self.policy.whole else None
        self._guard(values, current)
        self._intend(outcome)
        if self.session.check_mode:
            collection.predict(predicted, instead_of=current)
            return outcome
        self._remove(collection, current)
        made = self._create(collection, declared, plain)
        outcome.obj = made.obj
        return outcome

    # -- parts ------------------------------------------------------------------------------------------------------

    def _part_plans(self, declared: Declared, current: dict[str, t.Any] | None) -> dict[str, PartPlan]:
        plans: dict[str, PartPlan] = {}
        for part in self.resource.parts:
            if part.field.name in declared.parts:
                options = self._part_options(declared)
                plan = part.plan(self.session, self.resource, options, current)
                if plan.changed or part.field.name not in declared.undeclared:
                    plans[part.field.name] = plan
        return plans

    @staticmethod
    def _named(declared: Declared) -> dict[str, t.Any]:
        """What a declaration names, by field."""
        said = {**declared.values, **declared.extra, **declared.parts}
        return {name: value for name, value in said.items() if name not in declared.undeclared}

    def _part_options(self, declared: Declared) -> dict[str, t.Any]:
        """What a part is told of the declaration."""
        told = {**declared.values, **declared.switches, **declared.parts}
        return {**told, "update_secret": self.update_secret}

    def _apply_parts(
        self, declared: Declared, obj: dict[str, t.Any], collection: Collection, *, created: bool = False
    ) -> dict[str, t.Any]:
        for part in self.resource.parts:
            if part.field.name not in declared.parts:
                continue
            options = {**self._part_options(declared), "created": created}
            # The object may have just been created, so the plan is made against what it is now.
            plan = part.plan(self.session, self.resource, options, obj)
            if plan.changed:
                obj = part.apply(self.session, self.resource, options, obj, plan)
                collection.remember(obj, whole=True)
        return obj

    # -- what a diff shows -------------------------------------------------------------------------------------------

    def _before(
        self,
        declared: Declared,
        values: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plans: t.Mapping[str, PartPlan],
        written: t.Mapping[str, tuple[t.Any, Lost]] | None = None,
    ) -> dict[str, t.Any]:
        out: dict[str, t.Any] = {}
        for known in self._shown_fields(values):
            if not known.shown_by(current) and not known.secret:
                continue
            out[known.name] = self._shown(known, known.value_in(current), values, declared, current)
            for path, value in (written or {}).get(known.name, (None, []))[1]:
                # What goes away shows, whether this release knows it or not.
                out[known.name] = replaced(out[known.name], path, value)
        for name, plan in plans.items():
            out[name] = plan.before
        return out

    def _after(
        self,
        declared: Declared,
        values: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
        plans: t.Mapping[str, PartPlan],
        unchanged: set[str] | None = None,
        written: t.Mapping[str, tuple[t.Any, Lost]] | None = None,
    ) -> dict[str, t.Any]:
        out: dict[str, t.Any] = {}
        for known in self._shown_fields(values):
            if current is not None and known.name in (unchanged or ()):
                # Equal values may be spelled differently; the server's spelling stands on both sides.
                if known.shown_by(current) or known.secret:
                    out[known.name] = self._shown(known, known.value_in(current), values, declared, current)
                continue
            value = values[known.name]
            always = self.update_secret == "always"
            if current is None:
                value = with_defaults(known, value)
            elif not always:
                # A diff tells what is written, and stored secrets are not.
                value = self._keeping(known, value, current)
            if current is not None and known.name in (written or {}) and isinstance(value, (dict, list)):
                # What nobody declared and what stays is on both sides.
                stored = self._revealed(known, value, current)
                value = composed(known, value, stored, partial=known.name in declared.partial)[0]
            shown = self._shown(known, value, values, declared, current)
            for path in self._hidden(known, value, current) if current is not None and always else ():
                if reach(shown, path) is not None and reach(value, path) != STORED:
                    shown = replaced(shown, path, f"{MASK} (written)")
            out[known.name] = f"{MASK} (written)" if known.secret else shown
        for name, plan in plans.items():
            out[name] = plan.after
        return out

    def _shown_fields(self, values: t.Mapping[str, t.Any]) -> t.Iterator[Field]:
        for known in self.resource.fields:
            if known.name in values and (not known.write_only or known.secret):
                yield known

    def _shown(
        self,
        known: Field,
        value: t.Any,
        values: t.Mapping[str, t.Any],
        declared: Declared,
        current: t.Mapping[str, t.Any] | None,
    ) -> t.Any:
        """One value as a diff shows it: names for ids, words for numbers, nothing secret."""
        if known.secret:
            return MASK if value is not None else None
        partial = known.name in declared.partial
        stored = known.value_in(current) if current is not None else None
        always = reset_keys(known, values[known.name], stored, partial=partial)
        shown = view(known, value, values[known.name], partial=partial, always=always)
        place = self._inside(current)
        if known.ref is not None:
            ref = known.ref
            if isinstance(shown, list):
                shown = [place.name_of(ref, item) for item in shown]
                # By name, not by ids that are the server's business.
                shown = sorted(shown, key=str) if known.unordered else shown
            elif shown is not None:
                shown = place.name_of(ref, shown)
        elif known.refs:
            shown = walk(shown, known.refs, lambda rule, item, where: place.name_of(rule.ref, item))
        for rule, inner, ref in self._linked(values, current):
            named = reach(shown, inner) if rule.field == known.name else None
            if named is not None:
                names = [place.name_of(ref, item) for item in named] if isinstance(named, list) else None
                shown = replaced(shown, inner, place.name_of(ref, named) if names is None else names)
        for path in self._secret_paths(known, values, current):
            if reach(shown, path):
                shown = replaced(shown, path, MASK)
        for path in self._private_paths(known, values, current):
            inner = reach(shown, path)
            if inner:
                # Whether it changes is no secret.
                same_as_before = current is None or inner == reach(known.value_in(current), path)
                shown = replaced(shown, path, MASK if same_as_before else f"{MASK} (written)")
        return shown

    def _name(self, declared: Declared, obj: t.Mapping[str, t.Any]) -> str:
        name = declared.values.get(self.resource.identity.option)
        return str(name) if name and not isinstance(name, (dict, list)) else self.resource.identity.shown(obj)

    # -- absent -----------------------------------------------------------------------------------------------------

    def absent(self, declared: Declared, object_id: t.Any = None) -> Outcome:
        """Make the object not be there.

        :param declared: names the object.
        :param object_id: its id, where the user gave one.
        :returns: what happened, or would happen in check mode.
        :raises PostHogFailure: it could not be done.
        """
        return self._settled(lambda: self._absent(declared, object_id))

    def _absent(self, declared: Declared, object_id: t.Any) -> Outcome:
        if self.resource.parent is not None and not self._parent_exists(declared):
            return Outcome(self.resource, "unchanged", None)
        identifying = self._identifying(declared)
        if object_id is None and self._named_by_nothing(identifying):
            return Outcome(self.resource, "unchanged", None)
        collection = self.collection(declared)
        current = self._current(collection, Declared(values=identifying), object_id)
        also: list[Outcome] = []
        rule = self.resource.stand_in
        if rule is not None and object_id is None:
            resource = self.session.registry(rule.type)
            source = rule.options[resource.identity.option]
            inner = Declared(values={resource.identity.option: declared.values[source]})
            also.append(Reconciler(self.session, resource).absent(inner))
        if current is None:
            name = declared.values.get(self.resource.identity.option) or object_id
            return Outcome(self.resource, "unchanged", None, label=self.resource.label(name), also=also)
        options = {name: declared.values[name] for name in self.resource.delete_options if name in declared.values}
        return self.remove(collection, current, also, options)

    def _identifying(self, declared: Declared) -> dict[str, t.Any]:
        names = {*self.resource.identity.options, *self.resource.location_options}
        return {key: value for key, value in declared.values.items() if key in names}

    def _named_by_nothing(self, identifying: t.Mapping[str, t.Any]) -> bool:
        """Whether an object is told by another one that is not there, so that it cannot be there either."""
        checked = self.session.check_mode
        try:
            self.session.check_mode = False  # a missing object needs no warning here
            for known in self.resource.fields:
                value = identifying.get(known.name)
                if known.ref is None or value is None or self._is_parent(known):
                    continue
                if self.resource.named_by_reference(known):
                    continue
                problems: Problems = []
                self.session.resolve_field(known, value, known.name, problems)
                # A name that two have is told by what comes next.
                if problems and not self.session.collection(self.session.registry(known.ref.type)).find(value):
                    return True
            return False
        finally:
            self.session.check_mode = checked

    def _parent_exists(self, declared: Declared) -> bool:
        checked = self.session.check_mode
        try:
            self.session.check_mode = False  # a missing parent needs no warning here
            return self._find_place(declared, []) is not None
        finally:
            self.session.check_mode = checked

    def remove(
        self,
        collection: Collection,
        current: dict[str, t.Any],
        also: list[Outcome] | None = None,
        options: t.Mapping[str, t.Any] | None = None,
    ) -> Outcome:
        """Delete one object.

        :param collection: where it is.
        :param current: the object.
        :param also: outcomes that belong to the same deletion.
        :param options: fields to send along, where the deletion is a PATCH.
        :returns: what happened.
        """
        self._refuse_fixed(current)
        if self.resource.delete is Delete.NONE:
            raise PostHogFailure(f"state: {self.resource.label(current)} cannot be deleted through PostHog's API")
        reason = self.resource.keep_reason(self.session, current) if self.resource.keep_reason is not None else ""
        if reason:
            raise PostHogFailure(f"state: {self.resource.label(current)} is not deleted: {reason}")
        before = {
            known.name: view(known, known.value_in(current), None)
            for known in self.resource.fields
            if known.name in self.resource.identity.options and known.shown_by(current)
        }
        before.setdefault(self.resource.identity.option, self.resource.identity.shown(current))
        if self.resource.has_id:
            before["id"] = self.resource.object_id(current)
        outcome = Outcome(
            self.resource, "deleted", None, before, {}, self.resource.label(current), also or [], gone=current
        )
        self._intend(outcome)
        self.session.uses.removing(collection, current)
        if self.session.check_mode:
            collection.predict(None, instead_of=current)
            return outcome
        self._remove(collection, current, options)
        return outcome

    def _remove(
        self, collection: Collection, current: dict[str, t.Any], options: t.Mapping[str, t.Any] | None = None
    ) -> None:
        try:
            self.resource.endpoint.delete(collection, current, options or {})
        except ApiError as exc:
            if not exc.gone and not self._vanished(collection, current, exc):
                raise
        collection.forget(current)

    def _vanished(self, collection: Collection, current: t.Mapping[str, t.Any], exc: ApiError) -> bool:
        """Whether a refused deletion was done before: its answer was lost, and the repetition is what was refused."""
        if exc.status not in (400, 409) or not self.resource.has_id or not self.resource.retrievable:
            return False
        try:
            return collection.detail(self.resource.object_id(current)) is None
        except ApiError:
            return False


def masked(resource: Resource, obj: t.Mapping[str, t.Any] | None) -> dict[str, t.Any] | None:
    """The object as a result shows it: without secrets.

    :param resource: the table.
    :param obj: the server's object.
    :returns: a copy; None for None.
    """
    if obj is None:
        return None
    out = copy.deepcopy(dict(obj))
    for place in resource.masked:
        if dig(out, place):
            _put(out, place, MASK)
    for known in resource.fields:
        if known.secret and known.value_in(out):
            _put(out, known.path_in(out), MASK)
    private: set[str] = set()
    for rule in (*resource.secret_parts, *resource.private_parts):
        for path in rule.find(None, {}, out):
            inner = reach(out.get(rule.field), path)
            if inner and inner != STORED:
                if rule in resource.private_parts:
                    private |= {text for text in texts(inner) if len(text) >= SHORTEST}
                hidden = dict.fromkeys(inner, MASK) if isinstance(inner, dict) else MASK
                out[rule.field] = replaced(out[rule.field], path, hidden)
    # PostHog repeats what it does not take for a secret: in what it compiles a function to, for one.
    return t.cast("dict[str, t.Any]", without_secrets(out, private))


def secret_texts(
    session: Session | None,
    resource: Resource,
    values: t.Mapping[str, t.Any],
    current: t.Mapping[str, t.Any] | None,
) -> set[str]:
    """The secret texts among declared values, where they or the object itself tell that they are secret.

    :param session: None where there is none at hand.
    :param resource: the table.
    :param values: what is declared.
    :param current: the server's object, as far as it is known.
    :returns: texts that must appear nowhere.
    """
    found: set[str] = set()
    for rule in (*resource.secret_parts, *resource.private_parts):
        names = _names_of(resource, rule.field)
        for path in rule.find(session, values, current):
            found |= _texts_at(values, names, path)
    for rule in resource.private_parts if current is not None else ():
        # PostHog shows these, and what it shows may come back in an error or a diff.
        for path in rule.find(session, {}, current):
            found |= _texts_at(current or {}, (rule.field,), path)
    return found


def hidden_options(resource: Resource, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Options without the secrets in documents that are too short to be looked for in texts.

    :param resource: the table.
    :param values: the options.
    :returns: a copy, in which what stands in the place of such a secret is hidden. Longer ones are found by their text.
    """
    out = dict(values)
    for rule in (*resource.secret_parts, *resource.private_parts):
        for path in rule.find(None, values, None):
            for name in _names_of(resource, rule.field):
                if _is_short(reach(out.get(name), path)):
                    out[name] = replaced(out[name], path, HIDDEN)
                extra = out.get("extra_fields")
                if isinstance(extra, dict) and _is_short(reach(extra.get(name), path)):
                    out["extra_fields"] = {**extra, name: replaced(extra[name], path, HIDDEN)}
            # A short form may be the option that holds it.
            if path and isinstance(path[0], str) and path[0] in out and _is_short(reach(out, path)):
                out = replaced(out, path, HIDDEN)
    return out


def _is_short(secret: t.Any) -> bool:
    """Whether a secret, or a part of one, is too short to be looked for in texts."""
    if isinstance(secret, t.Mapping):
        return any(_is_short(inner) for inner in secret.values())
    if isinstance(secret, (list, tuple)):
        return any(_is_short(inner) for inner in secret)
    return secret is not None and not isinstance(secret, bool) and 0 < len(str(secret)) < SHORTEST


def _names_of(resource: Resource, name: str) -> tuple[str, ...]:
    """All names that a task may give a field."""
    for known in (*resource.fields, *(part.field for part in resource.parts)):
        if known.name == name:
            return (name, *known.aliases)
    return (name,)


def suspected_texts(resource: Resource, values: t.Mapping[str, t.Any]) -> set[str]:
    """The texts among declared values that may be secret, as long as nothing more is known.

    :param resource: the table.
    :param values: what is declared.
    :returns: texts that must not appear where something fails before more is known.
    """
    found: set[str] = set()
    for rule in resource.secret_parts:
        names = _names_of(resource, rule.field)
        for path in rule.maybe(values) if rule.maybe is not None else ():
            found |= _texts_at(values, names, path)
        known = next((part.field for part in resource.parts if part.field.name == rule.field), None)
        known = known or resource.field(rule.field)
        if known is not None:
            # Where a document should stand nobody can tell what of a text is secret.
            for name in names:
                found |= {text for text in _misplaced(known, values.get(name)) if len(text) >= SHORTEST}
    return found


def _misplaced(known: Field, value: t.Any) -> t.Iterator[str]:
    """The texts that stand where a dictionary or a list should."""
    if isinstance(value, str) and known.kind in ("document", "map", "open", "list"):
        yield value
    elif isinstance(value, dict) and known.kind == "document":
        for inner in known.fields:
            yield from _misplaced(inner, value.get(inner.name))
    elif isinstance(value, list) and known.items is not None:
        for inner in value:
            yield from _misplaced(known.items, inner)


def _texts_at(values: t.Mapping[str, t.Any], names: t.Sequence[str], path: Path) -> set[str]:
    """The texts at a place of a document, in whichever option it was given."""
    extra = values.get("extra_fields")
    # A short form may be the option that holds it.
    short = {path[0]: values.get(path[0])} if path and isinstance(path[0], str) else None
    holders = [short, *(values.get(name) for name in names)]
    if isinstance(extra, dict):
        holders += [extra.get(name) for name in names]
    return {text for holder in holders for text in texts(reach(holder, path)) if len(text) >= SHORTEST}


def changes(outcome: Outcome) -> list[dict[str, t.Any]]:
    """The single values that changed.

    :param outcome: of one object.
    :returns: see :func:`leaves`; C(undeclared) is true where a value is set back for want of a word about it.
    """
    if outcome.action != "updated":
        return []
    found = leaves(outcome.before, outcome.after)
    for change in found if outcome.named is not None else ():
        if not names(outcome.named or {}, change["path"]):
            change["undeclared"] = True
    return found


def _put(obj: dict[str, t.Any], path: str, value: t.Any) -> None:
    """Set the value at a dotted path, making the dictionaries on the way."""
    parts = path.split(".")
    for part in parts[:-1]:
        inner = obj.get(part)
        if not isinstance(inner, dict):
            inner = {}
            obj[part] = inner
        obj = inner
    obj[parts[-1]] = value


def _merged(base: dict[str, t.Any], extra: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A copy of one dictionary with another laid over it, at every depth."""
    out = dict(base)
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = _merged(out[key], value)
        else:
            out[key] = copy.deepcopy(value)
    return out


def _overlaid(now: t.Any, value: t.Any) -> t.Any:
    """A document after a PATCH: the sent keys replace the stored ones."""
    return {**now, **value} if isinstance(now, dict) and isinstance(value, dict) else value
