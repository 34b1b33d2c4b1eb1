# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Ansible's error about unknown options, extended by the nearest valid names.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.hints import option_hint


def unsupported_hint(message: str, spec: t.Mapping[str, t.Any], module: str = "") -> str:
    """Ansible's message about unknown options, with the nearest right names.

    :param message: an error of argument validation.
    :param spec: the argument spec.
    :param module: the module's name, without the collection.
    :returns: the message, extended where it is of that kind.
    """
    match = re.search(r"((?:^|: )[\w, -]+?)(?:\.|$) Supported parameters include", message)
    if match is None:
        return message
    names = match.group(1).lstrip(": ").split(", ")
    found = {name: option_hint(module.partition("_")[2], name, spec).lstrip("; ") for name in names}
    hints = [f"{name}: {hint}{'' if hint.endswith('?') else '.'}" for name, hint in found.items() if hint]
    if not hints:
        return message
    return f"{message[: match.end(1)]} ({' '.join(hints)}){message[match.end(1) :]}"
