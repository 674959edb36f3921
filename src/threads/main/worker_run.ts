/**
 * One run of the aggregator's worker.
 *
 * The worker is a `node:worker_threads` one, because that can be unreferenced: it never keeps the program alive. It is
 * started through a `data:` module that imports the real one, which works from any origin (a file, a registry) and
 * reports a failure to load as a message.
 *
 * @module
 */

import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { heapLimitMb, YOUNG_HEAP_MB } from "./heap_limit.ts";
import type { AggregatorToMain, WorkerStart } from "../protocol.ts";

/** Milliseconds to wait for messages of a terminated worker, because a busy worker does not end at once. */
const LAST_MESSAGES_MS = 500;
/** Module of the worker; in the npm package, modules are JavaScript. */
const WORKER = import.meta.resolve(`../worker/main${import.meta.url.endsWith(".js") ? ".js" : ".ts"}`);

/** Worker of a `WorkerSupervisor`. */
export interface Run {
  /** Port to the worker. */
  readonly port: MessagePort;
  /** Whether all messages of the worker have arrived: its port has closed, or the time to wait for that is over. */
  readonly isOver: boolean;
  /** Terminates the worker. */
  terminate(): Promise<void>;
}

/**
 * Starts a worker.
 *
 * @param start Data for the worker
 * @param onEnd Called when the worker ends for any reason, perhaps several times
 */
export type StartRun = (start: WorkerStart, onEnd: (reason: string) => void) => Run;

/** Starts a worker thread. */
export const startWorker: StartRun = (start, onEnd) => new WorkerRun(start, onEnd);

export class WorkerRun implements Run {
  readonly port: MessagePort;
  readonly #worker: Worker;
  #isClosed = false;
  #endedAtMs = Number.POSITIVE_INFINITY;

  /** Starts the worker. */
  constructor(start: WorkerStart, onEnd: (reason: string) => void) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.on("close", () => this.#isClosed = true);
    const { seriesMax, windows, traceLimits: { bytesMax: traceBytesMax } } = start.setup;
    const maxOldGenerationSizeMb = heapLimitMb({ seriesMax, windows: windows.length, traceBytesMax });
    this.#worker = new Worker(bootModule(WORKER), {
      name: "hotpath",
      // Otherwise the worker would receive a copy of the whole environment, which requires the permission to read it.
      env: {},
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_HEAP_MB,
        ...(maxOldGenerationSizeMb !== undefined && { maxOldGenerationSizeMb }),
      },
      workerData: { port: port2, start },
      transferList: [port2],
    });
    this.#worker.unref();
    this.#worker.on("error", (error: Error) => onEnd(`its worker failed: ${error.message}`));
    this.#worker.on("exit", () => onEnd("its worker has ended"));
  }

  get isOver(): boolean {
    return this.#isClosed || performance.now() - this.#endedAtMs >= LAST_MESSAGES_MS;
  }

  /**
   * Terminates the worker. A busy worker continues until it yields to its event loop; until then, the rings reject its
   * commits.
   */
  async terminate(): Promise<void> {
    this.#endedAtMs = Math.min(this.#endedAtMs, performance.now());
    await this.#worker.terminate();
  }
}

/**
 * Never called. The `data:` module names the worker's module only in its text, so this import adds it to the modules
 * that `deno compile` embeds and `deno cache` fetches.
 */
export const importWorker = (): Promise<unknown> => import("../worker/main.ts");

function bootModule(specifier: string): URL {
  const unstarted: Extract<AggregatorToMain, { type: "unstarted" }>["type"] = "unstarted";
  const source = `import { workerData } from "node:worker_threads";
import(${JSON.stringify(specifier)}).catch((error) => {
  workerData.port.postMessage({ type: "${unstarted}", message: error.message });
  workerData.port.close();
});`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
