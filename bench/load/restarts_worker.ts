/**
 * A thread that attaches, counts and observes for a moment, closes, and reports how much that was.
 *
 * @module
 */

import { attachMetrics, type MetricsPort } from "@hotpath/metrics";

/** Outcome of the worker. */
export interface Done {
  readonly counted: number;
  readonly observed: number;
  /** Rejection, if there was one. */
  readonly error: string | undefined;
}

const ROUNDS_MAX = 20;

interface Start {
  readonly port: MetricsPort;
  readonly id: string;
}

globalThis.addEventListener("message", async (event) => {
  const { port, id } = (event as MessageEvent<Start>).data;
  const done = { counted: 0, observed: 0, error: undefined as string | undefined };
  try {
    const metrics = await attachMetrics(port);
    const counter = metrics.counter("work_total", { labels: ["thread"] }).with({ thread: id });
    const sizes = metrics.histogram("work_size");
    for (let round = Math.random() * ROUNDS_MAX; round > 0; round--) {
      counter.inc(3);
      done.counted += 3;
      for (let i = 0; i < 50; i++) sizes.observe(i);
      done.observed += 50;
      if (Math.random() < 0.2) await metrics.flush();
      else await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await metrics.close();
  } catch (error) {
    done.error = (error as Error).message;
  }
  (globalThis as unknown as { postMessage(message: Done): void }).postMessage(done);
});
