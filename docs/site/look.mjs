/*
Copyright: Contributors to the community.posthog collection
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
*/
// Looks at pages in headless Chromium: rules of WCAG by axe-core, pages that are wider than the screen, words that a
// table breaks, requests that leave the machine, errors of scripts, and whether the search finds something.
//
//   node look.mjs TASK.json    {chromium, root, pages, widths, shades, pictures, modules, rules}
//
// It prints one line of JSON for each thing that is wrong, and a last one that counts.
import fs from "node:fs";
import path from "node:path";
import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";

const task = JSON.parse(fs.readFileSync(process.argv[2], "utf-8"));
const require = createRequire(path.join(task.modules, "package.json"));
const puppeteer = require("puppeteer-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf-8");

let wrong = 0;
let looks = 0;
function report(what) { wrong += 1; console.log(JSON.stringify(what)); }

const browser = await puppeteer.launch({
  executablePath: task.chromium,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--hide-scrollbars"],
});

function address(name) { return pathToFileURL(path.join(task.root, name)).href; }

async function open(name, width, shade) {
  const page = await browser.newPage();
  page.on("request", (request) => {
    if (/^(https?|wss?):/.test(request.url())) report({page: name, rule: "network", where: request.url()});
  });
  page.on("pageerror", (error) => report({page: name, rule: "script", where: String(error)}));
  await page.setViewport({width, height: 900});
  await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: shade}, {name: "prefers-reduced-motion", value: "reduce"}]);
  await page.goto(address(name), {waitUntil: "load"});
  return page;
}

for (const name of task.pages) {
  for (const width of task.widths) {
    for (const shade of task.shades) {
      const page = await open(name, width, shade);
      looks += 1;
      const fault = await page.evaluate(() => {
        const found = [];
        const room = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth > room) {
          const wide = [...document.querySelectorAll("main *, header *")].find((part) => part.getBoundingClientRect().right > room + 1);
          found.push(["wider than the screen", wide ? `${wide.tagName} ${wide.className} ${wide.textContent.slice(0, 60)}` : ""]);
        }
        // A word of a table that stands in two lines has boxes of different heights.
        for (const cell of document.querySelectorAll(".scroll td, .scroll th")) {
          const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          for (let text = texts.nextNode(); text; text = texts.nextNode()) {
            for (const match of text.data.matchAll(/[\p{L}\p{N}_]{3,}/gu)) {
              const range = document.createRange();
              range.setStart(text, match.index);
              range.setEnd(text, match.index + match[0].length);
              const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
              if (tops.size > 1) found.push(["a table breaks a word", match[0]]);
            }
          }
        }
        return found;
      });
      for (const [rule, where] of fault) report({page: name, width, shade, rule, where});
      if (task.rules.length) {
        await page.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
        await page.evaluate(axe);
        const result = await page.evaluate((rules) => axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"], iframes: false}), task.rules);
        for (const violation of result.violations) {
          for (const node of violation.nodes.slice(0, 3)) {
            report({page: name, width, shade, rule: violation.id, where: node.html.slice(0, 160), why: (node.any[0] || node.all[0] || node.none[0] || {message: ""}).message.slice(0, 200)});
          }
        }
      }
      if (task.pictures) {
        const file = `${name.replace(/\W+/g, "-")}-${width}-${shade}.png`;
        await page.evaluate(() => document.querySelectorAll("main details.fold").forEach((part) => { part.open = false; }));
        await page.screenshot({path: path.join(task.pictures, file), fullPage: Boolean(task.whole)});
      }
      await page.close();
    }
  }
}

for (const [words, wanted] of Object.entries(task.searches || {})) {
  // The page of results works on files, too: the index is a script.
  const page = await open(`search.html`, 1440, "light");
  await page.goto(`${address("search.html")}?q=${encodeURIComponent(words)}`);
  const listed = await page.waitForFunction(() => document.querySelector("#search-results li a"), {timeout: 15000}).catch(() => null);
  // Results come one after another.
  await new Promise((done) => setTimeout(done, 2000));
  const links = listed ? await page.$$eval("#search-results li a", (found) => found.map((link) => link.getAttribute("href"))) : [];
  looks += 1;
  if (!links.some((link) => link.includes(wanted))) report({page: "search.html", rule: "search", where: `${words}: ${links.slice(0, 5)}`});
  // The page of results repeats what was asked for in each field.
  await page.$eval(".find input", (field) => { field.value = ""; });
  await page.focus(".find input");
  await page.type(".find input", words);
  const quick = await page.waitForFunction(() => document.querySelectorAll(".found a").length > 1, {timeout: 15000}).catch(() => null);
  const near = quick ? await page.$$eval(".found a", (found) => found.map((link) => link.getAttribute("href"))) : [];
  looks += 1;
  if (!near.some((link) => link.includes(wanted))) report({page: "search.html", rule: "search while typing", where: `${words}: ${near.slice(0, 5)}`});
  await page.close();
}

await browser.close();
console.log(JSON.stringify({looks, wrong}));
