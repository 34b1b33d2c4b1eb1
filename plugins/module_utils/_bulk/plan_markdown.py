# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A plan as Markdown, for a comment on GitHub or GitLab.

Names and values are what somebody typed into PostHog or into a file. They stand in C(code) elements with every sign but
letters, digits and blanks as a character reference, so that nothing of them is markup, a link, a mention or a template.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import json as jsonlib
import typing as t
import unicodedata

from ansible_collections.community.posthog.plugins.module_utils._bulk.review import reached
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted

#: Characters of one value that are shown.
_WIDE: t.Final = 300

#: The sections, in their order: action, access or not, and what each is called.
_SECTIONS: t.Final = (
    ("deleted", None, "Deleted"),
    (None, True, "Access"),
    ("created", False, "Created"),
    ("updated", False, "Changed"),
)

_WORDS: t.Final = {"created": "create", "updated": "change", "deleted": "delete"}

#: What is kept free for the end of a report that is cut.
_RESERVE: t.Final = 400

#: The smallest report that can be asked for.
SMALLEST: t.Final = 1000


def data(text: str) -> str:
    """A text of unknown origin as an element of Markdown and HTML.

    :param text: what somebody typed.
    :returns: a C(code) element.
    """
    shown = text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"
    return f"<code>{''.join(_sign(sign) for sign in shown)}</code>"


def _sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if sign.isalnum() or sign == " ":
        return sign
    if sign in "\r\n\t":
        return " "
    # Signs that nobody sees, such as those that turn the direction of writing around, are spelled out.
    return f"&#92;u{ord(sign):04x}" if kind.startswith(("C", "Z")) else f"&#{ord(sign)};"


def _value(value: t.Any) -> str:
    if value is None:
        return "*not set*"
    if value == "":
        return "*empty*"
    return data(value if isinstance(value, str) else jsonlib.dumps(value, ensure_ascii=False, default=str))


def _object(entry: t.Mapping[str, t.Any]) -> list[str]:
    """The lines of one object: a heading that folds what changes."""
    marks = "🗑 " * (entry["action"] == "deleted") + "🔑 " * bool(entry["access"])
    head = f"{marks}<b>{_WORDS[entry['action']]}</b> {entry['type'].replace('_', ' ')} {data(str(entry['name']))}"
    places = [str(entry[key]) for key in ("organization", "project") if entry.get(key)]
    head += "".join(f" in {data(place)}" for place in places)
    lines = [f"<details><summary>{head}</summary>", ""]
    lines += [f"- ⚠ {data(risk['text'])}" for risk in entry["risks"]]
    lines += [f"- {data(item['path'])} {reached(item)}" for item in entry.get("reach") or ()]
    if entry["file"]:
        lines.append(f"- {data(str(entry['file']) + (':' + str(entry['line']) if entry['line'] else ''))}")
    if entry["changes"]:
        lines += ["", "| Field | Before | After |", "| --- | --- | --- |"]
        for change in entry["changes"]:
            after = _value(change["after"]) + (" (not declared: the default)" if change.get("undeclared") else "")
            after += f" (from {data(change['layer'])})" if change.get("layer") else ""
            lines.append(f"| {data(change['path'])} | {_value(change['before'])} | {after} |")
    return [*lines, "", "</details>", ""]


def plan_markdown(
    entries: t.Sequence[t.Mapping[str, t.Any]], counts: t.Mapping[str, int], cost: str, limit: int
) -> str:
    """A plan as Markdown.

    :param entries: of the plan.
    :param counts: the number of objects by what becomes of them.
    :param cost: a sentence about what applying it costs.
    :param limit: the most characters that the text may have.
    :returns: the text; what does not fit is counted at its end.
    """
    actions = ((counts["created"], "create"), (counts["updated"], "change"), (counts["deleted"], "delete"))
    counted_actions = ", ".join(f"{number} to {word}" for number, word in actions if number) or "nothing to do"
    risky = sum(bool(entry["risks"]) for entry in entries)
    lines = [f"### PostHog: {counted_actions}", "", f"{counts['unchanged']} unchanged. {cost}"]
    if risky:
        lines += ["", f"⚠ {counted(risky, 'change')} may hurt, and {'is' if risky == 1 else 'are'} marked so."]
    lines.append("")
    size = sum(len(line) + 1 for line in lines)
    left_out: list[t.Mapping[str, t.Any]] = []
    for action, access, title in _SECTIONS:
        section = [
            entry
            for entry in entries
            if entry["action"] == action or (action is None and entry["access"] and entry["action"] != "deleted")
            if access is None or entry["access"] == access
        ]
        for kind in dict.fromkeys(entry["type"] for entry in section):
            of_kind = [entry for entry in section if entry["type"] == kind]
            fold = title in ("Created", "Changed")
            head = f"{title}: {counted(len(of_kind), kind.replace('_', ' '), kind.replace('_', ' ') + ' objects')}"
            opening = [f"<details><summary>{head}</summary>", ""] if fold else [f"**{head}**", ""]
            closing = ["</details>", ""] if fold else []
            around = sum(len(line) + 1 for line in (*opening, *closing))
            body: list[str] = []
            for entry in of_kind:
                block = _object(entry)
                length = sum(len(line) + 1 for line in block) + (0 if body else around)
                if left_out or size + length > limit - _RESERVE:
                    left_out.append(entry)
                    continue
                size += length
                body += block
            if body:
                lines += [*opening, *body, *closing]
    if left_out:
        hurting = sum(bool(entry["risks"]) for entry in left_out)
        also = f", {hurting} of them marked" if hurting else ""
        lines.append(f"⚠ {counted(len(left_out), 'more change')}{also} did not fit in here; run the plan to see them.")
    return "\n".join(lines) + "\n"
