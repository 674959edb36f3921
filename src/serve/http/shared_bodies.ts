/**
 * The bodies of answers, made one after the other and shared: requests for the same thing that come before it is begun
 * get one body.
 *
 * Bodies in use are counted by their bytes, a shared one once. While they come to a limit nothing new is begun. So at
 * most the limit and one body more are in memory, however slowly they are taken.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** A body, and what to say about it. */
export interface Body {
  /** The bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Told when nobody has a part in it any more. */
  readonly onUnused?: () => void;
}

/** A part in a body that others may have too. */
export interface Share {
  /** The body once it is made. */
  readonly body: Promise<Body>;
  /** Gives the part up; to be called once, whether or not the body was made. */
  release(): void;
}

interface Job {
  readonly key: string;
  readonly make: () => Promise<Body>;
  readonly body: PromiseWithResolvers<Body>;
  shares: number;
  /** What came of it; `undefined` until it is made. */
  made: Body | undefined;
}

/** Makes bodies. */
export class SharedBodies {
  readonly #bytesMax: number;
  /** What is not begun yet, by key, the oldest first. */
  readonly #waiting: Map<string, Job> = new Map();
  #isBusy = false;
  #bytes = 0;

  /** Has no bodies, and begins none while there are so many bytes or more. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes of the bodies in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Asks for a body.
   *
   * @param key The same for bodies that are the same at one moment
   * @param make Makes it, unless somebody has asked for the same already
   */
  take(key: string, make: () => Promise<Body>): Share {
    let job = this.#waiting.get(key);
    if (job === undefined) {
      job = { key, make, body: Promise.withResolvers(), shares: 0, made: undefined };
      // Those who wait hear of a failure; there may be nobody left.
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
    // Not at once: whoever has asked in the same turn of the event loop gets the same.
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
