# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page for each playbook, from the comment at its top: what it does, how it is called, and its variables."""

from __future__ import annotations

import re
import typing as t

from .common import ROOT, CannotGenerate, replace_block, shown

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAYBOOKS = ROOT / "playbooks"
PAGES = ROOT / "docs/docsite/rst"
CONTENTS = ROOT / "docs/docsite/extra-docs.yml"
LABEL = "ansible_collections.community.posthog.docsite"

HEAD = """\
..
  Copyright: Contributors to the community.posthog collection
  GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Made from the comment at the top of the playbook by "make generate"; do not edit.

"""

#: A variable, or several, with what stands beside it.
VARIABLE = re.compile(r" {2,}((?:\w*_\w+)(?:, _?\w+)*)(?: {2,}(\S.*))?$")
#: What is shown as code in a sentence.
CODE = re.compile(
    r"`(?P<quoted>[^`]+)`"
    r"|(?P<option>-e \"[^\"]+\"|-e @?[\w./=-]+|(?<!\w)--[a-z]+(?: \d+)?)"
    r"|(?P<name>\b(?:posthog|POSTHOG|demo|CONTROLLER|community\.posthog)[_.]\w+(?:[/.=][\w/.=-]*\w)?/?"
    r"|(?<=[ ,])_[a-z]\w+|\b[a-z_]+:(?:read|write)\b|\binventory_hostname\b|(?<=\W)\{\".*\"\}\}?)"
)
#: What would be markup.
MARKUP = re.compile(r"([*`|\\]|_(?=\W|$))")


class Part(t.NamedTuple):
    """A part of the comment.

    :param kind: text, call or variables.
    :param lines: the lines of a text or a call.
    :param variables: names with what they are.
    """

    kind: str
    lines: list[str]
    variables: list[tuple[str, str]]


def comment(path: Path) -> list[str]:
    """Return the lines of the comment at the top of a playbook, without the licence.

    :param path: of the playbook.
    """
    blocks = re.findall(r"(?:^#.*\n)+", path.read_text(encoding="utf-8"), re.M)
    if len(blocks) < 2:
        raise CannotGenerate(f"{shown(path)} has no comment at its top that explains it.")
    return [line.removeprefix("#").removeprefix(" ") for line in blocks[1].splitlines()]


def parts(lines: list[str]) -> Iterator[Part]:
    """Yield the parts of a comment: paragraphs, calls, and blocks of variables.

    :param lines: of the comment.
    """
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield from _parts_of(block)
            block = []


def _parts_of(block: list[str]) -> Iterator[Part]:
    if not block[0].startswith("  "):
        # A text; a call or variables may follow it without an empty line.
        count = next((number for number, line in enumerate(block) if line.startswith("  ")), len(block))
        yield Part("text", block[:count], [])
        if block[count:]:
            yield from _parts_of(block[count:])
        return
    if not VARIABLE.match(block[0]):
        count = next((number for number, line in enumerate(block) if not line.startswith("  ")), len(block))
        yield Part("call", [line.strip() for line in block[:count]], [])
        if block[count:]:
            yield from _parts_of(block[count:])
        return
    found: list[tuple[str, str]] = []
    for number, line in enumerate(block):
        match = VARIABLE.match(line)
        deep = len(line) - len(line.lstrip())
        if match and deep <= len(block[0]) - len(block[0].lstrip()):
            found.append((match.group(1), match.group(2) or ""))
        elif line.startswith("  "):
            name, text = found[-1]
            found[-1] = (name, f"{text} {line.strip()}".strip())
        else:
            yield Part("variables", [], found)
            yield from _parts_of(block[number:])
            return
    yield Part("variables", [], found)


def markup(text: str) -> str:
    """Return a sentence in reStructuredText, with names and options as code.

    :param text: as it stands in the comment.
    """
    found, end = "", 0
    for match in CODE.finditer(text):
        found += MARKUP.sub(r"\\\1", text[end : match.start()])
        code = match.group("quoted") or match.group(0)
        # Code has to be set off from letters beside it.
        found += ("\\ " if found[-1:].isalnum() else "") + f"``{code}``"
        end = match.end()
        if text[end : end + 1].isalnum() or text[end : end + 1] == "_":
            found += "\\ "
    return found + MARKUP.sub(r"\\\1", text[end:])


def _table(variables: list[tuple[str, str]]) -> list[str]:
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 35 65", "", "   * - Variable", "     - What it is"]
    for names, text in variables:
        first, *others = names.split(", ")
        # A name that begins with an underscore shares the beginning of the first one.
        shown_names = [first, *others]
        lines += [f"   * - {', '.join(f'``{name}``' for name in shown_names)}", f"     - {_sentence(markup(text))}"]
    return lines


def _sentence(text: str) -> str:
    """A text that begins with a capital letter and ends with a full stop."""
    if text[:1].isalpha() and not re.match(r"(us|single|default|project|false|off|keep|member) (or|\()", text):
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "}``")) else f"{text}."


def page(path: Path) -> str:
    """Return the page of a playbook.

    :param path: of the playbook.
    """
    name = path.stem
    title = f"The playbook {name}"
    lines = [f".. _{LABEL}.playbook_{name}:", "", title, "=" * len(title), ""]
    has_variables = False
    found = list(parts(comment(path)))
    for number, part in enumerate(found):
        if part.kind == "text":
            following = found[number + 1].kind if number + 1 < len(found) else ""
            if following == "variables" and not has_variables and part.lines[-1].endswith(":"):
                lines += ["Variables", "---------", ""]
                has_variables = True
            lines.append(markup(" ".join(part.lines)))
        elif part.kind == "call":
            lines += [".. code-block:: console", "", *(f"    {_prompt(line, part.lines)}" for line in part.lines)]
        else:
            if not has_variables:
                lines += ["Variables", "---------", ""]
            has_variables = True
            lines += _table(part.variables)
        lines.append("")
    roles = sorted(set(re.findall(r"(?:role|name): community\.posthog\.(\w+)$", path.read_text("utf-8"), re.M)))
    if roles:
        shown_roles = " and ".join(f":ansplugin:`community.posthog.{role}#role`" for role in roles)
        lines += [f"It runs {shown_roles}, where all variables are described.", ""]
    return HEAD + "\n".join(lines)


def _prompt(line: str, lines: list[str]) -> str:
    """A line of a call as a terminal shows it: with a prompt, unless it goes on with the line before."""
    number = lines.index(line)
    goes_on = number > 0 and lines[number - 1].endswith("\\")
    return f"    {line}" if goes_on else f"$ {line}"


def names() -> list[str]:
    """Return the playbooks: those that a project is kept with first, and the example last."""
    first = ("apply", "export", "validate", "drift", "promote")
    present = [path.stem for path in sorted(PLAYBOOKS.glob("*.yml"))]
    return sorted(present, key=lambda name: (name == "demo", first.index(name) if name in first else len(first)))


def files() -> dict[Path, str]:
    """Return the pages, and the list of pages with them in it."""
    pages = {PAGES / f"playbook_{name}.rst": page(PLAYBOOKS / f"{name}.yml") for name in names()}
    lines = [f"      - playbook_{name}" for name in names()]
    return {**pages, CONTENTS: replace_block(CONTENTS, CONTENTS.read_text(encoding="utf-8"), "playbooks", lines)}
