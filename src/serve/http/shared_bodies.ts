/**
 * Bodies of answers, made one after the other and shared: equal requests that arrive before their answer is begun share
 * one body.
 *
 * Bodies in use are counted by their bytes, a shared one once. At the limit no new one is begun, so at most the limit
 * plus one body is in memory, however slowly they are read.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Body with its headers. */
export interface Body {
  /** Encoded bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called once no request uses the body. */
  readonly onUnused?: () => void;
}

/** Share of a body. */
export interface Share {
  /** Body, once it is made. */
  readonly body: Promise<Body>;
  /** Releases the share; must be called once, whether or not the body was made. */
  release(): void;
}

interface Job {
  readonly key: string;
  readonly make: () => Promise<Body>;
  readonly body: PromiseWithResolvers<Body>;
  shares: number;
  /** Body; `undefined` until it is made. */
  made: Body | undefined;
}

/** Maker of bodies. */
export class SharedBodies {
  readonly #bytesMax: number;
  /** Jobs not begun yet, by key, the oldest first. */
  readonly #waiting: Map<string, Job> = new Map();
  #isBusy = false;
  #bytes = 0;

  /** Creates an empty set; no body is begun while those in use reach `bytesMax`. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes of the bodies in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Requests a body.
   *
   * @param key Key, equal for bodies that are equal at one moment
   * @param make Makes the body, unless one with the same key is already requested
   */
  take(key: string, make: () => Promise<Body>): Share {
    let job = this.#waiting.get(key);
    if (job === undefined) {
      job = { key, make, body: Promise.withResolvers(), shares: 0, made: undefined };
      // Waiting requests are rejected; there may be none left.
      job.body.promise.catch(() => {});
      this.#waiting.set(key, job);
      this.#next();
    }
    job.shares += 1;
    return { body: job.body.promise, release: () => this.#release(job) };
  }

  #next(): void {
    if (this.#isBusy || this.#waiting.size === 0 || this.#bytes >= this.#bytesMax) return;
    this.#isBusy = true;
    // Deferred, so that requests of the same turn of the event loop share it.
    setImmediate(() => void this.#begin());
  }

  async #begin(): Promise<void> {
    const [job] = this.#waiting.values();
    if (job !== undefined) {
      this.#waiting.delete(job.key);
      await this.#make(job);
    }
    this.#isBusy = false;
    this.#next();
  }

  async #make(job: Job): Promise<void> {
    try {
      const body = await job.make();
      if (job.shares === 0) return body.onUnused?.();
      job.made = body;
      this.#bytes += body.bytes.byteLength;
      job.body.resolve(body);
    } catch (error) {
      job.body.reject(error);
    }
  }

  #release(job: Job): void {
    job.shares -= 1;
    if (job.shares > 0) return;
    if (this.#waiting.get(job.key) === job) this.#waiting.delete(job.key);
    if (job.made !== undefined) {
      this.#bytes -= job.made.bytes.byteLength;
      job.made.onUnused?.();
    }
    this.#next();
  }
}
