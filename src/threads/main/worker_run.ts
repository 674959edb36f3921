/**
 * One run of the aggregator's worker, from its start to its end.
 *
 * The worker is a `node:worker_threads` one, because that can be unreferenced: it never keeps the
 * program alive. It is started through a `data:` module that imports the real one: that works from any origin (a file, a
 * registry), and a failure to load comes back as a message.
 *
 * @module
 */

import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { TRACE_LIMITS } from "../../model/trace_limits.ts";
import { heapLimitMb, YOUNG_HEAP_MB } from "./heap_limit.ts";
import type { AggregatorToMain, WorkerStart } from "../protocol.ts";

/** How long a worker that was ended is listened to at most: one that is busy does not end at once. */
const LAST_WORDS_MS = 500;

/** What a {@linkcode WorkerClient} needs of a worker. */
export interface Run {
  /** What it is talked to by. */
  readonly port: MessagePort;
  /** Whether everything was heard that it has said: its port has closed, or nobody waits for that any more. */
  readonly isOver: boolean;
  /** Ends it. */
  terminate(): Promise<void>;
}

/**
 * Starts a worker.
 *
 * @param start What it is told
 * @param onDeath Called when it ends for whatever reason, perhaps several times
 */
export type StartRun = (start: WorkerStart, onDeath: (reason: string) => void) => Run;

/** See {@linkcode StartRun}. */
export const startWorker: StartRun = (start, onDeath) => new WorkerRun(start, onDeath);

/** A worker that was started. */
export class WorkerRun implements Run {
  /** See {@linkcode Run.port}. */
  readonly port: MessagePort;
  readonly #worker: Worker;
  #isClosed = false;
  #endedAtMs = Number.POSITIVE_INFINITY;

  /** See {@linkcode StartRun}. */
  constructor(start: WorkerStart, onDeath: (reason: string) => void) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.on("close", () => this.#isClosed = true);
    const { seriesMax, windows, traceLimits: { bytesMax: traceBytesMax } = TRACE_LIMITS } = start.setup;
    const maxOldGenerationSizeMb = heapLimitMb({ seriesMax, windows: windows.length, traceBytesMax });
    this.#worker = new Worker(bootModule(import.meta.resolve("../worker/main.ts")), {
      name: "hotpath",
      // Else it would get a copy of the whole environment, which asks for the permission to read it.
      env: {},
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_HEAP_MB,
        ...(maxOldGenerationSizeMb !== undefined && { maxOldGenerationSizeMb }),
      },
      workerData: { port: port2, start },
      transferList: [port2],
    });
    this.#worker.unref();
    this.#worker.on("error", (error: Error) => onDeath(`its worker failed: ${error.message}`));
    this.#worker.on("exit", () => onDeath("its worker has ended"));
  }

  /** See {@linkcode Run.isOver}. */
  get isOver(): boolean {
    return this.#isClosed || performance.now() - this.#endedAtMs >= LAST_WORDS_MS;
  }

  /** Ends it. If it is busy, it goes on until it yields to its event loop; the rings refuse it by then. */
  async terminate(): Promise<void> {
    this.#endedAtMs = Math.min(this.#endedAtMs, performance.now());
    await this.#worker.terminate();
  }
}

/**
 * Never called: the `data:` module names the worker's module in text only, and this makes it one of
 * the modules that `deno compile` embeds and `deno cache` fetches.
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
