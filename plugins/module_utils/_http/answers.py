# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What came of one request: an HTTP answer, read once, or none.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import json as jsonlib
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._http.bodies import decoded

if t.TYPE_CHECKING:
    import requests

#: Statuses that may pass, and after which a write may have been done: those of a proxy without its server, and those
#: of Cloudflare.
_TRANSIENT: t.Final = frozenset({502, 503, 504, *range(520, 528), 530})

#: Methods that change nothing.
READS: t.Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Answer:
    """An HTTP answer, read once."""

    def __init__(self, response: requests.Response, content: bytes, method: str) -> None:
        self._response = response
        self.method = method
        self.path = urlsplit(response.url or "").path
        self.status = response.status_code
        self.data: t.Any = None
        self.broken = False
        self.kind = "an empty body"
        self._page = False
        if content:
            try:
                self.data = decoded(content)
            except ValueError:
                self.broken = True
                self._page = "html" in self.header("Content-Type").lower()
                self.kind = "an HTML page" if self._page else "something that is not JSON"
            except RecursionError:
                self.broken = True
                self.kind = "JSON that is nested more deeply than anything of PostHog"
        elif self.status not in (204, 205) and self.status < 400:
            # An answer that broke off in its header looks like one without a body, unless it announced that. To a
            # question an empty body is no answer, whatever announced it.
            announced = self.header("Content-Length").strip() == "0" or self.header("Transfer-Encoding")
            self.broken = not announced or 300 <= self.status < 400 or method in READS

    @property
    def good(self) -> bool:
        """A success with a body that can be read, or without one where none is due."""
        return 200 <= self.status < 300 and not self.broken

    @property
    def transient(self) -> bool:
        """Worth asking again: an overloaded server, or a success whose body broke off."""
        return self.status in _TRANSIENT or (200 <= self.status < 300 and self.broken and not self._page)

    @property
    def done_perhaps(self) -> bool:
        """Whether PostHog may have done what was asked, although this is no usable answer.

        A page of HTML with status 200 is a proxy's; nothing shows what the server behind it did.
        """
        return self.status >= 500 or (200 <= self.status < 300 and self.broken)

    @property
    def may_be_connection(self) -> bool:
        """Whether this may be what every call gets: an unknown key, or something that is not PostHog."""
        return self.status == 401 or self.status in _TRANSIENT or self.status < 400

    @property
    def envelope(self) -> dict[str, t.Any] | None:
        """PostHog's error envelope; a few views answer C({"detail"}), C({"error"}) or C({"message"}), or a list."""
        data = self.data
        if isinstance(data, dict):
            if "detail" in data:
                return data
            if "code" in data:
                words = [data[key] for key in ("error", "message", "guidance") if isinstance(data.get(key), str)]
                return {**data, "detail": " ".join(words)}
            for key in ("error", "message"):
                if isinstance(data.get(key), str):
                    return {"type": None, "code": None, "detail": data[key], "attr": None}
            return {"type": None, "code": None, "detail": jsonlib.dumps(data)[:500], "attr": None}
        if isinstance(data, (list, str)) and data:
            text = data if isinstance(data, str) else jsonlib.dumps(data)
            return {"type": None, "code": None, "detail": text[:500], "attr": None}
        if self.status >= 400 and not self.broken:
            return {"type": None, "code": None, "detail": "", "attr": None}
        return None

    @property
    def request_id(self) -> str | None:
        """The server's name for the request, where it or its proxy gives one."""
        for name in ("X-Request-Id", "X-Amzn-Trace-Id", "CF-Ray"):
            if self.header(name):
                return self.header(name)
        return None

    def header(self, name: str) -> str:
        """A header's value, or an empty string."""
        value: str = self._response.headers.get(name, "")
        return value


@dataclass(frozen=True)
class NoAnswer:
    """What is known when no HTTP answer came.

    :param error: for the user.
    :param transient: worth another try.
    :param never_sent: the request did not reach the server, so that even a POST can be sent again.
    :param slow: the time was up.
    """

    error: ApiError
    transient: bool
    never_sent: bool
    slow: bool
