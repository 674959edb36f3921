/**
 * Starts the aggregator in a worker and talks to it.
 *
 * The worker is a `node:worker_threads` one, because that can be unreferenced: it never keeps the
 * program alive, except while a request is under way or something is served. It is started through
 * a `data:` module that imports the real one: that works from any origin (a file, a registry), and
 * a failure to load comes back as a message.
 *
 * @module
 */

import { MessageChannel, Worker } from "node:worker_threads";
import type { Announcement, SloBreach } from "../model.ts";
import { createRing } from "../ring/layout.ts";
import type { AggregatorClient, ThreadEnd } from "./client.ts";
import { Line } from "./line.ts";
import type { FromWorker, RequestName, Requests, WorkerStart } from "./protocol.ts";

/** A line to an aggregator in a worker. */
export class WorkerClient implements AggregatorClient {
  /** See {@linkcode AggregatorClient.ready}. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #line: Line<Requests>;
  readonly #onFreed: (series: readonly number[]) => void;
  readonly #settleReady: PromiseWithResolvers<void> = Promise.withResolvers();
  #tellBreaches: ((breaches: readonly SloBreach[]) => void) | undefined;
  #isStarted = false;

  /**
   * Starts the worker.
   *
   * @param start What it is told
   * @param onFreed Told which series ids may be used again
   */
  constructor(start: WorkerStart, onFreed: (series: readonly number[]) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#onFreed = onFreed;
    this.#worker = new Worker(bootModule(import.meta.resolve("./main.ts")), {
      name: "hotpath",
      // Else it would get a copy of the whole environment, which asks for the permission to read it.
      env: {},
      workerData: { port: port2, start },
      transferList: [port2],
    });
    this.#worker.unref();
    this.#worker.on("error", (error: Error) => this.#fail(`its worker failed: ${error.message}`));
    this.#worker.on("exit", () => this.#fail("its worker has ended"));
    this.#line = new Line(port1, (message) => this.#receive(message));
    this.ready = this.#settleReady.promise;
    // Whoever awaits it sees the failure; a program that does not care goes on.
    this.ready.catch(() => {});
  }

  /** See {@linkcode AggregatorClient.isRunning}. */
  get isRunning(): boolean {
    return this.#isStarted && this.isAlive;
  }

  /** See {@linkcode AggregatorClient.isAlive}. */
  get isAlive(): boolean {
    return this.#line.failure === undefined;
  }

  /** See {@linkcode AggregatorClient.announce}. */
  announce(news: Announcement): void {
    this.#line.announce(news);
  }

  /** See {@linkcode AggregatorClient.connect}. */
  connect(ringCapacity: number): ThreadEnd {
    if (this.#line.failure !== undefined) throw this.#line.failure;
    const ring = createRing(ringCapacity, true);
    const { port1, port2 } = new MessageChannel();
    this.#line.say({ type: "connect", port: port1, ring }, [port1]);
    return { ring, port: port2 as ThreadEnd["port"] };
  }

  /** See {@linkcode AggregatorClient.request}. */
  request<Name extends RequestName>(name: Name, argument: Requests[Name][0]): Promise<Requests[Name][1]> {
    return this.#line.request(name, argument);
  }

  /** See {@linkcode AggregatorClient.hold}. */
  hold(): void {
    this.#line.hold();
  }

  /** See {@linkcode AggregatorClient.release}. */
  release(): void {
    this.#line.release();
  }

  /** See {@linkcode AggregatorClient.watchBreaches}. */
  watchBreaches(tell: (breaches: readonly SloBreach[]) => void): void {
    this.#tellBreaches = tell;
    this.#line.say({ type: "awaitBreaches" });
  }

  /** Nothing to do: the worker drains by itself. */
  tick(): void {}

  /** See {@linkcode AggregatorClient.end}. */
  async end(): Promise<void> {
    this.#fail("it is closed");
    this.#line.close();
    await this.#worker.terminate();
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "ready":
        this.#isStarted = true;
        return this.#settleReady.resolve();
      case "failed":
        return this.#fail(message.message);
      case "freed":
        return this.#onFreed(message.series);
      case "breaches":
        this.#tellBreaches?.(message.breaches);
        return this.#line.say({ type: "awaitBreaches" });
    }
  }

  #fail(reason: string): void {
    this.#line.fail(reason);
    this.#settleReady.reject(this.#line.failure);
  }
}

/**
 * Never called: the `data:` module names the worker's module in text only, and this makes it one of
 * the modules that `deno compile` embeds and `deno cache` fetches.
 */
export const importWorker = (): Promise<unknown> => import("./main.ts");

function bootModule(specifier: string): URL {
  const source = `import { workerData } from "node:worker_threads";
import(${JSON.stringify(specifier)}).catch((error) => {
  workerData.port.postMessage({ type: "failed", message: "its worker could not start: " + error.message });
  workerData.port.close();
});`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
