# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How one run treats what it finds, as a value that is replaced as a whole and never changed in parts.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RunPolicy:
    """How one run treats what it finds.

    :param check_mode: nothing may be written.
    :param strict: a name that no object has is an error in check mode, too.
    :param marks: new objects get the collection's mark.
    :param adopts: the types of which existing objects get it, too.
    :param hidden: Ansible prints nothing of the result (C(no_log)), so it may hold what PostHog shows once.
    :param brief: nobody is shown the objects that do not change, so of these no more is read than what is compared.
    """

    check_mode: bool = False
    strict: bool = False
    marks: bool = False
    adopts: frozenset[str] = frozenset()
    hidden: bool = False
    brief: bool = False

    @property
    def warns_of_missing(self) -> bool:
        """Whether a name that no object has is a warning: in a check run, earlier tasks have created nothing."""
        return self.check_mode and not self.strict
