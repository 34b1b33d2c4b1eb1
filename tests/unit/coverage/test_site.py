# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site of the documentation: what becomes of antsibull-docs' pages, and that links are followed."""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the documentation is built with the tools of development only")

from docutils import nodes
from docutils.core import publish_doctree

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "docs/site"), str(ROOT / "tests/bin"), str(ROOT / "tests")]

import posthog_site  # noqa: E402  sys.path comes first
from _site_links import count, dead_links  # noqa: E402  sys.path comes first

PAGE: t.Final = """\
community.posthog.posthog_thing module -- Manage things
+++++++++++++++++++++++++++++++++++++++++++++++++++++++

.. note::
    This module is part of the community.posthog collection (version 1).

.. contents::
   :local:

Synopsis
--------

- Does things.

Parameters
----------

.. list-table::
  :header-rows: 1
  :class: ansible-option-table

  * - Parameter
    - Comments
  * - **api_key**
    - The key.
  * - **name**
    - The name.
  * - .. raw:: html

        <div class="ansible-option-indent"></div>

      **inner**

    - Of the name.

Examples
--------

::

    ---
    - name: First
      community.posthog.posthog_thing:
        name: a

    - name: Second
      community.posthog.posthog_thing:
        name: b

Return Values
-------------

Sample: {"thing": {"id": 12, "name": "a name that is long enough to be shown in lines", "on": true}}

Authors
~~~~~~~

- Somebody
"""


class App:
    """As much of Sphinx as the change of a page needs.

    :param docname: of the page.
    """

    def __init__(self, docname: str) -> None:
        self.env = self
        self.docname = docname


def reshaped(docname: str) -> nodes.document:
    """The tree of the page, changed."""
    tree = publish_doctree(PAGE, settings_overrides={"doctitle_xform": False, "report_level": 4})
    posthog_site.reshape(t.cast("t.Any", App(docname)), tree)
    return tree


def test_a_module_page() -> None:
    """It begins with an example to copy; what all modules have is folded; a sample is YAML in lines."""
    tree = reshaped("posthog_thing_module")
    (top,) = (section for section in tree.children if isinstance(section, nodes.section))
    assert top[0].astext() == "posthog_thing"
    assert top[1].astext() == "Manage things." and top[1]["classes"] == ["lede"]
    assert "is part of" not in tree.astext() and not list(tree.findall(nodes.topic))
    assert "Somebody" not in tree.astext()
    sections = [section[0].astext() for section in top.findall(nodes.section) if section is not top]
    assert sections == ["Synopsis", "Parameters", "More examples", "Return Values"]
    first = next(iter(tree.findall(nodes.literal_block)))
    assert first.astext().startswith("- name: First") and "Second" not in first.astext()
    assert first.parent.index(first) < first.parent.index(next(iter(top.findall(nodes.section, include_self=False))))
    own, shared = list(tree.findall(nodes.table))
    assert "name" in own.astext() and "inner" in own.astext() and "api_key" not in own.astext()
    assert "api_key" in shared.astext() and "inner" not in shared.astext()
    folds = [raw.astext() for raw in tree.findall(nodes.raw) if "details" in raw.astext()]
    assert folds[0].startswith('<details class="fold"><summary>Connection') and folds[1] == "</details>"
    sample = list(tree.findall(nodes.literal_block))[-1]
    assert sample.astext().startswith("thing:\n  id: 12\n  name: a name that is long")


def test_other_pages() -> None:
    """A guide keeps its title and its order."""
    tree = reshaped("docsite/guide_thing")
    assert "is part of" in tree.astext() and "Somebody" in tree.astext()


def test_the_contents_are_those_of_the_readme() -> None:
    """Each module is in one area."""
    sections = posthog_site.areas()
    assert sections[0].title == "Whole projects" and sections[0].about.endswith(".")
    pages = [entry.page for section in sections for entry in section.entries]
    modules = {f"{path.stem}_module" for path in (ROOT / "plugins/modules").glob("posthog_*.py")}
    assert sorted(pages) == sorted(modules)


def test_what_is_shown_is_text() -> None:
    """Names of PostHog in a plan are no markup; and what scrolls can be reached."""
    shown = posthog_site.plan("+ cohort '<b>'\n    a: 1\n\nTASK [x] ***\n~ flag 'a'\n1 to create\n")
    assert "&lt;b&gt;" in shown and "<b>" not in shown and "TASK" not in shown
    assert '<span class="made">+ cohort' in shown and '<span class="changed">~ flag' in shown
    assert posthog_site.reachable('<pre>a</pre><a aria-role="button">') == '<pre tabindex="0">a</pre><a>'


def test_where_a_page_is_written() -> None:
    """The link to the source of a page leads to a file."""
    for page in (
        "docsite/playbook_apply",
        "docsite/guide_start",
        "posthog_role_module",
        "posthog_lookup",
        "drift_role",
    ):
        assert (ROOT / posthog_site.source_of(page)).is_file(), page
    assert posthog_site.source_of("changelog") == ""


def test_links_are_followed(tmp_path: Path) -> None:
    """To pages, to anchors, and to what a browser loads."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.html").write_text(
        '<link rel="stylesheet" href="https://cdn.example.com/a.css"><img src="none.png">'
        '<a href="sub/b.html#here">1</a>'
        '<a href="sub/b.html#gone">2</a><a href="gone.html">3</a><a href="#top">4</a>'
        '<a href="https://example.com">5</a>'
    )
    (tmp_path / "sub/b.html").write_text(
        '<h1 id="here">b</h1><a href="../a.html">back</a><script src="../a.js"></script>'
    )
    wrong = dead_links(tmp_path)
    assert wrong == [
        "a.html: loads https://cdn.example.com/a.css from elsewhere",
        "a.html: loads none.png, which is not there",
        "a.html: sub/b.html#gone leads to no anchor",
        "a.html: gone.html leads to no page",
        "a.html: #top leads to no anchor",
        "sub/b.html: loads ../a.js, which is not there",
    ]
    assert count(tmp_path) == (2, 5)


def test_nothing_of_the_theme_is_from_elsewhere() -> None:
    """No font, script or picture is loaded over the network."""
    for path in [*(ROOT / "docs/site/theme").rglob("*"), ROOT / "tests/demo/tour.html"]:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(src|url\(|@import|rel=\"stylesheet\" href=)[\"'=( ]*https?:", text), path
