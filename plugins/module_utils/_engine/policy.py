# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How a declaration is understood, as a value that is handed from the one who reads it to the one who compares.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest

#: What the fields that an item does not name are: left as they are, or at PostHog's defaults.
UNDECLARED: t.Final = ("keep", "default")

#: The key of a document of configuration, and the option of modules, that says which.
UNDECLARED_KEY: t.Final = "undeclared"


#: What is done about an id of an item that no object has here: refuse it, or look for the object by its name, and
#: create it where it is not there.
UNKNOWN_IDS: t.Final = ("error", "create")

#: The key of a document of configuration that says which.
UNKNOWN_IDS_KEY: t.Final = "unknown_ids"


@dataclass(frozen=True)
class Policy:
    """How a declaration is understood.

    :param undeclared: one of :data:`UNDECLARED`.
    :param details: an object is read by itself where its list does not show all that is declared of it; without that,
        only what lists show is compared.
    :param unknown_ids: one of :data:`UNKNOWN_IDS`.
    """

    undeclared: str = "keep"
    details: bool = True
    unknown_ids: str = "error"

    @property
    def whole(self) -> bool:
        """Whether a declaration is the whole truth about its object."""
        return self.undeclared == "default"

    @property
    def anywhere(self) -> bool:
        """Whether ids may be those of another project."""
        return self.unknown_ids == "create"


#: Only what is declared is compared.
KEEP: t.Final = Policy()


def policy_of(value: t.Any, otherwise: Policy = KEEP) -> Policy | None:
    """The policy that a document asks for.

    :param value: what stands under :data:`UNDECLARED_KEY`.
    :param otherwise: the policy in all that this value says nothing of.
    :returns: the policy; None where the value is none that there is.
    """
    known = isinstance(value, str) and value in UNDECLARED
    return dataclasses.replace(otherwise, undeclared=value) if known else None


def wrong_policy(value: t.Any, words: t.Sequence[str] = UNDECLARED) -> str:
    """What to say of a value for which there is no policy.

    :param value: what stands under :data:`UNDECLARED_KEY` or :data:`UNKNOWN_IDS_KEY`.
    :param words: what may stand there.
    :returns: the end of a sentence.
    """
    return f"takes {' or '.join(words)}, not {value!r}{nearest(str(value), words)}"
