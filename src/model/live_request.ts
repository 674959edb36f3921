/**
 * Protocol between the aggregator, which makes the messages of the live feed, and the server that sends them to
 * clients.
 *
 * A feed is shared by clients with the same interval, window and filter. Its messages are made where the series are, as
 * text, so that they cross to another thread unchanged.
 *
 * @module
 */

import type { LiveStart } from "./live_frames.ts";

/** Request to a feed. */
export interface LiveRequest {
  /** Key of the feed, unique in the program. An unknown one begins. */
  readonly feed: string;
  /** Milliseconds between two frames. */
  readonly intervalMs: number;
  /** Sliding window; `undefined` for the default one. */
  readonly window: string | undefined;
  /** Names of the requested metrics; `undefined` for all. */
  readonly names: readonly string[] | undefined;
  /** Whether to read the metrics and return what has changed. */
  readonly isTick: boolean;
  /** Whether a client needs a beginning. */
  readonly needsBeginning: boolean;
  /** Number of clients, including those about to join; with none, the feed ends. */
  readonly clients: number;
  /** Frames that its clients have lost since the last request. */
  readonly framesLost: number;
}

/** Answer of a feed. */
export interface LiveAnswer {
  /** Whether the feed was unknown, so that nothing continues from earlier answers. */
  readonly isNew: boolean;
  /** Milliseconds that this has taken of the aggregator's thread. */
  readonly costMs: number;
  /** Text of a `LiveFrame` with what has changed; `undefined` without a tick, or for a new feed. */
  readonly frame?: string;
  /** Definitions, and the text of a `LiveFrame` that has every value. */
  readonly beginning?: { readonly start: LiveStart; readonly frame: string };
}

/** Source of live feeds. */
export interface LiveReader {
  /**
   * Requests something of a feed.
   *
   * @returns `undefined` once it has ended: with the metrics, or because all feeds together remember too much
   * @throws {RangeError} If there is no such window
   */
  [LIVE](request: LiveRequest): Promise<LiveAnswer | undefined>;
}

/** Key of the live feeds of metrics. */
export const LIVE: unique symbol = Symbol("hotpath.live");

/** Returns the live feeds of an object; `undefined` if it has none. */
export function liveReaderOf(source: object): LiveReader | undefined {
  return LIVE in source ? source as LiveReader : undefined;
}
