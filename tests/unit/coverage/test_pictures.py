# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the documentation: pages have them, they say in words what they show, and they need nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "docs" / "docsite" / "rst"
PICTURES = sorted((PAGES / "images").iterdir())

#: A picture on a page, with the first option below.
FIGURE = re.compile(r"^\.\. (?:figure|image):: (\S+)\n   (:alt: .+)?$", re.MULTILINE)

SVG = "{http://www.w3.org/2000/svg}"


def test_pages() -> None:
    """Each picture is on a page, each that a page has is there, and each has a text for those who do not see it."""
    found = [match for page in PAGES.glob("*.rst") for match in FIGURE.findall(page.read_text(encoding="utf-8"))]
    assert sorted({PAGES / name for name, _text in found}) == PICTURES
    assert [name for name, text in found if len(text) < 80] == []


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_picture(picture: Path) -> None:
    """It has a title and a description, a size, a background, and neither fonts nor anything else from elsewhere."""
    text = picture.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and description is not None and title.text and description.text
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    width, height = root.get("width"), root.get("height")
    assert root.get("viewBox") == f"0 0 {width} {height}"
    # On a telephone it is hardly scaled down, so that its words can be read.
    assert int(str(width)) <= 420
    background = root.find(f"{SVG}rect")
    assert background is not None and background.get("class") == "page"
    used = re.sub(r"xmlns=\"[^\"]*\"|<!--.*?-->", "", text, flags=re.DOTALL)
    assert not re.search(r"https?:|@import|@font-face|<script|<image|<foreignObject|href", used)
