/**
 * Makes the aggregator's worker fail, by messages that it may really get: definitions and series that nothing was prepared for.
 *
 * @module
 */

import { Worker } from "node:worker_threads";
import type { Histogram, Metrics } from "../../../mod.ts";
import { define } from "../../../src/instrument/definition.ts";
import type { Definition } from "../../../src/model/model.ts";
import { SERVABLE, type ServableMetrics } from "../../../src/api/servable.ts";
import type { AggregatorClient } from "../../../src/threads/client.ts";

/** Numbers that no instrument and no series of a test has. */
const UNUSED = 1_000_000;
/** Passes for a number, and throws when it is used as one; survives `postMessage`. */
const NO_NUMBER = { valueOf: null, toString: null } as unknown as number;

/** A way to make it fail. */
export type Fault = "drain" | "message" | "terminate";

/** All of them. */
export const FAULTS: readonly Fault[] = ["drain", "message", "terminate"];

/** The access to the aggregator. */
export function clientOf(metrics: Metrics): AggregatorClient {
  return (metrics as ServableMetrics)[SERVABLE] as AggregatorClient;
}

/** Workers that were started since the test began, the last one last. */
const workers: Worker[] = [];

// Each worker is unreferenced right after it was made.
const { unref } = Worker.prototype;
Worker.prototype.unref = function (this: Worker): void {
  workers.push(this);
  unref.call(this);
};

/** Metrics, and how to make their worker fail. */
export class Victim {
  readonly metrics: Metrics;
  /** Its series is the first, so it has the id 0. */
  readonly #bait: Histogram;
  readonly #worker: () => Worker;

  /** The first thing to do with metrics. */
  constructor(metrics: Metrics) {
    this.metrics = metrics;
    this.#bait = metrics.histogram("bait");
    this.#worker = () => workers[workers.length - 1];
  }

  /** Number of started workers. */
  static get workers(): number {
    return workers.length;
  }

  /** Makes the worker fail, now or soon. */
  async strike(fault: Fault): Promise<void> {
    switch (fault) {
      case "drain":
        return await this.#breakDrain();
      case "message":
        return this.#addSeries(UNUSED, UNUSED);
      case "terminate":
        return void this.#worker().terminate();
    }
  }

  /** Makes each scrape fail, but no snapshot. */
  breakEncode(): void {
    this.#define({ ...define("histogram", "unencodable", {}), help: 5 as unknown as string });
    this.#addSeries(UNUSED, UNUSED);
  }

  /** Makes each snapshot fail, once the bait has a record. */
  async breakSnapshot(): Promise<void> {
    this.#define({ ...define("timer", "unreadable", {}), slo: { thresholdSeconds: 1, target: NO_NUMBER } });
    this.#addSeries(0, UNUSED);
    await this.metrics.flush();
    this.#bait.observe(1);
  }

  /** A record of the bait, in the middle of a batch, cannot be counted. */
  async #breakDrain(): Promise<void> {
    this.#define({ ...define("timer", "uncountable", {}), slo: { thresholdSeconds: NO_NUMBER, target: 0.5 } });
    this.#addSeries(0, UNUSED);
    // The ring is faster than messages.
    await this.metrics.flush();
    this.#bait.observe(1);
    // Not a flush, which would wait for the next worker.
    await this.metrics.snapshot().catch(() => {});
  }

  #define(definition: Definition): void {
    clientOf(this.metrics).announce({ kind: "instrument", instrument: UNUSED, definition });
  }

  #addSeries(series: number, instrument: number): void {
    const announcement = {
      kind: "series",
      series,
      instrument,
      labelValues: [],
      isOverflow: false,
      cell: undefined,
    } as const;
    clientOf(this.metrics).announce(announcement);
  }
}

/** Waits until there is no worker. */
export async function untilDown(metrics: Metrics): Promise<void> {
  await untilSo(() => !clientOf(metrics).isAlive);
}

/** Waits until there is a worker again. */
export async function untilUp(metrics: Metrics): Promise<void> {
  await untilSo(() => clientOf(metrics).isRunning);
}

/** Turns of the event loop until something is so. */
export async function untilSo(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}
