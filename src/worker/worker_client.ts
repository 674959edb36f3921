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

import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Announcement, SloBreach } from "../model.ts";
import type { AggregatorClient } from "./client.ts";
import type { FromWorker, RequestName, Requests, ToWorker, WorkerStart } from "./protocol.ts";

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** A line to an aggregator in a worker. */
export class WorkerClient implements AggregatorClient {
  /** See {@linkcode AggregatorClient.ready}. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #onFreed: (series: readonly number[]) => void;
  readonly #pending: Map<number, Pending> = new Map();
  readonly #settleReady: PromiseWithResolvers<void> = Promise.withResolvers();
  #tellBreaches: ((breaches: readonly SloBreach[]) => void) | undefined;
  #isStarted = false;
  #failure: Error | undefined;
  #nextId = 0;
  #holds = 0;

  /**
   * Starts the worker.
   *
   * @param start What it is told
   * @param onFreed Told which series ids may be used again
   */
  constructor(start: WorkerStart, onFreed: (series: readonly number[]) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
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
    this.#port.on("message", (message: FromWorker) => this.#receive(message));
    this.#port.unref();
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
    return this.#failure === undefined;
  }

  /** See {@linkcode AggregatorClient.announce}. */
  announce(news: Announcement): void {
    this.#say({ type: "announce", news });
  }

  /** See {@linkcode AggregatorClient.request}. */
  async request<Name extends RequestName>(name: Name, argument: Requests[Name][0]): Promise<Requests[Name][1]> {
    if (this.#failure !== undefined) throw this.#failure;
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { resolve, reject });
    this.hold();
    try {
      this.#say({ type: "request", id, name, argument });
      return await promise as Requests[Name][1];
    } finally {
      this.#pending.delete(id);
      this.release();
    }
  }

  /** See {@linkcode AggregatorClient.hold}. */
  hold(): void {
    if (this.#holds++ === 0) this.#port.ref();
  }

  /** See {@linkcode AggregatorClient.release}. */
  release(): void {
    if (--this.#holds === 0) this.#port.unref();
  }

  /** See {@linkcode AggregatorClient.watchBreaches}. */
  watchBreaches(tell: (breaches: readonly SloBreach[]) => void): void {
    this.#tellBreaches = tell;
    this.#say({ type: "awaitBreaches" });
  }

  /** Nothing to do: the worker drains by itself. */
  tick(): void {}

  /** See {@linkcode AggregatorClient.end}. */
  async end(): Promise<void> {
    this.#fail("it is closed");
    this.#port.close();
    await this.#worker.terminate();
  }

  #say(message: ToWorker): void {
    this.#port.postMessage(message);
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
        return this.#say({ type: "awaitBreaches" });
      case "reply":
        return this.#pending.get(message.id)?.resolve(message.answer);
      case "refusal":
        return this.#pending.get(message.id)?.reject(rebuilt(message.name, message.message));
    }
  }

  #fail(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new Error(`Cannot reach the aggregator: ${reason}`);
    this.#settleReady.reject(this.#failure);
    for (const { reject } of this.#pending.values()) reject(this.#failure);
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

/** An error as it was in the worker; the classes that a caller may tell apart keep their class. */
function rebuilt(name: string, message: string): Error {
  if (name === "RangeError") return new RangeError(message);
  if (name === "TypeError") return new TypeError(message);
  const error = new Error(message);
  error.name = name;
  return error;
}
