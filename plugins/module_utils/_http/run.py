# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a module in a separate process gets from the run that it belongs to.

Private to this collection: it may change without notice.

Tasks in Ansible's workers share a key's pauses and its limit of requests through the directory of their run, and stop
when their parent is gone. A module has other parents, and may run on another host. So the action hands both on in the
environment, where the module runs on the controller. On another host the modules of one user share a directory of
their own, since they share nothing else.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._http.pace import private

#: The environment variables in which the action hands things on.
DIRECTORY: t.Final = "_POSTHOG_RUN_DIRECTORY"
CONTROLLER: t.Final = "_POSTHOG_CONTROLLER"

#: Where Ansible puts modules, if it does not say so.
_REMOTE_TMP: t.Final = "~/.ansible/tmp"


def handed_on(directory: str | None, controller: int | None) -> dict[str, str]:
    """What the action hands to a module on the same machine.

    :param directory: the run's own directory.
    :param controller: the process without which nobody learns what the module does; None for one in the background.
    :returns: environment variables.
    """
    found = {DIRECTORY: directory or "", CONTROLLER: "" if controller is None else str(controller)}
    return {name: value for name, value in found.items() if value}


def directory(remote_tmp: str | None) -> str | None:
    """The directory that a module shares with others that may use the same key.

    :param remote_tmp: Ansible's directory for temporary files on this machine.
    :returns: that of the run, or one of the user's own; None where there is none that nobody else may enter.
    """
    handed = os.environ.get(DIRECTORY)
    if handed and private(handed):
        return handed
    place = os.path.join(os.path.expandvars(os.path.expanduser(remote_tmp or _REMOTE_TMP)), "community.posthog")
    try:
        os.makedirs(place, mode=0o700, exist_ok=True)
    except OSError:
        return None
    return place if private(place) else None


def is_orphan() -> bool:
    """Whether the controller that this module works for is gone."""
    handed = os.environ.get(CONTROLLER, "")
    if not handed.isdigit():
        return False
    try:
        os.kill(int(handed), 0)
    except ProcessLookupError:
        return True
    except OSError:
        # It belongs to somebody else, so it is there.
        pass
    return False
