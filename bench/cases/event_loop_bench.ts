/**
 * How long reading metrics blocks the recording thread: 10,000 counters, aggregated in the worker and on the thread itself,
 * beside the same counters in other libraries, which write where they record. The column that counts is the milliseconds for
 * which a call holds the event loop; the time of an operation includes waiting for the worker.
 *
 * Does not measure scrapes over HTTP, in which the recording thread has no part: see `claims/scrape.ts`. Requests of a Hono
 * app are in `http_bench.ts`, a drain in `drain_bench.ts`, writing alone in `encode_bench.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as prometheusIo from "@prometheus-io/client";
import * as promClient from "prom-client";
import { createMetrics, type Metrics } from "@hotpath/metrics";
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";

const COUNTERS = 10_000;
const NAME = "orders_total";
const HELP = "Orders";
/** Number of observations that a flush publishes. */
const BATCH = 64;

/** Metrics with all counters, and the calls that are measured. */
class Subject {
  readonly name: string;
  readonly metrics: Metrics;
  readonly #size;
  observed = 0;

  constructor(name: string, aggregation: "worker" | "inline") {
    this.name = name;
    this.metrics = createMetrics({ aggregation, seriesMax: COUNTERS + 2 });
    const orders = this.metrics.counter(NAME, { help: HELP, labels: ["pair"] });
    for (let i = 0; i < COUNTERS; i++) orders.with({ pair: `SYM-${i}` }).inc(i);
    this.#size = this.metrics.histogram("message_bytes", { unit: "bytes" });
  }

  cases(): Case[] {
    const each = (name: string, call: () => Promise<unknown>): Case => ({
      name: `${name}, ${this.name}`,
      burst: 1,
      operationsPerCall: 1,
      run: async () => void await call(),
    });
    return [
      each(`${BATCH} observations and a flush`, () => {
        this.observed += BATCH;
        for (let i = 0; i < BATCH; i++) this.#size.observe(i);
        return this.metrics.flush();
      }),
      each("scrape", () => this.metrics.scrape()),
      each("snapshot", () => this.metrics.snapshot()),
    ];
  }

  async verify(): Promise<void> {
    const { metrics, meta } = await this.metrics.snapshot();
    const [orders, size] = [NAME, "message_bytes"].map((wanted) => metrics.find(({ name }) => name === wanted)?.series);
    assertEquals(orders?.length, COUNTERS, `${this.name}: a counter is missing`);
    assertEquals(size?.map((it) => "count" in it && it.count), [this.observed], `${this.name}: a record is missing`);
    assertEquals(meta.dropped, 0, "records were dropped");
    await this.metrics.close();
  }
}

/** A registry of another library, and its last text. */
class Peer {
  readonly name: string;
  readonly #write: () => Promise<string>;
  text = "";

  constructor(name: string, write: () => Promise<string>) {
    this.name = name;
    this.#write = write;
  }

  case(): Case {
    return {
      name: `scrape, ${this.name}`,
      isReference: true,
      burst: 1,
      operationsPerCall: 1,
      run: async () => void (this.text = await this.#write()),
    };
  }
}

function promClientPeer(): Peer {
  const registers = [new promClient.Registry()];
  const counter = new promClient.Counter({ name: NAME, help: HELP, labelNames: ["pair"], registers });
  for (let i = 0; i < COUNTERS; i++) counter.inc({ pair: `SYM-${i}` }, i);
  return new Peer("prom-client", () => registers[0].metrics());
}

function prometheusIoPeer(): Peer {
  const registers = [new prometheusIo.Registry()];
  const counter = new prometheusIo.Counter({ name: NAME, help: HELP, labelNames: ["pair"], registers });
  for (let i = 0; i < COUNTERS; i++) counter.inc({ pair: `SYM-${i}` }, i);
  return new Peer("@prometheus-io/client", async () => await registers[0].metrics());
}

const subjects = [new Subject("worker", "worker"), new Subject("inline", "inline")];
await Promise.all(subjects.map(({ metrics }) => metrics.ready));
const peers = [promClientPeer(), prometheusIoPeer()];

const ladder: Ladder = {
  name: "what holds the event loop, 10,000 counters",
  cases: [...subjects.flatMap((subject) => subject.cases()), ...peers.map((peer) => peer.case())],
  targets: [],
  verify: async () => {
    for (const subject of subjects) await subject.verify();
    for (const { name, text } of peers) {
      if (text === "") continue;
      assertEquals(text.split("\n").filter((line) => line.startsWith(`${NAME}{`)).length, COUNTERS, name);
    }
  },
};

/** The bench. */
export const ladders: Ladders = { event_loop: () => ladder };

await registerBenches(ladders);
