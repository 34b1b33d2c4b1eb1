# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Which organization a project belongs to, as the processes of a run have found.

A play over many projects runs each task of each host in a process of its own. Each makes sure that the project belongs
to the organization, and need not ask again what another one has found.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import contextlib
import os
import time
import typing as t

#: Seconds for which a finding counts: projects can be moved to another organization.
_REMEMBERED: t.Final = 600.0

#: The most that is read, in bytes: some tens of thousands of projects.
_MOST: t.Final = 4 * 1024 * 1024


class Owners:
    """Findings in a file that all processes of a run append to.

    :param path: the file; None where the processes share nothing.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path

    def belongs(self, project: str, organization: str) -> bool:
        """Whether a process has found that a project belongs to an organization.

        :param project: the project's id.
        :param organization: the organization's id.
        :returns: False where nobody has, or where it is too long ago.
        """
        if self._path is None:
            return False
        try:
            with open(self._path, encoding="utf-8") as file:
                lines = file.read(_MOST).splitlines()
        except (OSError, ValueError):
            return False
        for line in reversed(lines):
            words = line.split(" ")
            if words[:2] == [project, organization]:
                return len(words) == 3 and words[2].isdigit() and int(words[2]) > time.time() - _REMEMBERED
        return False

    def note(self, project: str, organization: str) -> None:
        """Let the other processes know that a project belongs to an organization.

        :param project: the project's id.
        :param organization: the organization's id.
        """
        if self._path is None:
            return
        # Without the file the others ask PostHog.
        with contextlib.suppress(OSError):
            flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            number = os.open(self._path, flags, 0o600)
            try:
                # One call, so that no two processes write into one line.
                os.write(number, f"{project} {organization} {int(time.time())}\n".encode())
            finally:
                os.close(number)
