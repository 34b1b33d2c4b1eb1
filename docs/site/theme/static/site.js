/*
Copyright: Contributors to the community.posthog collection
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
*/
"use strict";
(function () {
  const root = document.documentElement;

  // -- Light and dark
  document.querySelector(".shade").addEventListener("click", () => {
    const dark = root.dataset.shade ? root.dataset.shade === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.shade = dark ? "light" : "dark";
    try { localStorage.setItem("shade", root.dataset.shade); } catch (ignored) { /* for this page only */ }
  });

  // -- Contents on small screens
  const menu = document.querySelector(".menu");
  menu.addEventListener("click", () => {
    const open = root.classList.toggle("contents-open");
    menu.setAttribute("aria-expanded", String(open));
  });
  const current = document.querySelector(".contents [aria-current]");
  if (current) {
    const box = document.querySelector(".contents");
    box.scrollTop = Math.max(0, current.offsetTop - box.clientHeight / 2);
  }

  // -- What is folded opens where an address leads into it
  function unfold() {
    let place = null;
    try { place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (ignored) { return; }
    if (!place) return;
    let folded = false;
    for (let box = place.closest("details"); box; box = box.parentElement && box.parentElement.closest("details")) {
      if (!box.open) { box.open = true; folded = true; }
    }
    if (folded) place.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  unfold();

  // -- Copying
  for (const block of document.querySelectorAll("div.highlight")) {
    const pre = block.querySelector("pre");
    if (!pre || !navigator.clipboard) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const shell = block.parentElement.classList.contains("highlight-console");
      let text = pre.textContent;
      if (shell) {
        // Commands only, with the lines that go on.
        let goes_on = false;
        text = text.split("\n").filter((line) => {
          const wanted = goes_on || line.startsWith("$ ");
          goes_on = wanted && line.endsWith("\\");
          return wanted;
        }).map((line) => line.replace(/^\$ /, "")).join("\n");
      }
      await navigator.clipboard.writeText(text.trimEnd() + "\n");
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    block.appendChild(button);
  }

  // -- Search while typing; Enter searches the texts of all pages
  const input = document.querySelector(".find input");
  const box = document.querySelector(".found");
  let entries = null;
  let chosen = -1;

  function load() {
    if (entries || document.querySelector("script[data-find]")) return;
    const script = document.createElement("script");
    script.src = input.dataset.index;
    script.dataset.find = "1";
    script.addEventListener("load", () => { entries = window.posthogPages || []; show(); });
    document.head.appendChild(script);
  }

  function score(entry, words) {
    // An entry is [title, what it is, address].
    const title = entry[0].toLowerCase();
    const about = entry[1].toLowerCase();
    let sum = 0;
    for (const word of words) {
      if (title === word) sum += 12;
      else if (title.startsWith(word)) sum += 8;
      else if (title.includes(word)) sum += 5;
      else if (about.includes(word)) sum += 1;
      else return 0;
    }
    return sum + (entry[2].includes("#") ? 0 : 2) + 1 / (1 + title.length);
  }

  function show() {
    const words = input.value.toLowerCase().replace(/community\.posthog\./g, "").split(/\s+/).filter(Boolean);
    box.replaceChildren();
    chosen = -1;
    if (!entries || !words.length) { box.hidden = true; return; }
    const hits = [];
    for (const entry of entries) {
      const points = score(entry, words);
      if (points) hits.push([points, entry]);
    }
    hits.sort((a, b) => b[0] - a[0]);
    for (const [, [title, about, address]] of hits.slice(0, 12)) {
      const link = document.createElement("a");
      link.href = input.dataset.root + address;
      const name = document.createElement("b");
      name.textContent = title;
      const text = document.createElement("span");
      text.textContent = about;
      link.append(name, text);
      box.appendChild(link);
    }
    const all = document.createElement("a");
    all.className = "all";
    all.href = `${input.dataset.root}search.html?q=${encodeURIComponent(input.value)}`;
    all.textContent = hits.length ? "Search the texts of all pages" : "Nothing is called that. Search the texts of all pages";
    box.appendChild(all);
    box.hidden = false;
  }

  input.addEventListener("focus", load);
  input.addEventListener("input", () => { load(); show(); });
  input.addEventListener("keydown", (event) => {
    const links = [...box.querySelectorAll("a")];
    if (event.key === "Escape") { box.hidden = true; return; }
    if (event.key === "Enter" && chosen >= 0 && links[chosen]) { event.preventDefault(); links[chosen].click(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + links.length) % Math.max(1, links.length);
    links.forEach((link, number) => link.classList.toggle("chosen", number === chosen));
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".find")) box.hidden = true; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); input.focus(); }
  });

  // -- The page of results shows what was asked for
  const words = document.getElementById("words");
  if (words) words.value = new URLSearchParams(location.search).get("q") || "";
})();
