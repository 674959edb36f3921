/** Checks the Markdown of the repository: links lead somewhere, and its words are those of `src/ARCHITECTURE.md`. */

import { assertEquals } from "@std/assert";
import { exists, read, ROOT } from "./_support/repository.ts";

const FOLDERS = ["src", "tests", "bench", "examples"];
/** Generated, vendored, or data. */
const SKIPPED = /^(src\/serve\/dashboard\.ts|tests\/docs_test\.ts|bench\/.*\.ts|tests\/bench\/.*)$/;
/** Words of earlier prose, each with the words that replace it. */
const BANNED: Readonly<Record<string, string>> = {
  "tells?|told|telling": "notified, called with, receives, reports, returns",
  "left out|leaves? out|leaving out": "sampled out, dropped, rejected, excluded, hidden, omitted",
  "comes? to rest|came to rest": "yields to the event loop",
  "lets? go of|letting go of": "acknowledges, releases",
  "gone threads?": "departed thread",
  "whoever|oneself|dearest": "plain words",
};

Deno.test("links of each Markdown file lead to a file of the repository and a heading there", async () => {
  const broken: string[] = [];
  for (const path of await pathsOf(".md")) {
    for (const link of linksOf(await read(path))) {
      const [target, anchor] = link.split("#");
      const file = target === "" ? path : new URL(target, new URL(path, ROOT)).href.slice(ROOT.href.length);
      if (!(await exists(file))) broken.push(`${path}: ${link}`);
      else if (anchor !== undefined && !anchorsOf(await read(file)).includes(anchor)) broken.push(`${path}: ${link}`);
    }
  }
  assertEquals(broken, []);
});

Deno.test("prose and comments use the words of ARCHITECTURE.md", async () => {
  const found: string[] = [];
  for (const path of [...await pathsOf(".md"), ...await pathsOf(".ts")]) {
    const lines = (await read(path)).split("\n");
    for (const [words, instead] of Object.entries(BANNED)) {
      const pattern = new RegExp(`\\b(${words})\\b`, "i");
      const index = lines.findIndex((line) => pattern.test(line));
      if (index >= 0) found.push(`${path}:${index + 1}: ${lines[index].trim()} → ${instead}`);
    }
  }
  assertEquals(found, []);
});

Deno.test("anchorsOf follows GitHub: lower case, hyphens for blanks, no punctuation, numbered if repeated", () => {
  const text = "# Who may scrape?\n## `exposedWindows`, and less\n```sh\n# a comment\n```\n## Who may scrape?\n";
  assertEquals(anchorsOf(text), ["who-may-scrape", "exposedwindows-and-less", "who-may-scrape-1"]);
});

function linksOf(markdown: string): string[] {
  const prose = withoutCode(markdown).replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link).filter((link) => !/^[a-z]+:/.test(link));
}

function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutCode(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) => {
    const text = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = text.replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "").trim().replaceAll(/\s/g, "-");
    const repeated = seen.get(anchor) ?? 0;
    seen.set(anchor, repeated + 1);
    return repeated === 0 ? anchor : `${anchor}-${repeated}`;
  });
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^( *)```[\s\S]*?^\1```/gm, "");
}

async function pathsOf(suffix: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      if (isDirectory) await visit(`${folder}${name}/`);
      else if (name.endsWith(suffix) && !SKIPPED.test(folder + name)) found.push(folder + name);
    }
  };
  for await (const { name, isFile } of Deno.readDir(ROOT)) if (isFile && name.endsWith(suffix)) found.push(name);
  for (const folder of FOLDERS) await visit(`${folder}/`);
  return found.toSorted();
}
