# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Objects of one type by id and by name, as they are and as a run would leave them.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource


@dataclass(frozen=True)
class _Prediction:
    """What is needed to take a prediction back.

    :param key: of the predicted object; None for one that would be gone.
    :param old_key: of the object as it was; None where there was none.
    :param before: that object.
    :param whole: whether everything was known of it.
    """

    key: str | None
    old_key: str | None
    before: dict[str, t.Any] | None
    whole: bool


class ObjectIndex:
    """Objects of one type, by id and by name.

    :param resource: the table.
    """

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._objects: dict[str, dict[str, t.Any]] = {}
        #: Keys of the objects of which everything is known, not only what a list shows.
        self._whole: set[str] = set()
        #: Keys of the objects that only the second list call shows.
        self._hidden: set[str] = set()
        self._names: dict[str, list[str]] = {}
        self._predictions: list[_Prediction] = []
        self._predicted = 0

    def __len__(self) -> int:
        """How many objects are known."""
        return len(self._objects)

    def get(self, object_id: t.Any) -> dict[str, t.Any] | None:
        """The object of an id.

        :param object_id: the id that URLs take.
        :returns: the object; None where it is not known.
        """
        return self._objects.get(str(object_id))

    def is_whole(self, object_id: t.Any) -> bool:
        """Whether everything is known of an object.

        :param object_id: the id that URLs take.
        :returns: False where only a list has shown it.
        """
        return str(object_id) in self._whole

    def everything(self) -> list[dict[str, t.Any]]:
        """All objects, those too that only the second list call shows."""
        return list(self._objects.values())

    def listed(self) -> list[dict[str, t.Any]]:
        """The objects that the plain list shows."""
        return [obj for key, obj in self._objects.items() if key not in self._hidden]

    def named(self, name: str) -> list[dict[str, t.Any]]:
        """The objects of a name.

        :param name: the normalized name.
        :returns: none, one, or several.
        """
        return [self._objects[key] for key in self._names.get(name, ()) if key in self._objects]

    def of_value(self, path: str, value: t.Any) -> dict[str, t.Any] | None:
        """The first object with a value.

        :param path: path of the value in the object.
        :param value: the value.
        :returns: the object; None where none has it.
        """
        direct = self._objects.get(str(value)) if path == self._resource.id_path else None
        for obj in [direct] if direct is not None else self.everything():
            if str(dig(obj, path)) == str(value):
                return obj
        return None

    # -- changes --------------------------------------------------------------------------------------------------

    def remember(self, obj: dict[str, t.Any], *, whole: bool = False) -> dict[str, t.Any]:
        """Keep an object as it is now.

        :param obj: the server's answer, or a predicted object.
        :param whole: everything is known of it. A list's shorter form does not replace such an object.
        :returns: the object as it is kept.
        """
        key = self._key(obj)
        if key is None:
            self._predicted += 1
            key = f"predicted {self._predicted}"
        if not whole and key in self._whole:
            return self._objects[key]
        self._keep(key, obj, whole)
        return obj

    def take_hidden(self, take: t.Callable[[], None]) -> None:
        """Mark the objects that come to be known meanwhile as hidden from the plain list.

        :param take: remembers objects.
        """
        before = set(self._objects)
        take()
        self._hidden |= self._objects.keys() - before

    def forget(self, obj: t.Mapping[str, t.Any]) -> None:
        """Drop an object that is no longer there.

        :param obj: the object.
        """
        key = self._key(obj)
        if key is not None:
            self.drop(key)

    def drop(self, object_id: t.Any) -> None:
        """Drop an object by its id.

        :param object_id: the id; one that is not known does no harm.
        """
        key = str(object_id)
        before = self._objects.pop(key, None)
        self._whole.discard(key)
        self._hidden.discard(key)
        if before is not None:
            for name in self._resource.identity.names(before):
                if key in self._names.get(name, ()):
                    self._names[name].remove(key)

    def clear(self) -> None:
        """Forget all objects and predictions."""
        self._objects.clear()
        self._whole.clear()
        self._hidden.clear()
        self._names.clear()
        self._predictions.clear()

    def _keep(self, key: str, obj: dict[str, t.Any], whole: bool) -> None:
        """Keep an object under a key, in place of what is kept there."""
        self.drop(key)
        if whole:
            self._whole.add(key)
        self._objects[key] = obj
        for name in dict.fromkeys(self._resource.identity.names(obj)):
            self._names.setdefault(name, []).append(key)

    def _key(self, obj: t.Mapping[str, t.Any]) -> str | None:
        """The key of an object: its id, or that of a predicted object that has none yet."""
        if self._resource.singleton:
            return "only"
        object_id = self._resource.object_id(obj)
        if object_id is not None:
            return str(object_id)
        return next((key for key, item in self._objects.items() if item is obj), None)

    # -- predictions ----------------------------------------------------------------------------------------------

    def predict(self, obj: dict[str, t.Any] | None, *, instead_of: t.Mapping[str, t.Any] | None = None) -> None:
        """Take an object for what it would be after a run.

        :param obj: the object as it would be; None for one that would be gone.
        :param instead_of: the object as it is.
        """
        old_key = self._key(instead_of) if instead_of is not None else None
        before = self._objects.get(old_key) if old_key is not None else None
        whole = old_key in self._whole
        if instead_of is not None:
            self.forget(instead_of)
        key: str | None = None
        if obj is not None:
            self.remember(obj, whole=True)
            key = next(key for key, item in self._objects.items() if item is obj)
        self._predictions.append(_Prediction(key, old_key, before, whole))

    def as_read(self) -> list[dict[str, t.Any]]:
        """All objects as PostHog shows them, without predictions."""
        objects = dict(self._objects)
        for prediction in reversed(self._predictions):
            if prediction.key is not None:
                objects.pop(prediction.key, None)
            if prediction.old_key is not None and prediction.before is not None:
                objects[prediction.old_key] = prediction.before
        return list(objects.values())

    def rollback(self) -> None:
        """Take back every prediction."""
        while self._predictions:
            prediction = self._predictions.pop()
            if prediction.key is not None:
                self.drop(prediction.key)
            if prediction.old_key is not None and prediction.before is not None:
                self._keep(prediction.old_key, prediction.before, prediction.whole)
