import { assertEquals, assertStringIncludes } from "@std/assert";
import { runDeno } from "../../_support/subprocess.ts";

const SCRIPT = new URL("../../_support/instrumentation/http/disconnect_script.ts", import.meta.url);
const CONFIG = new URL("../../../deno.json", import.meta.url);
const FLAG = "--unstable-no-legacy-abort";

async function outcomeOf(options: object, flags: readonly string[]): Promise<{ counts: unknown; stderr: string }> {
  const permissions = ["--allow-read", "--allow-net=127.0.0.1"];
  const config = ["--config", decodeURIComponent(CONFIG.pathname)];
  const args = [...config, ...flags, ...permissions, SCRIPT.href, JSON.stringify(options)];
  const { code, stdout, stderr } = await runDeno(args);
  assertEquals(code, 0, stderr);
  return { counts: JSON.parse(stdout), stderr };
}

const DETECTED = { requests: { "GET unmatched 200": 3, "GET unmatched 499": 1 }, errors: { aborted: 1 } };
const MISSED = { requests: { "GET unmatched 200": 4 }, errors: {} };

Deno.test("instrumentHandler causes no warning of Deno about slow handlers, and detects no disconnect before a response", async () => {
  assertEquals(await outcomeOf({}, []), { counts: MISSED, stderr: "" });
});

Deno.test("instrumentHandler detects disconnects where Deno does not abort signals of answered requests", async () => {
  assertEquals(await outcomeOf({}, [FLAG]), { counts: DETECTED, stderr: "" });
});

Deno.test("instrumentHandler detects disconnects with watchAborts: true, and Deno warns", async () => {
  const { counts, stderr } = await outcomeOf({ watchAborts: true }, []);
  assertEquals(counts, DETECTED);
  assertStringIncludes(stderr, FLAG);
});

Deno.test("instrumentHandler reads no signal with watchAborts: false", async () => {
  assertEquals(await outcomeOf({ watchAborts: false }, [FLAG]), { counts: MISSED, stderr: "" });
});
