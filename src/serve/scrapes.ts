/**
 * Scrapes in flight: so many at a time and each for so long, counted until the answer is sent and not only until it is
 * made. Else readers that do not read would pile up answers.
 *
 * @module
 */

import { HttpProblem } from "./http/problem.ts";
import { type Body, type Share, SharedBodies } from "./http/shared_bodies.ts";

/** How much is answered at once. */
export interface ScrapeLimits {
  /** Scrapes in flight. */
  readonly scrapesMax: number;
  /** Milliseconds from the request until the answer is sent. */
  readonly scrapeTimeoutMs: number;
  /** Bytes of answers that are being sent. */
  readonly responseBytesMax: number;
}

/** What is to be answered. */
export interface Scrape {
  /** The same for scrapes that have the same answer at one moment. */
  readonly key: string;
  /** Makes the answer. */
  readonly make: () => Promise<Body>;
  /** Whether the answer is headers alone. */
  readonly isHead: boolean;
}

/** What is handed on at once: so much of an answer can be on its way and not be waited for. */
const SLICE_BYTES = 65_536;
const RETRY_AFTER = { "retry-after": "1" };

/** Answers scrapes. */
export class Scrapes {
  readonly #limits: ScrapeLimits;
  readonly #bodies: SharedBodies;
  #inFlight = 0;

  /** Has nothing in flight. */
  constructor(limits: ScrapeLimits) {
    this.#limits = limits;
    this.#bodies = new SharedBodies(limits.responseBytesMax);
  }

  /** How many are in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Bytes of answers that are being sent. */
  get bytes(): number {
    return this.#bodies.bytes;
  }

  /**
   * Answers a scrape.
   *
   * @throws {HttpProblem} If there are too many, or it takes too long
   */
  async answer({ key, make, isHead }: Scrape): Promise<Response> {
    const { scrapesMax } = this.#limits;
    if (this.#inFlight >= scrapesMax) {
      throw new HttpProblem(503, `${scrapesMax} scrapes are in flight already`, RETRY_AFTER);
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

/** One scrape, from its request until its answer is sent, given up, or late. */
class Flight {
  /** The answer, unless it comes too late. */
  readonly body: Promise<Body>;
  readonly #share: Share;
  readonly #onEnd: () => void;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #late: PromiseWithResolvers<never> = Promise.withResolvers();
  #hasEnded = false;

  constructor(share: Share, timeoutMs: number, onEnd: () => void) {
    this.#share = share;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.#beLate(timeoutMs), timeoutMs);
    this.body = Promise.race([share.body, this.#late.promise]);
  }

  /** Calls back if it is late. */
  onLate(tell: (error: Error) => void): void {
    this.#late.promise.catch(tell);
  }

  /** Gives its place and its part in the answer to others. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#share.release();
    this.#onEnd();
  }

  #beLate(timeoutMs: number): void {
    this.#late.reject(new HttpProblem(503, `the scrape took longer than ${timeoutMs / 1_000} s`, RETRY_AFTER));
    this.end();
  }
}

/**
 * Bytes that are handed on no faster than they are sent. Their end is told at the read behind the last slice, so once
 * that was sent.
 */
function streamOf(bytes: Uint8Array<ArrayBuffer>, flight: Flight): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  return new ReadableStream({
    start: (controller) =>
      flight.onLate((error) => {
        // Of a stream that was read to its end or given up, nothing is heard here.
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
