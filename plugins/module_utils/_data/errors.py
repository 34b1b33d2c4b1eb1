# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The errors that a task can end in.

Private to this collection: it may change without notice.

Everything below :class:`PostHogFailure` reaches the user as one C(failed) result and never as a traceback.
"""

from __future__ import annotations

import re
import typing as t


class PostHogFailure(Exception):
    """A task cannot go on; the text is for the person who wrote the task.

    :param message: one sentence that says what is wrong, where, and what would be right.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        #: What the result holds besides.
        self.more: dict[str, t.Any] = {}

    def result(self) -> dict[str, t.Any]:
        """What the failed task returns besides C(failed).

        :returns: at least C(msg).
        """
        return {"msg": self.message, **self.more}


class InvalidInput(PostHogFailure):
    """The task's options are wrong; nothing was sent.

    :param problems: pairs of an option path (C(filters.groups[0].variant)) and a sentence about it.
    :param message: what to say in place of all of them in a row.
    """

    def __init__(self, problems: t.Sequence[tuple[str, str]], message: str | None = None) -> None:
        self.problems = list(problems)
        listed = "; ".join(f"{path}: {text}" if path else text for path, text in self.problems)
        super().__init__(listed if message is None else message)


class Ambiguous(PostHogFailure):
    """A name matches more than one object, so which one is meant would be a guess."""


class ApiError(PostHogFailure):
    """PostHog answered with an error, or with something that is no answer of its API.

    :param message: what was attempted, PostHog's own detail, and the remedy where it is known.
    :param status: the HTTP status, or None if there was no HTTP answer.
    :param envelope: PostHog's C({type, code, detail, attr}), or None where the body was something else.
    :param request_id: the server's identifier of the request, where a header gave one.
    :param method: the HTTP method.
    :param path: the path that was called, without host.

    :ivar ends_all: every other call would fail in the same way, so that going on with the next object is no use.
    """

    ends_all = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        envelope: t.Mapping[str, t.Any] | None = None,
        request_id: str | None = None,
        method: str = "",
        path: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.envelope = dict(envelope) if envelope is not None else None
        self.request_id = request_id
        self.method = method
        self.path = path

    @property
    def gone(self) -> bool:
        """Whether this says that something is not there. Nothing else does: no empty answer, and no null."""
        return self.status in (404, 410)

    @property
    def no_route(self) -> bool:
        """Whether the server does not know the route. Another 404 says that something on a known one is missing."""
        return self.status == 405 or (self.gone and "endpoint not found" in self.detail.lower())

    @property
    def code(self) -> str | None:
        """PostHog's own error code, C(unique) for one."""
        value = (self.envelope or {}).get("code")
        return value if isinstance(value, str) else None

    @property
    def detail(self) -> str:
        """PostHog's own words, or an empty string."""
        value = (self.envelope or {}).get("detail")
        return value if isinstance(value, str) else ""

    def result(self) -> dict[str, t.Any]:
        """C(msg), and C(status_code), C(error), C(request_id) where there are any."""
        out = super().result()
        if self.status is not None:
            out["status_code"] = self.status
        if self.envelope is not None:
            out["error"] = self.envelope
        if self.request_id:
            out["request_id"] = self.request_id
        return out


class TimeLimit(ApiError):
    """The task's own time limit for one call (O(max_wait)) is used up."""


class AnswerTooLong(ApiError):
    """An answer has more bytes than are read."""


class UnknownOutcome(ApiError):
    """A write was sent and no usable answer came back, so it may or may not have taken place.

    Whoever sent it looks at the object again before anything is sent a second time.

    :ivar slow: the server was still at it when its time was up, so what is not there yet may still come.
    """

    slow = False


def raise_if_over(error: PostHogFailure) -> None:
    """For places that are content with any failure but one that every other call would meet too.

    :param error: what was caught.
    :raises ApiError: it is of that kind.
    """
    if isinstance(error, ApiError) and error.ends_all:
        raise error


def as_object(answer: t.Any, path: str) -> dict[str, t.Any]:
    """The answer to the question for one object.

    What is no object says nothing about whether there is one, so it must not be taken for a no.

    :param answer: the decoded answer.
    :param path: the path that was read.
    :returns: the object.
    :raises ApiError: the answer is none.
    """
    if isinstance(answer, dict):
        return answer
    names = {type(None): "nothing", list: "a list", str: "a text", bool: "a boolean"}
    kind = names.get(type(answer), "a number")
    raise ApiError(
        f"GET {path} answered with {kind} in place of an object, so whether it is there is not known",
        method="GET",
        path=path,
    )


def objects_in(holder: t.Mapping[str, t.Any] | None, key: str, *needed: str) -> list[dict[str, t.Any]]:
    """The objects that an object of PostHog holds.

    :param holder: the object as PostHog showed it; None where there is none yet.
    :param key: where its objects are.
    :param needed: keys that each of them must have, with a text or a number.
    :returns: the objects; none where the key is missing or null.
    :raises ApiError: something else is there. To take that for "none" would make what exists a second time.
    """
    found = (holder or {}).get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ApiError(f"an answer of PostHog is of another form than ever: {key!r} is no list of objects")
    for name in needed:
        for item in found:
            answered(item, name, f"{key}.{name}")
    return list(found)


def answered(obj: t.Mapping[str, t.Any], key: str, path: str = "") -> t.Any:
    """A value that PostHog gives in each answer of a kind.

    :param obj: the answer, or an object in it.
    :param key: the value's key.
    :param path: what a sentence calls it, where that is more.
    :returns: the text or number.
    :raises ApiError: there is none.
    """
    value = obj.get(key)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ApiError(f"an answer of PostHog is of another form than ever: {path or key!r} is no text and no number")
    return value


def option_path(attr: t.Any) -> str:
    """Turn PostHog's C(attr) into the path of the option it speaks of.

    PostHog joins nested names with two underscores (source: drf-exceptions-hog), so
    C(filters__groups__0__rollout_percentage) is the option C(filters.groups[0].rollout_percentage).

    :param attr: the envelope's C(attr), which may be None, or whatever else a server puts there.
    :returns: the option path, or an empty string.
    """
    if not attr or not isinstance(attr, str):
        return ""
    out = ""
    for part in attr.split("__"):
        if re.fullmatch(r"\d+", part) and out:
            out += f"[{part}]"
        else:
            out += f".{part}" if out else part
    return out
