// Copyright: Contributors to the community.posthog collection
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Print the operations that the bundle of PostHog's own command line tool knows, as JSON:
//
//     node extract.mjs DIRECTORY/lib/posthog-api-cli.mjs
//
// The bundle holds a function for each tool (`name`, `schema`, and a handler that makes one request) and, for each part of
// an operation (path, query, body), a function that returns a schema of zod. Names of functions are the only thing that
// this script relies on. It runs nothing of the bundle but these schemas: the call of main() at its end is cut off.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const text = readFileSync(process.argv[2], "utf8");
const end = text.lastIndexOf("\nmain().catch(");
if (end < 0) throw new Error("The bundle has no call of main() at its end: its form has changed.");
const code = text.slice(0, end);

const parts = [...code.matchAll(/^var (\w+(?:Params|QueryParams|Body)) = \(\) =>/gm)].map((match) => match[1]);
const maker = /^  toJSONSchema: \(\) => (\w+),$/m.exec(code);
if (!parts.length || !maker) throw new Error("The bundle has no schemas: its form has changed.");

// A tool's function reaches from its line to the next line that closes a bracket at the margin.
const sources = new Map();
for (const match of code.matchAll(/^var (\w+) = \(\) => [\s\S]*?^\}\)?;?$/gm)) sources.set(match[1], match[0]);

const tools = [];
for (const [name, source] of sources) {
  const call = /method: "(GET|POST|PUT|PATCH|DELETE)",\s*path: `([^`]+)`/.exec(source);
  const schema = /schema: (\w+)\(\)/.exec(source);
  if (!call || !schema) continue;
  const path = call[2].replace(/\$\{encodeURIComponent\(String\(([^)]+)\)\)\}/g, (_all, inner) =>
    `{${inner.replace(/^params\./, "").replace(/projectId/, "project_id").replace(/orgId|organizationId/, "organization_id")}}`);
  const used = new Set();
  const follow = (of) => {
    for (const [word] of (sources.get(of) ?? "").matchAll(/\b\w+\b(?=\(\))/g)) {
      if (parts.includes(word)) used.add(word);
      else if (word !== of && word.endsWith("Schema") && !used.has(word)) { used.add(word); follow(word); }
    }
  };
  follow(schema[1]);
  tools.push({ name, method: call[1], path, parts: [...used].filter((word) => parts.includes(word)) });
}

const directory = mkdtempSync(join(tmpdir(), "contract-"));
try {
  const file = join(directory, "schemas.mjs");
  writeFileSync(file, `${code}\nexport { ${maker[1]} as toJSONSchema, ${[...new Set(parts)].join(", ")} };\n`);
  const bundle = await import(pathToFileURL(file).href);
  const schemas = {};
  for (const part of new Set(tools.flatMap((tool) => tool.parts))) {
    schemas[part] = bundle.toJSONSchema(bundle[part](), { unrepresentable: "any", io: "input" });
  }
  process.stdout.write(JSON.stringify({ tools, schemas }));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
