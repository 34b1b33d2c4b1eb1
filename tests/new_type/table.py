# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a new type, and the file of its area with the table in it."""

from __future__ import annotations

import re
import typing as t

from . import UNWRITTEN

if t.TYPE_CHECKING:
    from .facts import FieldFact, TypeFacts

ENGINE = "ansible_collections.community.posthog.plugins.module_utils"

#: What declares a field of a kind, from C(_schema.vocabulary).
MAKERS = {"text": "Text", "int": "Int", "number": "Number", "bool": "Bool", "time": "Time", "object": "Open"}

#: When the table is applied in relation to others, before a person decided.
ORDER = 60


def maker(kind: str) -> str:
    """Return what declares a field.

    :param kind: of its value.
    """
    return MAKERS.get(kind, "Anything")


def limits(known: FieldFact) -> list[str]:
    """Return what a declaration says of a field beside its name and kind.

    :param known: the field.
    """
    words = []
    if known.required:
        words.append("required=True")
    if known.nullable:
        words.append("nullable=True")
    if known.secret:
        words.append("secret=True")
    elif known.write_only:
        words.append("write_only=True")
    if known.kind == "text" and known.max_length is not None:
        words.append(f"max_length={known.max_length}")
    if known.kind in ("int", "number"):
        # A contract often gives the limits of the number's type; those say nothing of the field.
        words += [
            f"{word}={value:g}"
            for word, value in (("minimum", known.minimum), ("maximum", known.maximum))
            if value is not None and abs(value) < 2**31 - 1
        ]
    return words


def declared(known: FieldFact) -> tuple[str, set[str]]:
    """Return the declaration of a field, and what it needs from C(_schema.vocabulary).

    :param known: the field.
    """
    if known.name == "tags" and known.kind == "list":
        return "Tags()", {"Tags"}
    if known.name == "_create_in_folder":
        return 'Text("_create_in_folder", write_only=True, since="2025")', {"Text"}
    rest = limits(known)
    if known.choices and known.kind in ("text", "any"):
        choices = ", ".join(quoted(str(choice)) for choice in known.choices)
        return call("Choice", quoted(known.name), f"[{choices}]", *rest), {"Choice"}
    if known.kind == "list":
        inner = maker(known.items)
        return call("ListOf", quoted(known.name), call(inner, quoted("item")), *rest), {"ListOf", inner}
    name = maker(known.kind)
    return call(name, quoted(known.name), *rest), {name}


def call(name: str, *arguments: str) -> str:
    """Return a call as Python writes it.

    :param name: of the function.
    :param arguments: as they are written.
    """
    return f"{name}({', '.join(arguments)})"


def quoted(text: str) -> str:
    """Return a text as Python writes it here.

    :param text: without quotes.
    """
    return f'"{text}"'


def constant(facts: TypeFacts, text: str) -> str:
    """Return the name of the table's variable.

    :param facts: of the type.
    :param text: of the area's file, in which the name must be new.
    """
    name = facts.name.upper()
    return f"{name}_TABLE" if re.search(rf"\b{name}\b", text) else name


def table(facts: TypeFacts, name: str) -> tuple[str, set[str]]:
    """Return the table, and what it needs from C(_schema.vocabulary).

    :param facts: of the type.
    :param name: of its variable.
    """
    made = [declared(known) for known in facts.fields]
    needed = set().union(*(names for _text, names in made)) if made else set()
    title = facts.plural.replace("_", " ")
    lines = [
        f"# -- {title} {'-' * (113 - len(title))}",
        "",
        f"{name} = Resource(",
        f'    type="{facts.name}",',
        f'    plural="{facts.plural}",',
        f"    scope=Scope.{facts.scope.upper()},",
        f'    path="{facts.path}",',
        f'    identity=Identity("{facts.identity}", ("{facts.identity}",)),  # {UNWRITTEN} are names unique?',
        f'    scopes=("{facts.scope_object}:read", "{facts.scope_object}:write"),  # {UNWRITTEN} are they these?',
        f"    order={ORDER},  # {UNWRITTEN} after what it names, before what names it",
    ]
    if facts.id_kind == "short_id":
        lines += ['    id_path="short_id",', '    other_ids=("id",),']
    if facts.delete != "hard":
        lines.append(f"    delete=Delete.{facts.delete.upper()},")
    if any(known.name == "tags" for known in facts.fields):
        lines.append('    purging=Purging(marker="tags"),')
    lines += [
        f'    since="2026",  # {UNWRITTEN} which servers have it?',
        "    fields=(",
        *(f"        {text}," for text, _names in made),
        "    ),",
        ")",
    ]
    return "\n".join(lines) + "\n", needed


def with_table(text: str, facts: TypeFacts) -> str:
    """Return the file of an area with the table at its end; what it imports twice is for the formatter to merge.

    :param text: of the file.
    :param facts: of the type.
    """
    made, needed = table(facts, constant(facts, text))
    imports = "".join(
        f"from {ENGINE}.{module} import {name}\n"
        for module, names in (
            ("_schema.endpoints", {"Delete"} if facts.delete != "hard" else set()),
            ("_schema.identity", {"Identity"}),
            ("_schema.resource", {"Resource", "Scope"} | ({"Purging"} if "Purging(" in made else set())),
            ("_schema.vocabulary", needed),
        )
        for name in sorted(names)
        if not re.search(rf"^(from .* import |    ){name}(,|$)", text, re.M)
    )
    head, line, rest = text.partition("\nimport typing as t\n")
    if not line:
        head, line, rest = text.partition("\nfrom __future__ import annotations\n")
    return f"{head}{line}{chr(10) if imports else ''}{imports}{rest}\n{made}"
