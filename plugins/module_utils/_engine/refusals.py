# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What PostHog is known to refuse or to drop, refused or left out before anything is written.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    written_path,
)
from ansible_collections.community.posthog.plugins.module_utils._data.words import article
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import Lost, of_unknown_kind
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Room
from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import PREVENT_DESTROY
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import required


class Refusals(Room):
    """Refuses what PostHog is known to refuse."""

    def refuse_fixed(self, current: t.Mapping[str, t.Any]) -> None:
        """Refuse to change what is PostHog's own, before PostHog does it with a status that explains nothing.

        :param current: the object.
        :raises PostHogFailure: it is PostHog's own.
        """
        what = self.resource.fixed(current) if self.resource.fixed is not None else ""
        if what:
            raise PostHogFailure(
                f"{self.resource.label(current)} is {what}, which nobody can change or delete; leave it out"
            )

    def refuse_incomplete(self, declared: ObjectSpec, values: t.Mapping[str, t.Any]) -> None:
        """Refuse a creation that lacks something."""
        missing = [
            field.name
            for field in self.resource.fields
            if field.required and values.get(field.name) is None and not self.context.is_parent(field)
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

    def refuse_known(self, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None) -> None:
        """Refuse, before anything is written, what PostHog is known to refuse."""
        problems = [problem for guard in self.resource.guards for problem in guard(self.session, values, current)]
        if problems:
            raise InvalidInput(problems)

    def refuse_replacement(self, declared: ObjectSpec, names: t.Iterable[str]) -> None:
        """Refuse to delete an object for the sake of creating it anew, where its item says that it must not go."""
        if declared.lifecycle.protected:
            what = f"{', '.join(names)} of {article(self.resource.name)}"
            text = f"is true, and a change of {what} deletes it and creates it anew; take one of the two out"
            raise InvalidInput([(PREVENT_DESTROY, text)])

    def refuse_without_feature(self, names: t.Iterable[str]) -> None:
        """Refuse what PostHog is known to refuse for want of a plan feature."""
        feature = self.resource.plan_feature
        features = self.session.features() if feature else None
        if features is not None and feature not in features:
            text = (
                f"the plan of this organization lacks the feature {feature!r}, without which PostHog refuses to change "
                f"an object of the type {self.resource.type}"
            )
            raise InvalidInput([(", ".join(names), text)])

    def without_gated(self, values: dict[str, t.Any], current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """Leave out what the plan is known not to include, with a warning.

        PostHog drops such fields silently, so writing them would report a change that never comes about.
        """
        out = dict(values)
        for field in self.resource.fields:
            if field.plan_feature is None or not out.get(field.name):
                continue
            if current is not None and field.value_in(current):
                continue
            features = self.session.features()
            if features is not None and field.plan_feature not in features:
                del out[field.name]
                self.session.warn(
                    f"{field.name}: the plan of this organization lacks the feature {field.plan_feature!r}, "
                    "without which PostHog drops this field silently; it was left out"
                )
        return out

    def warn_of_losses(
        self, label: str, written: t.Mapping[str, tuple[t.Any, Lost]], current: t.Mapping[str, t.Any]
    ) -> None:
        """Warn of what a list loses that this release knows nothing of: whoever declares the list cannot mean it."""
        for name, (value, _lost) in written.items():
            field = required(self.resource.field(name))
            left = [kind for _path, kind in of_unknown_kind(field, value)]
            for path, kind in of_unknown_kind(field, field.value_in(current), (name,)):
                if kind in left:
                    left.remove(kind)
                else:
                    self.session.warn(
                        f"{label}: {written_path(path)} is {kind!r}, which this release does not know; the task does "
                        "not name it, so the update takes it away"
                    )
