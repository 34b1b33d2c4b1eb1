# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our site does with the pages of antsibull-docs, as an extension of Sphinx.

A page of a module begins with an example, folds what all modules have, and shows the samples of return values as YAML.
All pages get the contents at their side, and the site an index of names that is searched while somebody types.

The tree of a page is changed after it was read and before Sphinx looks for titles and labels, so that anchors and
references stay as they are.
"""

from __future__ import annotations

import html
import json
import re
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

if t.TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "docs/site/samples"
REPOSITORY = "https://github.com/ansible-collections/community.posthog"

#: Values that all modules return, besides their object.
COMMON_VALUES = frozenset(("changes", "diff", "error", "request_id", "status_code", "rate_limit"))

#: The example of the front page.
PLAYBOOK = """\
- name: Flags of the shop
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Show the new checkout to every fifth visitor
      community.posthog.posthog_feature_flag:
        key: new-checkout
        name: One page instead of four
        rollout_percentage: 20
        tags: [checkout]
"""

TRY_IT = """\
$ git clone \\
    https://github.com/ansible-collections/community.posthog
$ cd community.posthog
$ make demo
"""

TAKE_OVER = """\
$ export POSTHOG_API_KEY=phx_...
$ ansible-playbook community.posthog.export \\
    -e posthog_export_dest=posthog
$ ansible-playbook community.posthog.apply \\
    -e posthog_project_src=posthog --check --diff
"""

FROM_AWX = """\
$ export CONTROLLER_HOST=https://awx.example.com
$ export CONTROLLER_OAUTH_TOKEN=...
$ ansible-playbook community.posthog.awx_setup \\
    -e posthog_awx_scm_url=https://git.example.com/ph.git
"""


@dataclass
class Entry:
    """A page in the contents.

    :param page: its document.
    :param title: as the contents show it.
    """

    page: str
    title: str


@dataclass
class Section:
    """Pages that belong together, and that the contents fold.

    :param title: of the section.
    :param about: a sentence about it.
    :param entries: its pages.
    :param open: whether it shows them.
    """

    title: str
    about: str = ""
    entries: list[Entry] = field(default_factory=list)
    open: bool = False


@dataclass
class Group:
    """A part of the contents: pages, or sections with pages.

    :param title: of the part.
    :param entries: its pages.
    :param sections: its sections.
    """

    title: str
    entries: list[Entry] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def connection_options() -> frozenset[str]:
    """Return the options of the connection, which all modules have, as their documentation names them."""
    text = (ROOT / "plugins/doc_fragments/connection.py").read_text(encoding="utf-8")
    found = re.search(r'DOCUMENTATION = r"""(.*?)"""', text, re.S)
    assert found is not None
    return frozenset(yaml.safe_load(found.group(1))["options"])


# -- The pages of modules, plugins and roles ---------------------------------------------------------------------------


def reshape(app: Sphinx, doctree: nodes.document) -> None:
    """Change the tree of a page, see the text at the top of this file."""
    _without_local_contents(doctree)
    kind = re.fullmatch(r"(\w+)_(module|lookup|filter|test|inventory|role)", app.env.docname) or (
        re.fullmatch(r"(\w+)_(inventory)", app.env.docname)
    )
    section = next(iter(doctree.findall(nodes.section)), None)
    if kind and section is not None:
        for part in list(section.findall(nodes.section)):
            if _name(part) in ("authors", "collection-links"):
                part.parent.remove(part)
        _title(section, kind.group(1))
        _without_first_note(section)
        found = {_name(part): part for part in section.children if isinstance(part, nodes.section)}
        _example_first(section, found.get("examples"))
        if kind.group(2) == "module":
            _fold_rows(found.get("parameters"), connection_options(), "Connection", "the same for all modules")
            _fold_rows(found.get("return-values"), COMMON_VALUES, "More return values", "the same for all modules")
        _samples(found.get("return-values"))
        last = [
            found[name] for name in ("examples", "return-values", "attributes", "notes", "see-also") if name in found
        ]
        for part in [
            *last,
            *(found[name] for name in ("requirements",) if name in found),
        ]:
            section.remove(part)
            section.append(part)
        if "attributes" in found:
            _fold_all(found["attributes"], "What check mode, diff mode and others do")
    for table in list(doctree.findall(nodes.table)):
        if "ansible-option-table" not in table["classes"]:
            _scrolling(table)


def _name(section: nodes.section) -> str:
    return str(section["ids"][0]) if section["ids"] else ""


def _without_local_contents(doctree: nodes.document) -> None:
    """Our pages have their contents at their side."""
    for topic in list(doctree.findall(nodes.topic)):
        if "contents" in topic["classes"]:
            topic.parent.remove(topic)
    for title in doctree.findall(nodes.title):
        title.attributes.pop("refid", None)


def _title(section: nodes.section, name: str) -> None:
    """The name alone is the title; what it does stands below it."""
    title = section[0]
    assert isinstance(title, nodes.title)
    about = re.split(r" -{2,3} | – | — ", title.astext(), maxsplit=1)[-1]
    title.clear()
    title += nodes.Text(name)
    lede = nodes.paragraph("", about.rstrip(".") + ".", classes=["lede"])
    section.insert(1, lede)


def _without_first_note(section: nodes.section) -> None:
    """That it belongs to this collection goes without saying here."""
    for child in section.children[:4]:
        if isinstance(child, nodes.note) and "community.posthog collection" in child.astext():
            section.remove(child)
            return


def _example_first(section: nodes.section, examples: nodes.section | None) -> None:
    """Show the first task of the examples at the top, to be copied."""
    block = next(iter(examples.findall(nodes.literal_block)), None) if examples is not None else None
    if block is None or examples is None:
        return
    tasks = re.split(r"\n\n(?=- |# )", block.astext().strip().removeprefix("---").strip())
    first = "\n\n".join(tasks[: next((number for number, task in enumerate(tasks, 1) if task.startswith("- ")), 1)])
    copy = nodes.literal_block(first, first, language=block.get("language", "yaml"), classes=["first-example"])
    place = next((number for number, child in enumerate(section.children) if isinstance(child, nodes.section)), 2)
    section.insert(place, copy)
    title = examples[0]
    if len(tasks) > 1 and isinstance(title, nodes.title):
        title.clear()
        title += nodes.Text("More examples" if len(tasks) > 1 else "Examples")


def _rows(table: nodes.table) -> list[tuple[str, list[nodes.Node]]]:
    """The rows of a table of options, by the names at their left; rows of suboptions belong to the row above."""
    found: list[tuple[str, list[nodes.Node]]] = []
    for body in table.findall(nodes.tbody):
        for row in body.children:
            inner = any("ansible-option-indent" in raw.astext() for raw in row.findall(nodes.raw))
            name = next((strong.astext() for strong in row.findall(nodes.strong)), "")
            if inner and found:
                found[-1][1].append(row)
            else:
                found.append((name, [row]))
    return found


def _fold_rows(section: nodes.section | None, names: frozenset[str], title: str, about: str) -> None:
    """Move the rows of some names into a table of their own, which is folded."""
    table = next(iter(section.findall(nodes.table)), None) if section is not None else None
    if table is None or section is None:
        return
    rows = _rows(table)
    folded = [(name, lines) for name, lines in rows if name in names]
    if not folded or len(folded) == len(rows):
        return
    other = table.deepcopy()
    for body in other.findall(nodes.tbody):
        body.clear()
    (body,) = other.findall(nodes.tbody)
    for _name_of_row, lines in folded:
        for line in lines:
            line.parent.remove(line)
            body.append(line)
    known = ", ".join(name for name, _lines in folded)
    head = f"<summary>{html.escape(title)} <small>{html.escape(about)}: {html.escape(known)}</small></summary>"
    section += nodes.raw("", f'<details class="fold">{head}', format="html")
    section += other
    section += nodes.raw("", "</details>", format="html")


def _fold_all(section: nodes.section, title: str) -> None:
    """Fold what stands below the title of a section."""
    section.insert(1, nodes.raw("", f'<details class="fold"><summary>{html.escape(title)}</summary>', format="html"))
    section.append(nodes.raw("", "</details>", format="html"))


def _samples(section: nodes.section | None) -> None:
    """Show long samples as YAML in lines, as somebody would write them."""
    for line in list(section.findall(nodes.paragraph)) if section is not None else []:
        # docutils keeps what stands behind "Sample:" as one text.
        text = line.astext()
        if not text.startswith("Sample:") or len(text) < 70:
            continue
        try:
            value = json.loads(text.removeprefix("Sample:").strip())
        except ValueError:
            continue
        written = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=76, default_flow_style=False)
        block = nodes.literal_block(written, written.rstrip("\n"), language="yaml")
        place = line.parent.index(line)
        line.parent.insert(place + 1, block)
        line.parent.replace(line, nodes.paragraph("", "", nodes.strong("", "Sample:"), classes=line["classes"]))


def _scrolling(table: nodes.table) -> None:
    """A table that is wider than the page moves in a box, which keys can move too."""
    place = table.parent.index(table)
    box = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
    table.parent.insert(place, nodes.raw("", box, format="html"))
    table.parent.insert(place + 2, nodes.raw("", "</div>", format="html"))


# -- The contents ------------------------------------------------------------------------------------------------------


def areas() -> list[Section]:
    """Return the modules by area, in the order and with the words of the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- generated: modules .*?-->(.*?)<!-- end of modules -->", readme, re.S)
    assert block is not None
    found = []
    for line in block.group(1).strip().splitlines()[2:]:
        title, modules, about = (cell.strip() for cell in line.strip("|").split("|"))
        entries = [Entry(f"posthog_{name}_module", name) for name in re.findall(r"`(\w+)`", modules)]
        found.append(Section(title, about[0].upper() + about[1:] + ".", entries))
    return found


def contents(app: Sphinx) -> list[Group]:
    """Return the contents of the site."""
    titles = app.env.titles
    listed = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    groups = []
    for part in listed:
        pages = [f"docsite/{name}" for name in part["toctree"]]
        entries = [Entry(page, titles[page].astext().removeprefix("The playbook ")) for page in pages]
        groups.append(Group(part["title"], entries))
    documents = sorted(titles)
    plugins = [
        Entry(name, f"{match.group(1)} ({match.group(2)})")
        for name in documents
        if (match := re.fullmatch(r"(\w+?)_(lookup|filter|test|inventory)", name))
    ]
    roles = [Entry(name, name.removesuffix("_role")) for name in documents if name.endswith("_role")]
    # The developer's guide comes last.
    return [
        *groups[:-1],
        Group("Modules", sections=areas()),
        Group("Roles", roles),
        Group("Plugins", plugins),
        Group(groups[-1].title, [*groups[-1].entries, Entry("changelog", "Changelog")]),
        Group(
            "Everything", [Entry("environment_variables", "Environment variables"), Entry("collection", "All pages")]
        ),
    ]


def coloured(text: str, language: str) -> str:
    """Return code as HTML, as Sphinx writes it.

    :param text: the code.
    :param language: the name of its lexer.
    """
    inner = reachable(highlight(text, get_lexer_by_name(language), HtmlFormatter(cssclass="highlight")))
    return f'<div class="highlight-{language} notranslate">{inner}</div>'


def reachable(body: str) -> str:
    """Return HTML in which keys can move what scrolls, and without an attribute that no browser knows.

    :param body: as Sphinx and antsibull-docs write it.
    """
    return body.replace("<pre>", '<pre tabindex="0">').replace(' aria-role="button"', "")


def plan(text: str) -> str:
    """Return a plan as HTML, in colours.

    :param text: as Ansible printed it.
    """
    kinds = {"+": "made", "~": "changed", "-": "gone"}
    lines = []
    for line in text.splitlines():
        if not line or line.startswith("TASK ["):
            continue
        kind = kinds.get(line[0], "" if line.startswith(" ") else "quiet")
        lines.append(f'<span class="{kind}">{html.escape(line)}</span>' if kind else html.escape(line))
    body = "\n".join(lines)
    return f'<pre class="term" tabindex="0" role="region" aria-label="A plan">{body}</pre>'


class Site:
    """What the templates know of the site; one for each build.

    :param app: Sphinx.
    """

    def __init__(self, app: Sphinx) -> None:
        """Read what all pages share."""
        self.contents = contents(app)
        self.version = app.config.release
        read = (SAMPLES / "plan.txt").read_text(encoding="utf-8")
        (modules,) = (group for group in self.contents if group.title == "Modules")
        types = len(re.findall(r"^   \* - ``", (ROOT / "docs/docsite/rst/guide_types.rst").read_text("utf-8"), re.M))
        self.shared: dict[str, t.Any] = {
            "version": self.version,
            "repository": REPOSITORY,
            "areas": modules.sections,
            "modules": sum(len(section.entries) for section in modules.sections),
            "types": types,
            "playbook": coloured(PLAYBOOK, "yaml"),
            "try_it": coloured(TRY_IT, "console"),
            "take_over": coloured(TAKE_OVER, "console"),
            "from_awx": coloured(FROM_AWX, "console"),
            "plan": plan(read),
        }

    def of(self, app: Sphinx, page: str, body: str, toc: str) -> dict[str, t.Any]:
        """Return what the template of a page gets.

        :param page: the document.
        :param body: its HTML.
        :param toc: the contents of the page as HTML.
        """
        groups, area = [], ""
        previous = following = None
        for group in self.contents:
            pages = [entry.page for entry in group.entries]
            if page in pages:
                area = group.title if group.title != "Everything" else ""
                place = pages.index(page)
                previous = group.entries[place - 1] if place else None
                following = group.entries[place + 1] if place + 1 < len(pages) else None
            sections = []
            for section in group.sections:
                here = any(entry.page == page for entry in section.entries)
                area = f"Modules, {section.title}" if here else area
                sections.append(Section(section.title, section.about, section.entries, here))
            groups.append(Group(group.title, group.entries, sections))
        about = re.search(r"<p[^>]*>(.*?)</p>", body, re.S)
        text = re.sub(r"<[^>]+>", "", about.group(1)) if about else ""
        return {
            **self.shared,
            "contents": groups,
            "area": area,
            "previous": previous if page.startswith("docsite/") else None,
            "next": following if page.startswith("docsite/") else None,
            "about": " ".join(html.unescape(text).split())[:180],
            "toc": toc if page != "index" and toc.count("<li>") > 2 else "",
            "source": source_of(page),
        }


def source_of(page: str) -> str:
    """Return the file that a page is written in, or nothing.

    :param page: the document.
    """
    if page.startswith("docsite/playbook_"):
        return f"playbooks/{page.removeprefix('docsite/playbook_')}.yml"
    candidates = [f"docs/docsite/rst/{page.removeprefix('docsite/')}.rst"]
    if match := re.fullmatch(r"(\w+)_(module|lookup|filter|test|inventory)", page):
        folder = {"module": "modules"}.get(match.group(2), match.group(2))
        candidates = [f"plugins/{folder}/{match.group(1)}.{ending}" for ending in ("py", "yml")]
    if page.endswith("_role"):
        candidates = [f"roles/{page.removesuffix('_role')}/meta/argument_specs.yml"]
    return next((name for name in candidates if (ROOT / name).exists()), "")


def page_context(
    app: Sphinx, page: str, template: str, context: dict[str, t.Any], _doctree: nodes.document | None
) -> str | None:
    """Give a page what its template needs; see Sphinx's event html-page-context."""
    site: Site | None = getattr(app, "posthog_site", None)
    if site is None:
        site = Site(app)
        app.posthog_site = site  # type: ignore[attr-defined]
    if "body" in context:
        context["body"] = reachable(str(context["body"]))
    context["site"] = site.of(app, page, str(context.get("body") or ""), str(context.get("toc") or ""))
    return "front.html" if page == "index" else None


# -- The index of names ------------------------------------------------------------------------------------------------


def find_index(app: Sphinx) -> list[tuple[str, str, str]]:
    """Return what somebody may type, as title, what it is, and address: pages, options, messages and headings."""
    found: list[tuple[str, str, str]] = []
    for page in sorted(app.env.found_docs):
        if page in ("index", "search", "collection"):
            continue
        tree = app.env.get_doctree(page)
        title = app.env.titles[page].astext()
        lede = next((text.astext() for text in tree.findall(nodes.paragraph) if "lede" in text["classes"]), "")
        first = lede or next((text.astext() for text in tree.findall(nodes.paragraph)), "")
        address = f"{page}.html"
        found.append((title, " ".join(first.split())[:110], address))
        of_plugin = re.fullmatch(r"(\w+)_(module|lookup|filter|test|inventory|role)", page) is not None
        if of_plugin:
            found += [(name, f"{what} of {title}", f"{address}#{anchor}") for name, what, anchor in _options(tree)]
            continue
        for entry in tree.findall(nodes.definition_list):
            # A message has an anchor of its own.
            if entry["ids"]:
                found.append((next(iter(entry.findall(nodes.term))).astext(), title, f"{address}#{entry['ids'][0]}"))
        for section in tree.findall(nodes.section):
            name = section[0].astext()
            if section.parent is not tree and section["ids"]:
                found.append((name, title, f"{address}#{section['ids'][0]}"))
    return found


def _options(tree: nodes.document) -> t.Iterator[tuple[str, str, str]]:
    """Yield the options and values of a page that only it has: name, what it is, anchor."""
    shared = connection_options() | COMMON_VALUES
    for raw in tree.findall(nodes.raw):
        for anchor in re.findall(r'class="ansibleOptionAnchor" id="([^"]+)"', raw.astext()):
            what, _dash, path = anchor.partition("-")
            if path.startswith("main--"):
                path = path.removeprefix("main--")
            if what == "parameter" and path.split("/")[0] not in shared:
                yield path.replace("/", "."), "option", anchor


def write_index(app: Sphinx, problem: Exception | None) -> None:
    """Write the index of names, as a script, since pages that are opened as files can load nothing else."""
    if problem is None and app.builder.format == "html":
        text = json.dumps(find_index(app), ensure_ascii=False, separators=(",", ":"))
        (Path(app.outdir) / "_static/find.js").write_text(f"window.posthogPages={text};\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx's events."""
    app.connect("doctree-read", reshape, priority=100)
    app.connect("html-page-context", page_context, priority=900)
    app.connect("build-finished", write_index)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
