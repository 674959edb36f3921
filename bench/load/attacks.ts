/**
 * What a server of metrics takes while clients without credentials attack it: its memory, and how long a client with
 * credentials waits for its metrics meanwhile.
 *
 * The server is a separate process with a heap of 512 MB, and so are the attackers. Where there are two processors, all
 * three share them with the client, whose times are therefore more than the server's own. Does not measure the thread that
 * records.
 *
 * `deno task load:attacks [--short] [--seconds N] [--out FILE]`
 *
 * @module
 */

import { readArguments } from "../lib/arguments.ts";
import { median } from "../lib/harness.ts";
import { type Attack, ATTACKS, TLS } from "./attack_kinds.ts";
import { report } from "./program.ts";

const SECONDS = 5;
const SECONDS_SHORT = 0.5;
const HEAP_MB = 512;
const BEARER = "s3cret-s3cret-s3cret";
const PAUSE_MS = 20;
/** What the kernel and the sockets of a thousand connections hold, and what the collector has not collected. */
const RSS_GROWTH_MAX_MB = 256;
const WAIT_MAX_MS = 5_000;

/** Outcome of one attack. */
interface Effect {
  readonly attack: Attack;
  readonly rssBeforeMb: number;
  readonly rssMaxMb: number;
  readonly waitsMs: readonly number[];
  readonly failures: readonly string[];
}

const { isOn, valueOf, numberOf } = readArguments(Deno.args, { switches: ["short"], values: ["seconds", "out"] });
const isShort = isOn("short");
const seconds = numberOf("seconds", isShort ? SECONDS_SHORT : SECONDS, 0.1);

const effects: Effect[] = [];
for (const attack of ATTACKS) effects.push(await suffer(attack));
await report(
  {
    bench: "load/attacks",
    name: "attacks: how long a client with credentials waits for its metrics, median",
    cases: effects.map(({ attack, waitsMs }) => ({
      name: attack.name,
      ns: median(waitsMs) * 1e6,
      bytes: 0,
      timesOfBaseline: 1,
    })),
    facts: effects.map(({ attack, rssBeforeMb, rssMaxMb, waitsMs }) =>
      `${attack.name}: ${rssBeforeMb.toFixed(0)} MB before, ${rssMaxMb.toFixed(0)} MB at most; ` +
      `${waitsMs.length} scrapes, ${median(waitsMs).toFixed(0)} ms, ${Math.max(...waitsMs).toFixed(0)} ms at most`
    ),
    failures: effects.flatMap(({ failures }) => failures),
  },
  isShort,
  valueOf("out"),
);

async function suffer(attack: Attack): Promise<Effect> {
  const scheme = attack.isTls ? "https" : "http";
  const heap = `--v8-flags=--max-old-space-size=${HEAP_MB}`;
  const server = spawn(["server", attack.isOpen ? "" : BEARER, scheme], [heap]);
  const port = await server.line();
  const url = `${scheme}://localhost:${port}/metrics`;
  await scrape(url);
  const rssBeforeMb = await rssMbOf(server.pid);
  const attackers = spawn(["attackers", attack.name, port]);
  await attackers.line();
  const failures: string[] = [];
  const waitsMs: number[] = [];
  let rssMaxMb = rssBeforeMb;
  const endMs = performance.now() + seconds * 1_000;
  while (performance.now() < endMs || waitsMs.length === 0) {
    const startMs = performance.now();
    try {
      await scrape(url);
    } catch (error) {
      failures.push(`${attack.name}: a client with credentials was not answered: ${(error as Error).message}`);
    }
    waitsMs.push(performance.now() - startMs);
    rssMaxMb = Math.max(rssMaxMb, await rssMbOf(server.pid));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await attackers.end();
  if (await server.end() !== 0) failures.push(`${attack.name}: the server's program has ended`);
  const growthMb = rssMaxMb - rssBeforeMb;
  if (growthMb > RSS_GROWTH_MAX_MB) {
    failures.push(`${attack.name}: ${growthMb.toFixed(0)} MB more memory, ${RSS_GROWTH_MAX_MB} MB at most`);
  }
  if (!isShort && Math.max(...waitsMs) > WAIT_MAX_MS) failures.push(`${attack.name}: a client waited too long`);
  return { attack, rssBeforeMb, rssMaxMb, waitsMs, failures: [...new Set(failures)] };
}

/** Scrapes as a new client, which has not sent its credentials before. */
async function scrape(url: string): Promise<void> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0, caCerts: [await Deno.readTextFile(TLS.caFile)] });
  const headers = { authorization: `Bearer ${BEARER}` };
  const signal = AbortSignal.timeout(2 * WAIT_MAX_MS);
  const response = await fetch(url, { headers, client, signal });
  const text = await response.text();
  if (!text.includes('orders_total{venue="venue 7"} 1\n')) throw new Error(`answered ${response.status}`);
}

async function rssMbOf(pid: number): Promise<number> {
  // Deno's own ways to read it want all permissions.
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/status`] }).output();
  return Number(/^VmRSS:\s+(\d+)/m.exec(new TextDecoder().decode(stdout))?.[1] ?? 0) / 1_024;
}

function spawn(args: readonly string[], flags: readonly string[] = []) {
  const path = new URL("attack_programs.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-net=127.0.0.1,localhost", "--allow-read", ...flags, path, ...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    pid: child.pid,
    line: async (): Promise<string> => {
      const { value, done } = await lines.read();
      if (done) throw new Error(`the process of the ${args[0]} ended too early`);
      return value.trim();
    },
    end: async (): Promise<number> => {
      await child.stdin.close().catch(() => {});
      await lines.cancel();
      return (await child.status).code;
    },
  };
}
