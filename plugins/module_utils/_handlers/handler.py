# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a module does, whoever runs it: the module itself on some host, or the action plugin in Ansible's worker.

Private to this collection: it may change without notice.

A :class:`ModuleHandler` has an argument spec and a C(run). C(ansible_module.run_module) is the ordinary way to run it,
the action plugin is the other.
"""

from __future__ import annotations

import traceback
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


def concurrency_of(params: t.Mapping[str, t.Any]) -> int:
    """How many requests a module may have under way at once.

    :param params: its options; C(concurrency) is 8 where it is not given.
    :returns: the number.
    :raises InvalidInput: it is out of bounds.
    """
    number = 8 if params.get("concurrency") is None else int(params["concurrency"])
    if not 1 <= number <= 32:
        raise InvalidInput([("concurrency", f"must be between 1 and 32, not {number}")])
    return number


class ModuleHandler:
    """What one module does.

    :param name: the module's name, without the collection.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def spec(self) -> dict[str, t.Any]:
        """What C(AnsibleModule) and the action plugin's validator take.

        :returns: C(argument_spec) and the rules across options.
        """
        raise NotImplementedError

    def secrets(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """Texts among the options that must be masked.

        :param raw: the task's options.
        :returns: the secret texts, besides those of options that are always secret.
        """
        return set()

    def suspected(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """Texts among the options that may be secret; only PostHog knows whether they are.

        :param raw: the task's options.
        :returns: the texts to mask where the task fails before the first request.
        """
        return set()

    def hidden(self, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The options without secrets that are known by their path and too short to be masked by their text.

        :param params: the task's options.
        :returns: a copy, for C(invocation) in the result.
        """
        return dict(params)

    def needs_key(self, params: t.Mapping[str, t.Any]) -> bool:
        """Whether the module needs an API key.

        :param params: the validated options.
        :returns: True, unless a project's token is enough.
        """
        return True

    def offline(self, params: t.Mapping[str, t.Any]) -> bool:
        """Whether the module is to do without PostHog.

        :param params: the validated options.
        :returns: False, unless an option says so.
        """
        return False

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Do what the options ask for.

        :param session: for requests; knows whether this is check mode.
        :param raw: the options that the task itself gave, as plain data.
        :param params: the validated options.
        :returns: the result, with C(changed), and C(diff) whether it is asked for or not.
        :raises PostHogFailure: it could not be done.
        """
        raise NotImplementedError


def perform(
    item: ModuleHandler, sessions: Sessions, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]
) -> tuple[bool, dict[str, t.Any]]:
    """Run a handler, and turn every failure into a result.

    :param item: the handler.
    :param sessions: the task's sessions.
    :param raw: the options that the task itself gave, as plain data.
    :param params: the validated options.
    :returns: whether it succeeded, and the result.
    """
    session: Session | None = None
    try:
        session = sessions.get(raw, params, needs_key=item.needs_key(params), offline=item.offline(params))
        return True, item.run(session, raw, params)
    except ApiError as exc:
        error = exc
        if session is not None:
            try:
                error = session.explained(exc)
            except PostHogFailure:
                pass
        return False, {**error.result(), **exc.more}
    except PostHogFailure as exc:
        return False, exc.result()
    except Exception as exc:  # a defect of this collection: the user gets a sentence, and a traceback to report
        return False, {
            "msg": f"community.posthog has a defect: {type(exc).__name__}: {exc}. Please report it with the exception.",
            "exception": traceback.format_exc(),
        }
