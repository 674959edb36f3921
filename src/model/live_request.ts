/**
 * The words between the aggregator, which makes the messages of the live feed, and what sends them to clients.
 *
 * A feed is what clients with the same interval, window and filter share. Its messages are made where the series are, as
 * text, so that they cross to another thread as they are.
 *
 * @module
 */

import type { LiveStart } from "./live_frames.ts";

/** What is asked of a feed. */
export interface LiveRequest {
  /** Which feed; unique in the program. One that is not known yet begins. */
  readonly feed: string;
  /** Milliseconds between two frames. */
  readonly intervalMs: number;
  /** The sliding window; `undefined` for the one that is usual. */
  readonly window: string | undefined;
  /** Names of the metrics that are wanted; `undefined` for all. */
  readonly names: readonly string[] | undefined;
  /** Whether it moves on: reads, and tells what has changed. */
  readonly isTick: boolean;
  /** Whether a client needs to begin. */
  readonly needsBeginning: boolean;
  /** Clients that it has, those about to come among them; with none, it ends. */
  readonly clients: number;
  /** Frames that its clients have lost since it was last asked. */
  readonly framesLost: number;
}

/** What a feed tells. */
export interface LiveAnswer {
  /** Whether it was not known, so that nothing goes on from what was told before. */
  readonly isNew: boolean;
  /** Milliseconds that this has taken of the aggregator's thread. */
  readonly costMs: number;
  /** What has changed, as the text of a `LiveFrame`; `undefined` if it does not move on, or is new. */
  readonly frame?: string;
  /** What to begin with at this moment: the definitions, and the text of a `LiveFrame` that has every value. */
  readonly beginning?: { readonly start: LiveStart; readonly frame: string };
}

/** Tells of feeds. */
export interface LiveReader {
  /**
   * Asks a feed.
   *
   * @returns `undefined` once it has ended: with the metrics, or because all feeds together remember too much
   * @throws {RangeError} If there is no such window
   */
  [LIVE](request: LiveRequest): Promise<LiveAnswer | undefined>;
}

/** The feeds of metrics that have any. */
export const LIVE: unique symbol = Symbol("hotpath.live");

/** What tells of the feeds of something that may have any; `undefined` if not. */
export function liveReaderOf(source: object): LiveReader | undefined {
  return LIVE in source ? source as LiveReader : undefined;
}
