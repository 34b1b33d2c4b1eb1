# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The errors that a user reads: what PostHog answered, without the key, and what would help.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import json as jsonlib
import math
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    AnswerTooLong,
    ApiError,
    TimeLimit,
    UnknownOutcome,
    option_path,
)
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import (
    BROWSER_ONLY,
    limit_of_key,
    scopes_in,
)
from ansible_collections.community.posthog.plugins.module_utils._http.answers import Answer, NoAnswer
from ansible_collections.community.posthog.plugins.module_utils._http.bodies import MOST_BYTES
from ansible_collections.community.posthog.plugins.module_utils._http.connection import REGIONS, Connection


class ErrorTexts:
    """Makes the errors of one connection.

    :param connection: its host is named, and its key is taken out of every text of foreign origin.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def scrub(self, text: str) -> str:
        """Take the key out of a text of foreign origin.

        :param text: the text.
        :returns: the text with asterisks in place of the key.
        """
        key = self._connection.api_key
        return text.replace(key, "********") if key else text

    def _scrubbed(self, value: t.Any) -> t.Any:
        """A value of foreign origin without the key, at any depth."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {self.scrub(str(key)): self._scrubbed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._scrubbed(inner) for inner in value]
        return value

    def refused(self, method: str, path: str, answer: Answer) -> ApiError:
        """The error for an answer that is no success.

        :param method: HTTP method.
        :param path: below the host.
        :param answer: the answer.
        :returns: the error, of one sentence.
        """
        what = f"{method} {path}"
        status = answer.status
        envelope = self._scrubbed(answer.envelope)
        if 300 <= status < 400 or (answer.broken and envelope is None):
            text = self._no_answer_of_api(what, answer)
            return ApiError(text, status=status, request_id=answer.request_id, method=method, path=path)
        # Texts of other kinds (a list in place of a sentence) are shown as they are.
        detail = (envelope or {}).get("detail")
        detail = detail.strip() if isinstance(detail, str) else jsonlib.dumps(detail) if detail else ""
        detail = detail or f"status {status} without a reason"
        attr = option_path((envelope or {}).get("attr"))
        reason = f"PostHog refused {what} ({status}): " + (f"{attr}: " if attr else "") + detail
        return ApiError(
            reason + self.remedy(status, envelope or {}),
            status=status,
            envelope=envelope,
            request_id=answer.request_id,
            method=method,
            path=path,
        )

    def _no_answer_of_api(self, what: str, answer: Answer) -> str:
        """The sentence for an answer that does not come from PostHog's API."""
        host, status = self._connection.host, answer.status
        if 300 <= status < 400:
            target = self.scrub(answer.header("Location"))
            return (
                f"{what}: {host} redirects to {target or 'another address'}, which is not followed; "
                "set host to the address where the API itself answers"
            )
        if status < 300:
            return (
                f"{what}: {host} answered with {answer.kind}, which is no answer of PostHog's API; "
                "check host, and any proxy on the way"
            )
        return f"{what}: {host} answered {status} with {answer.kind} instead of PostHog's error message"

    def remedy(self, status: int, envelope: t.Mapping[str, t.Any]) -> str:
        """What would help against a refusal.

        :param status: the HTTP status.
        :param envelope: PostHog's error envelope.
        :returns: the end of a sentence; empty where no remedy is known.
        """
        detail = str(envelope.get("detail") or "")
        if status == 401:
            region = next((name for name, url in REGIONS.items() if url == self._connection.host), None)
            other = {"us": "eu", "eu": "us"}.get(region or "")
            hint = f" If the key was made on {REGIONS[other]}, set region to {other}." if other else ""
            return (
                f" - {self._connection.host} does not know this api_key. Keys belong to one region or installation "
                f"and are shown only once, so check that it is whole and still exists.{hint}"
            )
        if envelope.get("code") == "approval_required":
            # An approval policy makes a change request of the change (API.md 1, error codes).
            number = envelope.get("change_request_id")
            waiting = f" change request {number}" if number else " a change request"
            return f" - nothing was changed:{waiting} waits for approval in PostHog; run the task again after that."
        if status == 402:
            return " - the plan of this organization does not include the feature."
        if status == 403:
            scopes = scopes_in(detail)
            if scopes:
                word = "scope" if len(scopes) == 1 else "scopes"
                return f" - add the {word} {', '.join(scopes)} to the key (Settings, Personal API keys)."
            if "support personal api key" in detail.lower():
                return f" - {BROWSER_ONLY}."
            limit = limit_of_key(detail)
            if limit:
                return f" - {limit}."
        return ""

    def too_long(self, method: str, path: str, status: int) -> AnswerTooLong:
        """The error for an answer with more bytes than are read.

        :param method: HTTP method.
        :param path: below the host.
        :param status: the HTTP status.
        :returns: the error.
        """
        size = f"{MOST_BYTES // 1024 // 1024} MiB"
        return AnswerTooLong(
            f"{method} {path}: {self._connection.host} answered with more than {size}, which is not read",
            status=status,
            method=method,
            path=path,
        )

    @staticmethod
    def unknown_outcome(method: str, path: str, error: ApiError, outcome: Answer | NoAnswer) -> UnknownOutcome:
        """The error for a write that may have been done.

        :param method: HTTP method.
        :param path: below the host.
        :param error: what went wrong.
        :param outcome: what came of the request.
        :returns: the error.
        """
        unknown = UnknownOutcome(
            f"{error.message} (whether it took place is not known)",
            status=error.status,
            envelope=error.envelope,
            request_id=error.request_id,
            method=method,
            path=path,
        )
        unknown.slow = isinstance(outcome, NoAnswer) and outcome.slow
        return unknown

    def wait_too_long(self, method: str, path: str, seconds: float, left: float, answer: Answer | None) -> TimeLimit:
        """The error for a wait that is longer than the call may still take.

        :param method: HTTP method.
        :param path: below the host.
        :param seconds: how long PostHog asks to wait.
        :param left: seconds that the call may still take.
        :param answer: the answer that asks for it; None where another request got it.
        :returns: the error; it ends all work with this key.
        """
        limit = self._connection.max_wait
        if seconds > limit:
            room = f"more than max_wait ({limit:g} s) allows"
        else:
            room = f"and of max_wait ({limit:g} s) only {max(0.0, left):.0f} s are left"
        who = "PostHog" if answer is not None and answer.status != 429 else "PostHog's rate limit"
        error = TimeLimit(
            f"{method} {path}: {who} asks to wait {math.ceil(seconds)} s, {room}; raise max_wait or run less at once",
            status=answer.status if answer is not None else 429,
            envelope=self._scrubbed(answer.envelope) if answer is not None else None,
            request_id=answer.request_id if answer is not None else None,
            method=method,
            path=path,
        )
        error.ends_all = True
        return error

    def gave_up(self, method: str, path: str, error: ApiError) -> TimeLimit:
        """The error for a call whose time ended before its next repeat.

        :param method: HTTP method.
        :param path: below the host.
        :param error: what went wrong last.
        :returns: the error.
        """
        return TimeLimit(
            f"{error.message}; gave up after max_wait ({self._connection.max_wait:g} s)",
            status=error.status,
            envelope=error.envelope,
            method=method,
            path=path,
        )
