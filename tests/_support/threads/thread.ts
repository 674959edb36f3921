/**
 * Drives threads that record on the metrics of a test.
 *
 * @module
 */

import { Worker as NodeWorker } from "node:worker_threads";
import type { GaugeAggregator, Metrics, MetricsPort } from "../../../mod.ts";

/** Command to a thread. */
export type Command =
  | { readonly do: "attach"; readonly port: MetricsPort }
  | { readonly do: "define"; readonly type: "counter" | "gauge"; readonly name: string; readonly options: object }
  | { readonly do: "count"; readonly id: string; readonly amount: number }
  | { readonly do: "observe"; readonly id: string; readonly values: readonly number[]; readonly rounds: number }
  /** Counts until shared memory has it stop, see {@linkcode Spin}; in an endless loop, or with rests. */
  | { readonly do: "spin"; readonly id: string; readonly words: SharedArrayBuffer; readonly rests: boolean }
  | { readonly do: "set"; readonly aggregator: GaugeAggregator; readonly value: number }
  | { readonly do: "remove"; readonly id: string }
  /** Times a stage of that name inside of a trace, and starts or ends the timing `handover` there. */
  | {
    readonly do: "trace";
    readonly traceId: string;
    readonly parentId: string;
    readonly name: string;
    readonly half: "start" | "end";
  }
  | { readonly do: "reset" | "flush" | "close" };

/** Answers of a thread. */
export interface Reply {
  readonly error?: string;
}

/** Words that a spinning thread shares with the test. */
export class Spin {
  /** Whether to stop, how often it has counted, and how many series it has made. */
  readonly words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(buffer);
  }

  get isOver(): boolean {
    return Atomics.load(this.words, 0) !== 0;
  }

  get count(): number {
    return Atomics.load(this.words, 1);
  }

  get series(): number {
    return Atomics.load(this.words, 2);
  }

  stop(): void {
    Atomics.store(this.words, 0, 1);
  }
}

/** The two sorts of workers. */
export type WorkerKind = "web" | "node";

const MODULE = new URL("./thread_worker.ts", import.meta.url);

/** A thread that is attached to metrics. */
export class Thread implements AsyncDisposable {
  readonly #post: (command: Command, transfer: MetricsPort["transfer"]) => void;
  readonly #terminate: () => unknown;
  #settle: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(kind: WorkerKind) {
    if (kind === "web") {
      const worker = new Worker(MODULE, { type: "module" });
      worker.onmessage = ({ data }) => this.#receive(data);
      this.#post = (command, transfer) => worker.postMessage(command, transfer);
      this.#terminate = () => worker.terminate();
    } else {
      const worker = new NodeWorker(MODULE);
      worker.on("message", (reply: Reply) => this.#receive(reply));
      this.#post = (command, transfer) => worker.postMessage(command, transfer);
      this.#terminate = () => worker.terminate();
    }
  }

  /** Starts a thread and attaches it. */
  static async start(metrics: Metrics, kind: WorkerKind = "web"): Promise<Thread> {
    const thread = new Thread(kind);
    const port = metrics.connect();
    await thread.run({ do: "attach", port }, port.transfer);
    return thread;
  }

  /** Has a command done; rejects with what it threw. */
  async run(command: Command, transfer: MetricsPort["transfer"] = []): Promise<void> {
    this.#settle = Promise.withResolvers();
    this.#post(command, transfer);
    await this.#settle.promise;
  }

  /** Ends it from outside, without a word to it. */
  async terminate(): Promise<void> {
    await this.#terminate();
  }

  /** Ends it if the test has not. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  #receive({ error }: Reply): void {
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(new Error(error));
  }
}

/** Asks until the answer will do; rejects if it never does. */
export async function until<Answer>(ask: () => Promise<Answer>, isGood: (answer: Answer) => boolean): Promise<Answer> {
  for (let attempts = 2_000; attempts > 0; attempts--) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("Cannot get a good answer");
}
