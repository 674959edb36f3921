/**
 * Reads the signals of requests only where Deno does not warn about it. Unless Deno runs with
 * `--unstable-no-legacy-abort`, it aborts the signals of answered requests too, and warns once when it answers a request
 * whose signal was read.
 *
 * No interface reports which behaviour applies, but the signal of a request that was already answered shows it, and
 * reading it then causes no warning. So the first slow requests are not watched, and tested once they are answered.
 *
 * @module
 */

/** Answered or ongoing request of `Deno.serve`, as Deno keeps it under an internal symbol. */
interface ServedRequest {
  /** Throws once the request is answered. */
  readonly remoteAddr: unknown;
  onCancel(): void;
}

/** Most requests that are tested at a time: some may take forever. */
const TESTED_MAX = 8;

const symbols = Object.getOwnPropertySymbols(new Request("http://localhost/"));
const [INNER, SIGNAL] = ["request", "signalCache"].map((name) =>
  symbols.find(({ description }) => description === name)
);

/** Signals that may be read. */
export class SafeSignals {
  /** Whether reading causes no warning; `undefined` until that is known. */
  #areSafe: boolean | undefined;
  #tested: Request[] = [];

  /** Reads all signals from now on, because the program accepts the warning. */
  readAll(): void {
    this.#areSafe = true;
  }

  /** Returns the signal of an ongoing request; `undefined` if it has none, or reading it may cause a warning. */
  read(request: Request): AbortSignal | undefined {
    if (this.#areSafe) return request.signal;
    const served = servedOf(request);
    // A request of another runtime, one that the program made, or one whose signal the program has read.
    if (served === undefined || wasRead(request)) return request.signal;
    if (this.#areSafe === undefined) this.#test(request);
    return this.#areSafe ? request.signal : undefined;
  }

  #test(request: Request): void {
    const answered = this.#tested.find((each) => isAnswered(servedOf(each)!));
    if (answered !== undefined) {
      this.#areSafe = !answered.signal.aborted;
      this.#tested = [];
    } else if (this.#tested.length < TESTED_MAX) this.#tested.push(request);
  }
}

/** Returns the request of `Deno.serve` behind a request; `undefined` if another one is. */
function servedOf(request: Request): ServedRequest | undefined {
  if (INNER === undefined) return undefined;
  const inner = (request as unknown as Record<symbol, ServedRequest | undefined>)[INNER];
  return typeof inner?.onCancel === "function" ? inner : undefined;
}

function wasRead(request: Request): boolean {
  return SIGNAL !== undefined && (request as unknown as Record<symbol, unknown>)[SIGNAL] !== undefined;
}

function isAnswered(served: ServedRequest): boolean {
  try {
    served.remoteAddr;
    return false;
  } catch {
    return true;
  }
}
