# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Message templates."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value


def email(subject: str, **more: t.Any) -> dict[str, t.Any]:
    """The content of an e-mail."""
    return {"templating": "liquid", "email": {"subject": subject, **more}}


FIRST = email("Welcome", html="<p>Hello</p>", text="Hello", design={"body": {"rows": []}})

SAMPLE = Sample(
    type="messaging_template",
    name="Welcome",
    path="messaging_templates/",
    minimal={"content": FIRST},
    values={
        "type": Value("email", "sms"),
        "content": Value(
            FIRST,
            {
                **email("Welcome aboard", html="<p>Hi</p>", text="Hello", design={"body": {"rows": []}}),
                "templating": "hog",
            },
        ),
        "message_category": Value("0190b3f2-98a4-7e2b-8f0e-1d2c3b4a5f60", "0190b3f2-98a4-7e2b-8f0e-1d2c3b4a5f61"),
    },
    foreign={"description": "Made by hand", "content": email("Made by hand")},
)
