# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the outcome of a request means: whether to send it again, and whether the connection as a whole is at fault.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import AnswerTooLong, ApiError
from ansible_collections.community.posthog.plugins.module_utils._http.answers import Answer, NoAnswer
from ansible_collections.community.posthog.plugins.module_utils._http.remedies import ErrorTexts


@dataclass(frozen=True)
class Fault:
    """A request that was no success.

    :param error: for the user.
    :param repeats: how often the call may be repeated for such a fault.
    :param done_perhaps: whether PostHog may have done what was asked.
    """

    error: ApiError
    repeats: int
    done_perhaps: bool


def fault_of(method: str, path: str, outcome: Answer | NoAnswer, errors: ErrorTexts, retries: int) -> Fault:
    """Judge a request that was no success.

    :param method: HTTP method.
    :param path: below the host.
    :param outcome: what came of it.
    :param errors: makes the error.
    :param retries: how often one call is repeated after a fault that may pass.
    :returns: the fault.
    """
    if isinstance(outcome, NoAnswer):
        return Fault(outcome.error, retries if outcome.transient else 0, not outcome.never_sent)
    # A 500 is often a defect of the server and rarely passes, so it gets one repeat only.
    repeats = retries if outcome.transient else min(1, retries) if outcome.status == 500 else 0
    return Fault(errors.refused(method, path, outcome), repeats, outcome.done_perhaps)


class ConnectionHealth:
    """Whether failures are the connection's fault, so that every other call would meet them too."""

    def __init__(self) -> None:
        #: Whether PostHog ever answered.
        self._reached = False
        #: Calls in a row that failed in a way that may be the connection's fault.
        self._strikes = 0

    def answered(self) -> None:
        """Take note that PostHog answered."""
        self._reached, self._strikes = True, 0

    def is_broken_by(self, outcome: Answer | NoAnswer) -> bool:
        """Whether every other call would fail as this one did.

        Nothing can be asked of a server that cannot be reached. What else may be a matter of the one request (a list
        that takes too long, a route that this key may not use) counts only if PostHog never answered, or if it is the
        second failure without an answer in between.

        :param outcome: what came of the call's last request.
        :returns: whether it is so.
        """
        answered = (
            not outcome.may_be_connection if isinstance(outcome, Answer) else isinstance(outcome.error, AnswerTooLong)
        )
        if answered:
            self.answered()
            return False
        self._strikes += 1
        if isinstance(outcome, NoAnswer) and outcome.never_sent:
            return True
        return not self._reached or self._strikes > 1
