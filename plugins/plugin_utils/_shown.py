# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that plugins show while they work.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible import constants as C
from ansible.utils.display import Display

display = Display()


def is_for_people() -> bool:
    """Whether people read the standard output.

    :returns: False where the callback prints JSON for programs, which nothing else may be mixed into.
    """
    name = str(getattr(C, "DEFAULT_STDOUT_CALLBACK", "")).rpartition(".")[2]
    return "json" not in name and name != "null"


def host_of(variables: t.Mapping[str, t.Any]) -> str | None:
    """The host that a line is about.

    :param variables: the host's variables.
    :returns: its name; None where the play has only one, so that it need not be named.
    """
    hosts = variables.get("ansible_play_hosts_all") or ()
    return str(variables.get("inventory_hostname")) if len(hosts) > 1 else None


def show(text: str, host: str | None = None) -> None:
    """Show a line at any verbosity; programs find it in the result.

    :param text: what the line says, behind the name of who says it and a colon.
    :param host: the host, where there are several.
    """
    if is_for_people():
        who, _colon, message = text.partition(": ")
        display.display(f"{who}: [{host}] {message}" if host else text)


def show_verbose(text: str, level: int, host: str | None = None) -> None:
    """Show a line at a verbosity; on the standard error where programs read the standard output.

    :param text: the line.
    :param level: how many C(-v) it takes.
    :param host: the host, where there are several.
    """
    if is_for_people():
        display.verbose(text, host=host, caplevel=level - 1)
    elif display.verbosity >= level:
        display.display(f"<{host}> {text}" if host else text, stderr=True)
