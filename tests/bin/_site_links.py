# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows the links of a site that was built: to its own pages and anchors, and to nothing that a page would load."""

from __future__ import annotations

import html.parser
import typing as t
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

#: What a browser loads on its own, by tag: attributes with addresses.
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}


@dataclass
class Page:
    """The addresses in a page.

    :param links: what a reader may follow.
    :param loaded: what a browser loads with it.
    :param anchors: what a link may lead to within it.
    """

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


class _Reader(html.parser.HTMLParser):
    """Reads a page.

    :param page: gets what is found.
    """

    def __init__(self, page: Page) -> None:
        """See the class."""
        super().__init__()
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See the base class."""
        given = dict(attrs)
        self.page.anchors.update(str(given[name]) for name in ("id", "name") if given.get(name))
        if tag in LOADED and given.get(LOADED[tag]):
            self.page.loaded.append(str(given[LOADED[tag]]))
        if tag == "link" and given.get("href"):
            wanted = str(given.get("rel")) in ("stylesheet", "icon", "preload", "preconnect")
            (self.page.loaded if wanted else self.page.links).append(str(given["href"]))
        if tag == "a" and given.get("href"):
            self.page.links.append(str(given["href"]))
        if tag == "form" and given.get("action"):
            self.page.links.append(str(given["action"]))


def read(path: Path) -> Page:
    """Read a page.

    :param path: of its file.
    """
    page = Page()
    _Reader(page).feed(path.read_text(encoding="utf-8"))
    return page


def dead_links(site: Path) -> list[str]:
    """Return what is wrong: a line for each link to a page or an anchor that is not there, and for what is loaded.

    :param site: the directory of the built pages.
    """
    pages = {path.resolve(): read(path) for path in sorted(site.rglob("*.html"))}
    wrong = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        for address in page.loaded:
            if urlsplit(address).scheme not in ("", "data"):
                wrong.append(f"{name}: loads {address} from elsewhere")
            elif not urlsplit(address).scheme and not _target(path, address).exists():
                wrong.append(f"{name}: loads {address}, which is not there")
        for address in dict.fromkeys(page.links):
            if urlsplit(address).scheme or address.startswith("//"):
                continue
            bare, anchor = urldefrag(address)
            target = _target(path, bare) if bare else path
            if not target.exists():
                wrong.append(f"{name}: {address} leads to no page")
            elif anchor and target in pages and unquote(anchor) not in pages[target].anchors:
                wrong.append(f"{name}: {address} leads to no anchor")
    return wrong


def _target(path: Path, address: str) -> Path:
    """The file that an address means, as seen from a page."""
    return (path.parent / unquote(urlsplit(address).path)).resolve()


def count(site: Path) -> tuple[int, int]:
    """Return how many pages there are, and how many links within the site they have.

    :param site: the directory of the built pages.
    """
    links: list[t.Any] = []
    pages = sorted(site.rglob("*.html"))
    for path in pages:
        links += [address for address in set(read(path).links) if not urlsplit(address).scheme]
    return len(pages), len(links)
