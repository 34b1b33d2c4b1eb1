# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is a template and what is data: the one place that decides it.

Private to this collection: it may change without notice.

Ansible takes a text for a template if it holds one of Jinja2's delimiters, or if its first line begins with
C(#jinja2:), which sets other delimiters for the rest of it. What PostHog holds was written by many people, and must
never run. So nothing of it is trusted but texts that cannot be templates, whatever delimiters are looked for.
"""

from __future__ import annotations

import re
import typing as t

try:
    # ansible-core 2.19 and newer template only what they are told to trust.
    from ansible.template import trust_as_template as _trusted

    _MARKS_TEMPLATES = True
except ImportError:  # ansible-core 2.18 templates whatever is not wrapped
    _MARKS_TEMPLATES = False

    def _trusted(value: str) -> str:  # type: ignore[misc]
        """Nothing needs to be done."""
        return value


#: Texts without any brace that do not begin with a number sign. No delimiter of Ansible's stands in them, and they
#: cannot set others.
_INERT: t.Final = re.compile(r"(?!\s*#)[^{}]*")


def inert(text: str) -> bool:
    """Whether a text is certainly no template.

    :param text: any text.
    :returns: True only where no reader of Ansible could take it for one.
    """
    return _INERT.fullmatch(text) is not None


def template_text(text: str) -> str:
    """A template of our own or of the user's, which Ansible is to evaluate.

    :param text: with its braces.
    :returns: the same, marked where Ansible wants that.
    """
    return _trusted(text)


def untrusted(value: t.Any) -> t.Any:
    """A value out of PostHog, which Ansible must never take for a template.

    :param value: plain data.
    :returns: the same, marked where Ansible wants that.
    """
    if _MARKS_TEMPLATES:
        return value
    from ansible.utils.unsafe_proxy import wrap_var

    return wrap_var(value)


def data_value(value: t.Any) -> t.Any:
    """The same for a variable of the inventory, where what is certainly no template is marked as the user's own.

    Else C(ansible-inventory --list), and with it AWX, would show each text as C({"__ansible_unsafe": ...}).

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
