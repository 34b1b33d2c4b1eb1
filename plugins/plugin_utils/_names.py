# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names from PostHog become names of files and hosts: all characters that are not on a list are replaced.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

#: Longest name of a file, without the number of a second one, and of a host. File systems allow 255 bytes, and names of
#: files, such as reports, contain the host's name.
_FILE_LENGTH: t.Final = 80
_HOST_BYTES: t.Final = 180

#: Names that Windows reserves for devices, with any text after a dot
#: (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
_DEVICES: t.Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))]
)


def file_name(text: str) -> str:
    """The name of a file, without its ending, for the name of an object.

    :param text: any text.
    :returns: lower-case ASCII letters, digits, dots, hyphens and underscores, so that names that differ on one file
        system do so on all; it begins with a letter or a digit, since files that do not are left out when a directory
        is read.
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).lower().strip("-._")[:_FILE_LENGTH].rstrip("-.") or "object"
    stem, dot, rest = name.partition(".")
    return f"{stem}-{dot}{rest}" if stem in _DEVICES else name


def host_name(text: str) -> str:
    """The name of a host, for the name of a project.

    Ansible reads variables from a file of this name, and people write reports and exports to one. In C(--limit) commas,
    colons and other characters have a meaning.

    :param text: any text.
    :returns: letters and digits of any language, single blanks, and hyphens, underscores, dots, plus and at signs; each
        sequence of anything else is a hyphen. It begins with a letter or a digit. Empty where nothing is left.
    """
    name = re.sub(r"(?:\.{2,}|[^\w .+@-])+", "-", text)
    name = re.sub(r" {2,}", " ", name)
    name = re.sub(r"^[\W_]+", "", name.encode()[:_HOST_BYTES].decode("utf-8", "ignore"))
    return name.rstrip(" .-")
