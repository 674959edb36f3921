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
import { TRACE_LIMITS } from "../traces/limits.ts";
import { heapLimitMb } from "./heap_limit.ts";
import type { FromWorker, WorkerStart } from "./protocol.ts";

/** A worker that was started. */
export class WorkerRun {
  /** What it is talked to by. */
  readonly port: MessagePort;
  readonly #worker: Worker;

  /**
   * Starts a worker.
   *
   * @param start What it is told
   * @param onDeath Told when it ends for whatever reason, perhaps several times
   */
  constructor(start: WorkerStart, onDeath: (reason: string) => void) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const { seriesMax, windows, traceLimits: { bytesMax: traceBytesMax } = TRACE_LIMITS } = start.setup;
    const maxOldGenerationSizeMb = heapLimitMb({ seriesMax, windows: windows.length, traceBytesMax });
    this.#worker = new Worker(bootModule(import.meta.resolve("./main.ts")), {
      name: "hotpath",
      // Else it would get a copy of the whole environment, which asks for the permission to read it.
      env: {},
      ...(maxOldGenerationSizeMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb } }),
      workerData: { port: port2, start },
      transferList: [port2],
    });
    this.#worker.unref();
    this.#worker.on("error", (error: Error) => onDeath(`its worker failed: ${error.message}`));
    this.#worker.on("exit", () => onDeath("its worker has ended"));
  }

  /** Ends it. If it is busy, it goes on until it comes to rest; the rings refuse it by then. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}

/**
 * Never called: the `data:` module names the worker's module in text only, and this makes it one of
 * the modules that `deno compile` embeds and `deno cache` fetches.
 */
export const importWorker = (): Promise<unknown> => import("./main.ts");

function bootModule(specifier: string): URL {
  const unstarted: Extract<FromWorker, { type: "unstarted" }>["type"] = "unstarted";
  const source = `import { workerData } from "node:worker_threads";
import(${JSON.stringify(specifier)}).catch((error) => {
  workerData.port.postMessage({ type: "${unstarted}", message: error.message });
  workerData.port.close();
});`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
