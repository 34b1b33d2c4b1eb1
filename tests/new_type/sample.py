# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample values of a new type, for the tests that every type has to pass."""

from __future__ import annotations

import typing as t

from .values import NAME, values

if t.TYPE_CHECKING:
    from .facts import FieldFact, TypeFacts

HEAD = '''\
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""{title}."""

from __future__ import annotations

from .sample import {imports}

SAMPLE = Sample(
'''


def told_by_kind(known: FieldFact) -> bool:
    """Whether the tests find values by themselves.

    :param known: the field.
    """
    return known.kind in ("text", "int", "number", "bool", "time") or bool(known.choices) or known.name == "tags"


def sample(facts: TypeFacts) -> str:
    """Return the file.

    :param facts: of the type.
    """
    own = [known for known in facts.fields if known.name != facts.identity]
    given = [known for known in own if not told_by_kind(known)]
    needed = {known.name: values(known)[0] for known in own if known.required}
    lines = [f'    type="{facts.name}",', f'    name="{NAME}",', f'    path="{facts.path}",']
    if needed:
        lines.append(f"    minimal={needed!r},")
    if given:
        body = ", ".join(f'"{known.name}": Value{values(known)!r}' for known in given)
        lines.append(f"    values={{{body}}},")
    others = {known.name: values(known)[1] for known in own if known.required}
    if others:
        lines.append(f"    foreign={others!r},")
    moving = [key for key in facts.shown if key in ("updated_at", "last_modified_at")]
    if moving:
        lines.append(f"    moving=({', '.join(repr(key) for key in moving)},),")
    title = facts.plural.replace("_", " ").capitalize()
    head = HEAD.format(title=title, imports="Sample, Value" if given else "Sample")
    return head + "\n".join(lines) + "\n)\n"
