# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes configuration to files on the controller, in a form for review.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import os
import re
import tempfile
import typing as t

import yaml
from ansible.errors import AnsibleError

from ansible_collections.community.posthog.plugins.plugin_utils._names import file_name
from ansible_collections.community.posthog.plugins.plugin_utils._templates import inert

#: The first line of every file that an export writes; only such files are ever deleted by one.
HEADER: t.Final = "# Exported by community.posthog.posthog_export"

#: Where editors find the schema of a file. It names no release, so that the next release writes the same files.
MODELINE: t.Final = (
    "# yaml-language-server: $schema="
    "https://raw.githubusercontent.com/ansible-collections/community.posthog/main/schemas/posthog.json"
)

#: Longer lines of a text are folded.
_WIDTH: t.Final = 120


class _Dumper(yaml.SafeDumper):
    """YAML without anchors, with indented lists and long texts as blocks; texts that look like templates are marked."""

    #: Variables whose templates are kept.
    variables: t.ClassVar[frozenset[str]] = frozenset()

    def ignore_aliases(self, data: t.Any) -> bool:
        """See PyYAML: every value is written out.

        :param data: the value.
        :returns: always true.
        """
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """See PyYAML: the dashes of a list are indented.

        :param flow: whether it is a flow collection.
        :param indentless: what PyYAML would do.
        """
        super().increase_indent(flow, False)


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    template = re.fullmatch(r"\{\{ (\w+) \}\}", value)
    if template is not None and template.group(1) in dumper.variables:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"')
    if re.search("[\x85\u2028\u2029]", value):
        # Line breaks that YAML would read as ordinary ones.
        tag = "tag:yaml.org,2002:str" if inert(value) else "!unsafe"
        return dumper.represent_scalar(tag, value, style='"')
    style = "|" if "\n" in value and not re.search(r"[ \t]\n|[^\n\t -\ud7ff\ue000-\ufffd]", value) else None
    if not inert(value):
        return dumper.represent_scalar("!unsafe", value, style=style or '"')
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(value: t.Any, variables: t.Iterable[str] = ()) -> str:
    """A value as YAML.

    :param value: plain data.
    :param variables: names of variables of which templates may stand in it.
    :returns: the text, with a newline at its end.
    """
    dumper = type("_Dumper", (_Dumper,), {"variables": frozenset(variables)})
    text: str = yaml.dump(
        value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
    return text


def files_of(
    config: t.Mapping[str, t.Any], source: t.Mapping[str, t.Any], secrets: t.Sequence[str], layout: str
) -> dict[str, str]:
    """The files of an export.

    :param config: lists by plural type; values that are texts go into each file.
    :param source: the project that was exported.
    :param secrets: names of the variables that stand for secrets.
    :param layout: C(type), C(object) or C(single).
    :returns: file name, with slashes, to text; for C(single) the one name is empty.
    """
    if layout == "single":
        return {"": _document(dict(config), source, secrets)}
    out: dict[str, str] = {}
    top = {key: value for key, value in config.items() if isinstance(value, str)}
    for plural, items in config.items():
        if plural in top:
            continue
        if layout == "type" or not isinstance(items, list):
            out[f"{plural}.yml"] = _document({**top, plural: items}, source, secrets)
            continue
        for item in items:
            name = _unused(f"{plural}/{file_name(_called(item))}", out)
            out[name] = _document({**top, plural: [item]}, source, secrets)
    return out


def _document(data: dict[str, t.Any], source: t.Mapping[str, t.Any], secrets: t.Sequence[str]) -> str:
    """A file's text, with where it is from at the top."""
    body = yaml_text(data, secrets)
    used = [name for name in secrets if re.search(rf"\b{name}\b", body)]
    project = f"project {source.get('project_id')} ({source.get('project')})" if source.get("project_id") else ""
    organization = f"organization {source.get('organization_id')}"
    origin = f"{source.get('host')}, {project or organization}"
    # Whatever a project is called, it stays a comment.
    lines = [HEADER, "# from " + re.sub(r"[^ -~\xa0-\u2027\u202f-\ud7ff\ue000-\ufefe]+", " ", origin), MODELINE]
    if used:
        lines += [
            "# These variables stand for secrets, which PostHog does not show:",
            *(f"#   {name}" for name in used),
        ]
    return "\n".join([*lines, "---", body])


def _called(item: t.Mapping[str, t.Any]) -> str:
    """The name of an object: its first option, which identifies it."""
    return str(next((value for value in item.values() if isinstance(value, (str, int)) and value != ""), ""))


def _unused(name: str, taken: t.Container[str]) -> str:
    """A file name that is not taken yet."""
    candidate, number = f"{name}.yml", 2
    while candidate in taken:
        candidate, number = f"{name}-{number}.yml", number + 1
    return candidate


def write(
    dest: str, texts: t.Mapping[str, str], *, clean: bool, check_mode: bool, unread: t.Collection[str] = ()
) -> list[dict[str, str]]:
    """Write files that differ.

    :param dest: a directory; with a single text, a file.
    :param texts: what :func:`files_of` returned.
    :param clean: delete files of earlier exports that are not among them.
    :param check_mode: write nothing.
    :param unread: plural names of types that could not be read, so that their files are kept.
    :returns: the path of each file that differs, with its text before and after.
    :raises AnsibleError: it could not be written.
    """
    different: list[dict[str, str]] = []
    wanted = {os.path.join(dest, *name.split("/")) if name else dest: text for name, text in texts.items()}
    for path, text in wanted.items():
        before = _content(path)
        if before != text:
            different.append({"path": path, "before": before or "", "after": text})
            if not check_mode:
                _replace(path, text)
    if clean and "" not in texts and os.path.isdir(dest):
        for folder, _folders, names in os.walk(dest):
            for name in sorted(names):
                path = os.path.join(folder, name)
                kind = os.path.relpath(path, dest).split(os.sep, maxsplit=1)[0]
                if kind.removesuffix(".yml") in unread:
                    continue
                before = _content(path) if name.endswith(".yml") and path not in wanted else None
                if before is not None and before.startswith(HEADER):
                    different.append({"path": path, "before": before, "after": ""})
                    if not check_mode:
                        os.unlink(path)
    return different


def _content(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        raise AnsibleError(f"dest: {path} cannot be read: {exc}") from exc


def _replace(path: str, text: str) -> None:
    """Write a file completely or not at all."""
    folder = os.path.dirname(path) or "."
    try:
        os.makedirs(folder, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".posthog-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0o666 & ~_umask()
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as exc:
        raise AnsibleError(f"dest: {path} cannot be written: {exc}") from exc


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
