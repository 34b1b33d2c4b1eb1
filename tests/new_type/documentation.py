# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module of a new type: all options of its table, with the types that the engine gives them."""

from __future__ import annotations

import textwrap
import typing as t

import yaml
from generate.common import WIDTH, item

from . import UNWRITTEN
from .values import NAME, sample_object, values

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .facts import FieldFact, TypeFacts

#: Options that a fragment documents, by the name of the option.
FRAGMENTS = {"tags": "object.tags", "_create_in_folder": "object.folder"}

#: What is said of keys that many types show, and their documented types.
SHOWN = {
    "created_at": ("When the {words} was created.", "str"),
    "created_by": ("Who created the {words}.", "dict"),
    "updated_at": ("When the {words} was last changed.", "str"),
    "updated_by": ("Who last changed the {words}.", "dict"),
    "last_modified_at": ("When the {words} was last changed.", "str"),
    "last_modified_by": ("Who last changed the {words}.", "dict"),
    "user_access_level": ("What the key's owner may do with the {words}.", "str"),
}

#: Documented types of kinds.
TYPES = {"int": "int", "number": "float", "bool": "bool", "object": "dict", "list": "list"}

HEAD = """\
#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

"""

TAIL = '''
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import run


def main() -> None:
    """Run the module."""
    run("posthog_{name}")


if __name__ == "__main__":
    main()
'''


def words(name: str) -> str:
    """Return the name of a field as a sentence has it.

    :param name: of the field.
    """
    return name.strip("_").replace("_", " ")


def sentence(known: FieldFact, facts: TypeFacts) -> str:
    """Return a first sentence about a field, from its name and its limits.

    :param known: the field.
    :param facts: of the type.
    """
    text = f"The {words(known.name)} of the {facts.words}"
    if known.kind == "bool":
        text = f"Whether the {facts.words} is {words(known.name).removeprefix('is ')}"
    if known.kind == "text" and known.max_length:
        text += f", at most {known.max_length} characters"
    null = " V(null) clears it." if known.nullable else ""
    return f"{text}.{null} {UNWRITTEN}"


def options(facts: TypeFacts, spec: Mapping[str, Mapping[str, t.Any]]) -> list[str]:
    """Return the lines of C(options).

    :param facts: of the type.
    :param spec: what the engine takes, by option.
    """
    lines = []
    for known in facts.fields:
        if known.name in FRAGMENTS:
            continue
        taken = spec[known.name]
        lines += [f"  {known.name}:", "    description:", *item(sentence(known, facts), 6)]
        if known.name == facts.identity:
            needed = f"Needed to create a {facts.words}. Together with O(id) it renames the {facts.words}."
            lines += item(needed, 6)
        elif known.required:
            lines += item(f"Needed to create a {facts.words}.", 6)
        lines.append(f"    type: {taken.get('type', 'str')}")
        if "elements" in taken:
            lines.append(f"    elements: {taken['elements']}")
        if "choices" in taken:
            lines += ["    choices:", *(f"      - {choice}" for choice in taken["choices"])]
    return lines


def documentation(facts: TypeFacts, spec: Mapping[str, Mapping[str, t.Any]]) -> str:
    """Return C(DOCUMENTATION).

    :param facts: of the type.
    :param spec: what the engine takes, by option.
    """
    names = [known.name for known in facts.fields]
    fragments = ["connection", "attributes", "attributes.actiongroup", "object"]
    fragments += ["object.state"] if "state" in spec else []
    fragments += ["object.renamed"] if "renamed_from" in spec else []
    fragments += [fragment for option, fragment in FRAGMENTS.items() if option in names]
    fragments += ["object.secrets"] if "update_secret" in spec else []
    plural = facts.plural.replace("_", " ")
    scopes = f"C({facts.scope_object}:read) and C({facts.scope_object}:write)"
    found = f"A {facts.words} is found by its O({facts.identity}) or its O(id)."
    lines = [
        f"module: posthog_{facts.name}",
        f"short_description: Manage {plural} of a PostHog {facts.scope}",
        "version_added: 0.1.0",
        "description:",
        *item(f"Creates, changes and deletes {plural}. What they are for. {UNWRITTEN}", 2),
        *item(f"{found} Whether PostHog allows several of one name. {UNWRITTEN}", 2),
        "author:",
        "  - Contributors to the community.posthog collection (@ansible-collections)",
        "extends_documentation_fragment:",
        *(f"  - community.posthog.{fragment}" for fragment in fragments),
        "options:",
        *options(facts, spec),
        "notes:",
        *item(f"The key needs the scopes {scopes}.", 2),
        "seealso:",
        "  - module: community.posthog.posthog_info",
    ]
    return "\n".join(lines)


def dumped(value: t.Any, indent: int) -> str:
    """Return a value as YAML.

    :param value: anything.
    :param indent: how many blanks stand before it.
    """
    text = yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=WIDTH - indent)
    return textwrap.indent(text, " " * indent)


class Dumper(yaml.SafeDumper):
    """Writes lists as the collection's documentation has them: indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """See the base class.

        :param flow: within brackets.
        :param indentless: never here.
        """
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: t.Any) -> bool:
        """Write equal values twice.

        :param data: a value.
        """
        return True


def examples(facts: TypeFacts) -> str:
    """Return C(EXAMPLES).

    :param facts: of the type.
    """
    module = f"community.posthog.posthog_{facts.name}"
    plain = {
        known.name: values(known)[0]
        for known in facts.fields
        if known.name not in FRAGMENTS and known.name != facts.identity
    }
    tasks = [
        {"name": f"A {facts.words} {UNWRITTEN}", module: {facts.identity: NAME, **plain}},
        {"name": f"Delete a {facts.words} {UNWRITTEN}", module: {facts.identity: "Old example", "state": "absent"}},
    ]
    if facts.delete == "none":
        tasks.pop()
    return "\n".join(dumped([task], 0) for task in tasks).rstrip("\n")


def returned(facts: TypeFacts) -> str:
    """Return C(RETURN): the object, and the samples from which ``make generate`` makes the rest.

    :param facts: of the type.
    """
    shown = sample_object(facts)
    fields = {known.name: known for known in facts.fields}
    contains = []
    for key, value in shown.items():
        kind = "list" if isinstance(value, list) else TYPES.get(facts.kinds.get(key, ""), type_of(value))
        if key == facts.id_field:
            text = f"The id of the {facts.words}. Missing in check mode if the {facts.words} does not exist yet."
        elif key in fields:
            text = f"The {words(key)}."
        elif key in SHOWN:
            text, kind = SHOWN[key][0].format(words=facts.words), SHOWN[key][1]
        else:
            text = f"The {words(key)}. {UNWRITTEN}"
        contains += [f"    {key}:", *described(text, 6), f"      type: {kind}"]
        if isinstance(value, list):
            contains.append(f"      elements: {type_of(value[0])}")
    first = next((known for known in facts.fields if known.name not in (facts.identity, *FRAGMENTS)), None)
    before, after = (values(first)[1], values(first)[0]) if first else ("Old name", NAME)
    path = first.name if first else facts.identity
    own = {facts.identity: NAME}
    about = (
        f"The {facts.words} as PostHog shows it after the task, in check mode as it would be."
        " V(null) if it does not exist."
    )
    lines = [
        f"{facts.name}:",
        "  description:",
        *item(about, 4),
        "  returned: success",
        "  type: dict",
        "  contains:",
        *contains,
        "  sample:",
        dumped(shown, 4).rstrip("\n"),
        "changes:",
        "  sample:",
        dumped([{"path": path, "before": before, "after": after}], 4).rstrip("\n"),
        "diff:",
        "  sample:",
        dumped(
            {
                "before_header": f"{facts.words} {NAME!r}",
                "before": {**own, path: before},
                "after_header": f"{facts.words} {NAME!r}",
                "after": {**own, path: after},
            },
            4,
        ).rstrip("\n"),
    ]
    return "\n".join(lines)


def described(text: str, indent: int) -> list[str]:
    """Return the lines of a C(description) of one sentence: beside the word where it fits, else as a list below it.

    :param text: the sentence.
    :param indent: how many blanks stand before the word.
    """
    line = f"{' ' * indent}description: {text}"
    return [line] if len(line) <= WIDTH else [f"{' ' * indent}description:", *item(text, indent + 2)]


def type_of(value: t.Any) -> str:
    """Return the documented type of a value.

    :param value: an example of it.
    """
    kinds = {bool: "bool", int: "int", float: "float", dict: "dict", list: "list"}
    return kinds.get(type(value), "str")


def module(facts: TypeFacts, spec: Mapping[str, Mapping[str, t.Any]]) -> str:
    """Return the module.

    :param facts: of the type.
    :param spec: what the engine takes, by option.
    """
    parts = {"DOCUMENTATION": documentation(facts, spec), "EXAMPLES": examples(facts), "RETURN": returned(facts)}
    body = "\n".join(f'{name} = r"""\n---\n{text}\n"""\n' for name, text in parts.items())
    return HEAD + body + TAIL.replace("{name}", facts.name)
