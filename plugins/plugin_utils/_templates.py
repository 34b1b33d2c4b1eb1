# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides what is a template and what is data.

Private to this collection: it may change without notice.

Ansible treats a text as a template if it contains one of Jinja2's delimiters, or if its first line begins with
C(#jinja2:), which sets other delimiters. Many people write the texts in PostHog, so these must never be evaluated. Only
texts that cannot be templates, with any delimiters, are trusted.
"""

from __future__ import annotations

import re
import typing as t

try:
    # ansible-core 2.19 and newer evaluate only texts that are marked as trusted.
    from ansible.template import trust_as_template as _trusted

    _MARKS_TEMPLATES = True
except ImportError:  # ansible-core 2.18 evaluates every text that is not wrapped
    _MARKS_TEMPLATES = False

    def _trusted(value: str) -> str:  # type: ignore[misc]
        """The same text: no mark is needed."""
        return value


#: Texts without braces that do not begin with a number sign. They contain no delimiter, and cannot set others.
_INERT: t.Final = re.compile(r"(?!\s*#)[^{}]*")


def inert(text: str) -> bool:
    """Whether a text is certainly no template.

    :param text: any text.
    :returns: True only where no version of Ansible would evaluate it.
    """
    return _INERT.fullmatch(text) is not None


def template_text(text: str) -> str:
    """A template of this collection or of the user, which Ansible may evaluate.

    :param text: with its braces.
    :returns: the same, marked where Ansible wants that.
    """
    return _trusted(text)


def untrusted(value: t.Any) -> t.Any:
    """A value from PostHog, which Ansible must never evaluate.

    :param value: plain data.
    :returns: the same, marked where Ansible wants that.
    """
    if _MARKS_TEMPLATES:
        return value
    from ansible.utils.unsafe_proxy import wrap_var

    return wrap_var(value)


def data_value(value: t.Any) -> t.Any:
    """A value from PostHog for a variable of the inventory; texts that are certainly no templates are trusted.

    Otherwise C(ansible-inventory --list), and so AWX, would show each text as C({"__ansible_unsafe": ...}).

    :param value: plain data.
    :returns: the same, marked where Ansible wants that.
    """
    if isinstance(value, dict):
        return {untrusted(key): data_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [data_value(inner) for inner in value]
    if isinstance(value, str) and inert(value):
        return template_text(value)
    return untrusted(value)
