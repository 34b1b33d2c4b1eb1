# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Words that several messages have in common.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

#: What helps against a refusal of every key with scopes. PostHog checks routes that it does not open to keys only for
#: keys that have scopes: those that were made before keys had any may still call them.
BROWSER_ONLY: t.Final = (
    "PostHog allows this only to a person who is logged in with a browser, and to no key that has scopes"
)

#: What a missing scope is called in PostHog's refusals.
_SCOPE_NAME: t.Final = re.compile(r"\b([a-z_]+:(?:read|write))\b")

#: PostHog's refusals of keys that are limited to projects or organizations, by a part of their words, with what they
#: mean (the sentences are those of its permission classes, and change seldom).
_LIMITS: t.Final = (
    (
        "scoped projects are only supported on project-based views",
        "this key is limited to projects, and this belongs to the organization; use one that is not limited so",
    ),
    (
        "access to the requested project",
        "this key is limited to other projects; add this one to it (Settings, Personal API keys), or use another",
    ),
    (
        "scoped organizations are only supported on organization-based views",
        "this key is limited to organizations, and this belongs to none; use one that is not limited so",
    ),
    (
        "access to the requested organization",
        "this key is limited to other organizations; add this one to it (Settings, Personal API keys), or use another",
    ),
)

#: Parts of PostHog's refusals of what the key's owner may not do, whatever the key's scopes.
_OF_OWNERS: t.Final = (
    "sufficient permissions",
    "edit permissions",
    "permission to invite",
    "admin access",
    "access to this resource",
    "access level is insufficient",
    "if you are an admin",
)

#: What they mean.
OWNER_MAY_NOT: t.Final = (
    "a key may do what its owner may, and the owner may not do this; let an administrator raise the owner's level, "
    "or use a key of somebody who may"
)


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    :param number: how many.
    :param noun: the noun in the singular.
    :param plural: its plural, where that is not the noun with an C(s).
    :returns: for example C(1 object) or C(2 objects).
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def scopes_in(detail: str) -> list[str]:
    """The scopes that a refusal names.

    :param detail: PostHog's words.
    :returns: the scopes in alphabetical order, each once.
    """
    return sorted(set(_SCOPE_NAME.findall(detail)))


def scopes_at_once(messages: t.Iterable[str]) -> str:
    """All scopes that several refusals name, so that they need not be added one after the other.

    :param messages: of objects that failed.
    :returns: a line that begins with a line break; an empty string where it is not more than one scope.
    """
    scopes = sorted({scope for message in messages for scope in scopes_in(message)})
    return f"\nThe key lacks {len(scopes)} scopes: {', '.join(scopes)}" if len(scopes) > 1 else ""


def limit_of_key(detail: str) -> str:
    """What it means that a key, or its owner, is limited, where a refusal says so.

    :param detail: PostHog's words.
    :returns: a sentence without a full stop, or an empty string.
    """
    text = detail.lower()
    found = next((meaning for part, meaning in _LIMITS if part in text), "")
    return found or (OWNER_MAY_NOT if any(part in text for part in _OF_OWNERS) else "")
