/**
 * Scrapes in flight, limited in number and time, counted until the answer is sent and not only until it is made.
 * Otherwise clients that do not read would accumulate answers.
 *
 * @module
 */

import { HttpProblem } from "./http/problem.ts";
import { type Body, type Share, SharedBodies } from "./http/shared_bodies.ts";

/** Limits of the scrapes in flight. */
export interface ScrapeLimits {
  /** Maximum number of scrapes in flight. */
  readonly scrapesMax: number;
  /** Milliseconds from the request until the answer must be sent. */
  readonly scrapeTimeoutMs: number;
  /** Bytes of answers in flight above which the next scrape waits. */
  readonly responseBytesMax: number;
}

/** Requested scrape. */
export interface Scrape {
  /** Key, equal for scrapes with equal answers at one moment. */
  readonly key: string;
  /** Makes the answer. */
  readonly make: () => Promise<Body>;
  /** Whether the answer has headers only. */
  readonly isHead: boolean;
}

/** Bytes passed to the server at once, the part of an answer that may be buffered without waiting. */
const SLICE_BYTES = 65_536;
const RETRY_AFTER = { "retry-after": "1" };

/** Answers scrapes. */
export class Scrapes {
  readonly #limits: ScrapeLimits;
  readonly #bodies: SharedBodies;
  #inFlight = 0;

  /** Creates an empty set. */
  constructor(limits: ScrapeLimits) {
    this.#limits = limits;
    this.#bodies = new SharedBodies(limits.responseBytesMax);
  }

  /** Number of scrapes in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Bytes of answers in flight. */
  get bytes(): number {
    return this.#bodies.bytes;
  }

  /**
   * Answers a scrape.
   *
   * @throws {HttpProblem} If there are too many scrapes, or this one takes too long
   */
  async answer({ key, make, isHead }: Scrape): Promise<Response> {
    const { scrapesMax } = this.#limits;
    if (this.#inFlight >= scrapesMax) {
      throw new HttpProblem(503, `the limit of ${scrapesMax} scrapes in flight is reached`, RETRY_AFTER);
    }
    const flight = this.#begin(this.#bodies.take(key, make));
    try {
      const { bytes, headers } = await flight.body;
      const init = { headers: { ...headers, "content-length": `${bytes.byteLength}` } };
      if (!isHead) return new Response(streamOf(bytes, flight), init);
      flight.end();
      return new Response(null, init);
    } catch (error) {
      flight.end();
      throw error;
    }
  }

  #begin(share: Share): Flight {
    this.#inFlight += 1;
    return new Flight(share, this.#limits.scrapeTimeoutMs, () => this.#inFlight -= 1);
  }
}

/** Scrape from its request until its answer is sent, given up, or late. */
class Flight {
  /** Answer, unless it is late. */
  readonly body: Promise<Body>;
  readonly #share: Share;
  readonly #onEnd: () => void;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #late: PromiseWithResolvers<never> = Promise.withResolvers();
  #hasEnded = false;

  constructor(share: Share, timeoutMs: number, onEnd: () => void) {
    this.#share = share;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.#expire(timeoutMs), timeoutMs);
    this.body = Promise.race([share.body, this.#late.promise]);
  }

  /** Calls back once the scrape is late. */
  onLate(callback: (error: Error) => void): void {
    this.#late.promise.catch(callback);
  }

  /** Releases its place and its share of the answer. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#share.release();
    this.#onEnd();
  }

  #expire(timeoutMs: number): void {
    this.#late.reject(new HttpProblem(503, `the scrape took longer than ${timeoutMs / 1_000} s`, RETRY_AFTER));
    this.end();
  }
}

/**
 * Streams bytes no faster than they are sent. The end is detected at the read after the last slice, which is by then
 * sent.
 */
function streamOf(bytes: Uint8Array<ArrayBuffer>, flight: Flight): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  return new ReadableStream({
    start: (controller) =>
      flight.onLate((error) => {
        // Has no effect on a stream that was read to its end or given up.
        controller.error(error);
      }),
    pull: (controller) => {
      if (sent >= bytes.byteLength) {
        flight.end();
        return controller.close();
      }
      controller.enqueue(bytes.subarray(sent, sent += SLICE_BYTES));
    },
    cancel: () => flight.end(),
  }, { highWaterMark: 0 });
}
