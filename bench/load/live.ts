/**
 * The live feed with a hundred clients, ten frames a second and two hundred series: what a call takes the thread that
 * records, with and without clients in turns, and what share of a core they take the aggregator.
 *
 * The clients are a separate process, so the measured thread has a core only where there are two. Time is CPU time: of the
 * measured thread, by its clock for calls; of everything else in this process, which is the aggregator and its garbage
 * collection, by the kernel. What the aggregator takes without clients, for draining, is subtracted. Does not measure the
 * clients, which would be elsewhere.
 *
 * `deno task load:live [--short] [--seconds N] [--clients N] [--out FILE]`
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";
import { readArguments } from "../lib/arguments.ts";
import { median } from "../lib/harness.ts";
import { callerOf, SERIES } from "./many_series.ts";
import { report } from "./program.ts";

const CLIENTS = 100;
const CLIENTS_SHORT = 5;
const INTERVAL_MS = 100;
const ROUNDS = 5;
const ROUNDS_SHORT = 1;
const SECONDS = 5;
const SECONDS_SHORT = 0.5;
const CALLS_PER_SECOND = 100_000;
const BATCH = 64;
const SLICE_MS = 5;
const SHARE_MAX = 0.2;
/** Of the frames that there should be; else something other than this feed was measured. */
const FRAMES_SHARE_MIN = 0.9;

/** A stretch of time. */
interface Stretch {
  /** Nanoseconds of a call, median of the batches. */
  readonly callNs: number;
  /** Cores that everything but the measured thread takes. */
  readonly cores: number;
}

/** Messages that clients received. */
interface Received {
  readonly frames: number;
  readonly bytes: number;
  readonly restarts: number;
}

const { isOn, valueOf, numberOf } = readArguments(Deno.args, {
  switches: ["short"],
  values: ["seconds", "clients", "out"],
});
const isShort = isOn("short");
const seconds = numberOf("seconds", isShort ? SECONDS_SHORT : SECONDS, 0.1);
const clients = numberOf("clients", isShort ? CLIENTS_SHORT : CLIENTS, 1);

const metrics = createMetrics();
await metrics.ready;
const call = callerOf(metrics);
const server = await serveMetrics(metrics, { port: 0 });
const program = startClients(`${server.url.replace("http", "ws")}/live?intervalMs=${INTERVAL_MS}`);
await program.next();

const without: Stretch[] = [];
const withClients: Stretch[] = [];
const received: Received[] = [];
const settleSeconds = Math.min(1, seconds);
for (let round = 0; round < (isShort ? ROUNDS_SHORT : ROUNDS); round++) {
  await run(settleSeconds); // for V8 to compile what is called, and clients to disconnect
  without.push(await run());
  await program.next();
  await run(settleSeconds); // for all of them to have begun
  withClients.push(await run());
  received.push(JSON.parse(await program.next()));
}
await program.end();
await server.close();
await metrics.close();

const ratios = withClients.map(({ callNs }, round) => callNs / without[round].callNs);
const shares = withClients.map(({ cores }, round) => cores - without[round].cores);
const frames = received.map((each) => each.frames / clients / (seconds + settleSeconds) * INTERVAL_MS / 1_000);
const bytes = received.reduce((total, each) => total + each.bytes, 0) /
  received.reduce((total, each) => total + each.frames, 0);
const restarts = received.reduce((total, each) => total + each.restarts, 0);
const share = median(shares);
await report(
  {
    bench: "load/live",
    name: "live: a call while metrics are followed, median of batches of 64",
    cases: [
      { name: "without clients", ns: median(without.map(({ callNs }) => callNs)), bytes: 0, timesOfBaseline: 1 },
      {
        name: `${clients} clients, ${1_000 / INTERVAL_MS} frames a second, ${SERIES} series`,
        ns: median(withClients.map(({ callNs }) => callNs)),
        bytes: 0,
        timesOfBaseline: median(ratios),
      },
    ],
    facts: [
      `a call takes ${median(ratios).toFixed(2)} times as long with clients, ${spreadOf(ratios, 2)}`,
      `the clients take the aggregator ${percent(share)} % of a core, ${
        spreadOf(shares.map((each) => each * 100), 1)
      }; ` +
      `without them it takes ${percent(median(without.map(({ cores }) => cores)))} %`,
      `a frame has ${(bytes / 1_000).toFixed(1)} kB; ${percent(median(frames))} % of the frames came, ` +
      `${restarts} times a client began again`,
    ],
    failures: isShort ? [] : [
      ...(share <= SHARE_MAX ? [] : [`the clients take more than ${SHARE_MAX * 100} % of a core`]),
      ...(median(frames) >= FRAMES_SHARE_MIN ? [] : ["frames were lost"]),
    ],
  },
  isShort,
  valueOf("out"),
);

/** Calls for a while. */
async function run(runSeconds: number = seconds): Promise<Stretch> {
  const before = await othersCpuSeconds();
  const startMs = performance.now();
  const endMs = startMs + runSeconds * 1_000;
  const batchNs: number[] = [];
  let calls = 0;
  for (let nowMs = startMs; nowMs < endMs; nowMs = performance.now()) {
    while (nowMs < endMs && calls < (nowMs - startMs) / 1_000 * CALLS_PER_SECOND) {
      const fromMs = performance.now();
      call(calls, BATCH / 2);
      nowMs = performance.now();
      batchNs.push((nowMs - fromMs) * 1e6 / BATCH);
      calls += BATCH;
    }
    // It works on, as a thread that waits for its next event in a loop does.
    while (performance.now() < nowMs + SLICE_MS / 10) { /* nothing is due */ }
    await setImmediate();
  }
  const elapsedSeconds = (performance.now() - startMs) / 1_000;
  return { callNs: median(batchNs), cores: (await othersCpuSeconds() - before) / elapsedSeconds };
}

/** What all threads of this process but this one have taken, in seconds; the kernel's word for the main one is its id. */
async function othersCpuSeconds(): Promise<number> {
  const script = 'for task in /proc/$0/task/*; do echo "${task##*/} $(cat $task/schedstat)"; done';
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script, String(Deno.pid)] }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) => line.split(" ").map(Number));
  return lines.reduce((total, [task, ns]) => task === Deno.pid ? total : total + ns / 1e9, 0);
}

function startClients(url: string) {
  const module = new URL("live_clients.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-net", module, url, String(clients)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const input = child.stdin.getWriter();
  let isReady = false;
  return {
    /** Has them do what is next, and waits for what they say to it. */
    next: async (): Promise<string> => {
      if (isReady) await input.write(new Uint8Array(1));
      isReady = true;
      const { value, done } = await lines.read();
      if (done) throw new Error("the clients ended before their time");
      return value;
    },
    end: async (): Promise<void> => {
      await input.close();
      await lines.cancel();
      await child.status;
    },
  };
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}

function spreadOf(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
}
