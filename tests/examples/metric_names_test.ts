import { assertEquals, assertGreater } from "@std/assert";
import { upgradeWebSocket } from "hono/deno";
import { createMetrics, instrumentCache } from "../../mod.ts";
import { instrumentFetch, instrumentUpgradeWebSocket } from "../../src/hono.ts";
import { instrumentHandler } from "../../src/server.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);
const NAME = /\b(?:http_(?:server|client)|websocket|cache|deno|process)_[a-z_]+\b(?!\.ts)/g;
/** Names the metrics of another library, too. */
const MIGRATING = "migrating_from_prom_client";
/** Suffixes of a histogram's samples and of families derived from it. */
const SUFFIX = /(?:_seconds|_bytes)?_(?:bucket|count|sum|window_\w+|slo_\w+)$/;

Deno.test("guides name only metrics of the instrumentation that exist", async () => {
  const all = await definedNames();
  const known = (name: string) =>
    all.some((each) => each === name || (SUFFIX.test(name) && each.startsWith(name.replace(SUFFIX, ""))));
  const unknown: string[] = [];
  let found = 0;
  for await (const { name: folder, isDirectory } of Deno.readDir(EXAMPLES)) {
    if (!isDirectory || folder === MIGRATING) continue;
    const names = (await Deno.readTextFile(new URL(`${folder}/README.md`, EXAMPLES))).match(NAME) ?? [];
    found += names.length;
    unknown.push(...names.filter((name) => !known(name)).map((name) => `${folder}: ${name}`));
  }
  assertEquals(unknown, []);
  assertGreater(found, 100);
});

async function definedNames(): Promise<string[]> {
  await using metrics = createMetrics({ aggregation: "inline", runtime: true });
  instrumentHandler(metrics, () => new Response());
  instrumentFetch(metrics, fetch);
  instrumentCache(metrics, new Map(), { name: "any" });
  instrumentUpgradeWebSocket(metrics, upgradeWebSocket);
  return (await metrics.instruments()).flatMap(({ name, exposedName }) => [name, exposedName]);
}
