# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of RETURN, which is the same in every module, but for a few values.

What a person writes of it are the samples of C(changes) and C(diff). The path that C(changes) gives as an example is
the first of its sample, and the scope that a key lacks in the sample of C(error) is the one that writing the type
needs.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

import yaml

from .common import PREFIX, CannotGenerate, modules, shown, tables

if t.TYPE_CHECKING:
    from pathlib import Path

#: The first line of what is generated.
MARK = '# From here on written by "make generate", but for the samples of changes and diff.\n'

#: C(RETURN) of a module, in three parts: up to it, itself, and the rest.
RETURN = re.compile(r'(.*?^RETURN = r"""\n)(.*?)(^""".*)', re.M | re.S)

ENTRIES = {
    "changes": """\
changes:
  description:
    - The single values that were, or in check mode would be, changed in an existing object.
    - Empty if an object was created or deleted.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The path of the option, for example C({path}).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:{sample}""",
    "diff": """\
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:{sample}""",
    "status_code": """\
status_code:
  description: The HTTP status with which PostHog refused a request.
  returned: failure, if PostHog answered
  type: int
  sample: 403
""",
    "error": """\
error:
  description: PostHog's own error message, as its API returned it.
  returned: failure, if PostHog answered with one
  type: dict
  contains:
    type:
      description: The kind of error.
      type: str
    code:
      description: The code of the error.
      type: str
    detail:
      description: The error in words.
      type: str
    attr:
      description: The field that the error is about, if it is about one.
      type: str
  sample:
    attr: null
    code: permission_denied
    detail: API key missing required scope '{scope}'
    type: authentication_error
""",
    "request_id": """\
request_id:
  description: PostHog's identifier of the request that failed, to be named in a report to PostHog.
  returned: failure, if PostHog gave one
  type: str
  sample: 5f0c2ad8-6fb4-4f0b-8ba3-b04f5b2cd7c9
""",
}

#: What PostHog's refusal of a request leads to; modules without a table have these entries only.
REFUSAL = ("status_code", "error", "request_id")


@dataclass(frozen=True)
class Ending:
    """How the RETURN of a module ends.

    :param scope: what the key lacks in the sample of C(error).
    :param identity: the option that objects are known by.
    :param entries: the names of the entries.
    """

    scope: str
    identity: str = ""
    entries: tuple[str, ...] = REFUSAL


#: Modules without a table. Their C(diff), if they have one, is about something of their own and written by hand.
#: posthog_config and posthog_export are not here: they report what fails object by object, in a message.
WITHOUT_TABLE = {
    "posthog_api": Ending("annotation:read"),
    "posthog_connection_info": Ending("project:read"),
    "posthog_event": Ending("project:read"),
    "posthog_info": Ending("feature_flag:read"),
}


def endings() -> dict[str, Ending]:
    """Return how the RETURN of each module ends that has such an end."""
    found = dict(WITHOUT_TABLE)
    for table in tables():
        if table.module:
            found[PREFIX + table.type] = Ending(table.scopes[1], table.identity.option, tuple(ENTRIES))
    return found


def entries_of(text: str) -> dict[str, str]:
    """Take the YAML of a RETURN apart.

    :param text: the YAML.
    :returns: the lines of each entry, by its name; what comes before the first one has an empty name.
    """
    parts = re.split(r"^(?=\w+:\n)", text.replace(MARK, ""), flags=re.M)
    return {part.partition(":")[0] if index else "": part for index, part in enumerate(parts)}


def sample_of(entry: str, name: str, path: Path) -> str:
    """Return an entry's sample as it is written: what follows the colon, to the end of the last line.

    :param entry: its lines.
    :param name: of the entry.
    :param path: of the module, for messages.
    """
    found = re.search(r"^  sample:((?: \[\])?\n(?:    .*\n|\n)*)", entry, re.M)
    if not found or not found.group(1).strip():
        raise CannotGenerate(f"{shown(path)}: RETURN needs a `sample` of `{name}`, written by hand.")
    return found.group(1)


def first_path(sample: str, identity: str, path: Path) -> str:
    """Return the path of the first change of a sample.

    :param sample: YAML.
    :param identity: the option that stands for it where the sample is empty, since objects of the type never change.
    :param path: of the module, for messages.
    """
    changes = yaml.safe_load(sample)
    if changes == []:
        return identity
    if not (isinstance(changes, list) and changes and isinstance(changes[0], dict) and changes[0].get("path")):
        raise CannotGenerate(
            f"{shown(path)}: the sample of `changes` in RETURN needs at least one change with a `path`."
        )
    return str(changes[0]["path"])


def rewritten(path: Path, text: str, ending: Ending) -> str:
    """Return what a module has to be.

    :param path: of the module, for messages.
    :param text: what it is.
    :param ending: how its RETURN ends.
    """
    parts = RETURN.fullmatch(text)
    if parts is None:
        raise CannotGenerate(f'{shown(path)} has no RETURN = r""" ... """.')
    head, body, rest = parts.groups()
    present = entries_of(body)
    made = []
    for name in ending.entries:
        values = {"scope": ending.scope}
        if "{sample}" in ENTRIES[name]:
            values["sample"] = sample_of(present.get(name, ""), name, path)
        if "{path}" in ENTRIES[name]:
            values["path"] = first_path(values["sample"], ending.identity, path)
        made.append(ENTRIES[name].format(**values))
    own = "".join(entry for name, entry in present.items() if name not in ending.entries)
    return head + own + MARK + "".join(made) + rest


def files() -> dict[Path, str]:
    """Return the modules."""
    paths = modules()
    result = {}
    for name, ending in endings().items():
        path = paths.get(name)
        if path is None:
            raise CannotGenerate(
                f"The type {name.removeprefix(PREFIX)} has a table, but there is no plugins/modules/{name}.py."
            )
        result[path] = rewritten(path, path.read_text(encoding="utf-8"), ending)
    return result
