/**
 * Whether the memory of a program stays bounded, whatever clients do: label sets come and go, every turn is a trace, clients
 * follow the live feed and read or do not read, with as many queries as are allowed, and a client scrapes all the time.
 *
 * The program is a separate process, so that its resident memory is its own. Does not measure attacks on the server: see
 * `attacks.ts`.
 *
 * `deno task load:memory [--short] [--minutes N] [--parts labels,traces,live,scrapes] [--out FILE]`, 10 minutes by default
 *
 * @module
 */

import { readArguments } from "../lib/arguments.ts";
import { report } from "./program.ts";

const MINUTES = 10;
const MINUTES_SHORT = 0.15;
const MEGABYTE = 2 ** 20;
/** Limit in the guide of security, for everything together. */
const RSS_BYTES_MAX = 896 * MEGABYTE;
const READERS = 10;
const NON_READERS = 60;
/** So many points of the course are printed. */
const POINTS = 30;

const { isOn, valueOf, numberOf } = readArguments(Deno.args, {
  switches: ["short"],
  values: ["minutes", "parts", "out"],
});
const isShort = isOn("short");
const minutes = numberOf("minutes", isShort ? MINUTES_SHORT : MINUTES, 0.05);
const parts = (valueOf("parts") ?? "labels,traces,live,scrapes").split(",");

const module = new URL("memory_program.ts", import.meta.url).pathname;
const program = new Deno.Command(Deno.execPath(), {
  args: ["run", "--no-check", "--allow-all", module, ...parts],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const lines = linesOf(program.stdout);
const url = (await lines.next()).value as string;
const port = Number(new URL(url).port);

const over = new AbortController();
const connections: Deno.TcpConn[] = [];
const outside: Promise<void>[] = [];
let [scrapes, scrapeMsMax, refused] = [0, 0, 0];
if (parts.includes("scrapes")) outside.push(scrape());
if (parts.includes("live")) {
  for (let i = 0; i < READERS; i++) outside.push(keep(() => follow(i)));
  for (let i = 0; i < NON_READERS; i++) outside.push(keep(() => ignore(i)));
}

const endMs = performance.now() + minutes * 60_000;
const course: number[] = [];
while (performance.now() < endMs) {
  course.push(Number((await lines.next()).value));
  // So that something is known of a run that is ended from outside.
  if (course.length % 30 === 0) console.log(`${course.length} s: ${mebibytes(course.at(-1)!)} MiB`);
}
over.abort();
for (const connection of connections) connection.close();
await Promise.all(outside);
await program.stdin.close();
const { code } = await program.status;

const largest = Math.max(...course);
const every = Math.max(1, Math.floor(course.length / POINTS));
await report(
  {
    bench: "load/memory",
    name: `memory: ${parts.join(", ")} for ${minutes} minutes`,
    cases: [],
    facts: [
      `resident memory in MiB: ${course.filter((_, at) => at % every === 0).map(mebibytes).join(" ")}`,
      `${mebibytes(largest)} MiB at most, ${mebibytes(course.at(-1) ?? 0)} at the end`,
      `${scrapes} scrapes, the slowest took ${scrapeMsMax.toFixed(0)} ms; ${refused} live clients were refused`,
    ],
    failures: [
      ...(code === 0 ? [] : [`the program ended with code ${code}`]),
      ...(largest <= RSS_BYTES_MAX ? [] : [`it took more than ${mebibytes(RSS_BYTES_MAX)} MiB`]),
      ...(!parts.includes("scrapes") || scrapes > 0 ? [] : ["no scrape was answered"]),
    ],
  },
  isShort,
  valueOf("out"),
);

/** Has a client come again when it was disconnected. */
async function keep(client: () => Promise<void>): Promise<void> {
  while (!over.signal.aborted) {
    await client().catch(() => {});
    await pause(1_000);
  }
}

/** Half of the readers ask for the same, the others each for something else. */
async function follow(at: number): Promise<void> {
  const query = at < READERS / 2 ? "" : `&name[]=room_latency_seconds&name[]=x${at}`;
  const response = await fetch(`${url}/live/sse?intervalMs=1000${query}`, { signal: over.signal });
  if (response.status !== 200) refused += 1;
  const reader = response.body!.getReader();
  // The signal of a fetch may be collected while its body is read, and then aborts nothing.
  const cancel = () => void reader.cancel().catch(() => {});
  over.signal.addEventListener("abort", cancel, { once: true });
  if (over.signal.aborted) cancel();
  try {
    while (!(await reader.read()).done);
  } finally {
    over.signal.removeEventListener("abort", cancel);
  }
}

/** Asks and does not read. */
async function ignore(at: number): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connections.push(connection);
  const path = `/live/sse?intervalMs=100&name[]=room_latency_seconds&name[]=rooms_total&name[]=y${at}`;
  await connection.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
  await pause(30_000);
  connections.splice(connections.indexOf(connection), 1);
  connection.close();
}

async function scrape(): Promise<void> {
  while (!over.signal.aborted) {
    const startMs = performance.now();
    const response = await fetch(`${url}/metrics`, { signal: over.signal }).catch(() => undefined);
    await response?.text().catch(() => {});
    if (response?.status === 200) {
      scrapes += 1;
      scrapeMsMax = Math.max(scrapeMsMax, performance.now() - startMs);
    }
    await pause(500);
  }
}

/** Waits, unless all is over. */
function pause(ms: number): Promise<void> {
  if (over.signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    clearTimeout(timer);
    over.signal.removeEventListener("abort", end);
    resolve();
  };
  const timer = setTimeout(end, ms);
  over.signal.addEventListener("abort", end);
  return promise;
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const found = (text + part).split("\n");
    text = found.pop()!;
    yield* found;
  }
}

function mebibytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0);
}
