/**
 * Protocol between the aggregator, which makes the messages of the live feed, and the server, which sends them to
 * clients.
 *
 * Clients with the same interval, window and filter share a feed. The aggregator makes messages as text, so that they
 * cross to another thread unchanged.
 *
 * @module
 */

import type { LiveStart } from "./live_frames.ts";

/** Request to a feed. */
export interface LiveRequest {
  /** Key of the feed, unique in the program. An unknown key starts a feed. */
  readonly feed: string;
  /** Milliseconds between two frames. */
  readonly intervalMs: number;
  /** Sliding window; `undefined` for the default one. */
  readonly window: string | undefined;
  /** Names of the requested metrics; `undefined` for all. */
  readonly names: readonly string[] | undefined;
  /** Whether to read the metrics and return the changes. */
  readonly isTick: boolean;
  /** Whether a client needs a beginning. */
  readonly needsBeginning: boolean;
  /** Number of clients, including those about to join; with none, the feed ends. */
  readonly clients: number;
  /** Number of frames that its clients have lost since the last request. */
  readonly framesLost: number;
}

/** Answer of a feed. */
export interface LiveAnswer {
  /** Whether the feed was unknown, so that its frames do not continue earlier ones. */
  readonly isNew: boolean;
  /** Milliseconds of the aggregator's thread that the answer took. */
  readonly costMs: number;
  /** Text of a `LiveFrame` of changes; `undefined` without a tick, or for a new feed. */
  readonly frame?: string;
  /** Definitions, and the text of a `LiveFrame` with every value. */
  readonly beginning?: { readonly start: LiveStart; readonly frame: string };
}

/** Source of live feeds. */
export interface LiveReader {
  /**
   * Sends a request to a feed.
   *
   * @returns The answer; `undefined` once the feed has ended, with the metrics or because all feeds exceed their memory
   * @throws {RangeError} If the window does not exist
   */
  [LIVE](request: LiveRequest): Promise<LiveAnswer | undefined>;
}

/** Key of the live feeds of metrics. */
export const LIVE: unique symbol = Symbol("hotpath.live");

/** Returns the live feeds of an object; `undefined` if it has none. */
export function liveReaderOf(source: object): LiveReader | undefined {
  return LIVE in source ? source as LiveReader : undefined;
}
