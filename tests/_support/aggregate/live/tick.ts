/**
 * Requests to a live feed.
 *
 * @module
 */

import type { LiveRequest } from "../../../../src/model/live_request.ts";

/** Request of a feed with one client for its next frame. */
export const TICK: LiveRequest = {
  feed: "a",
  intervalMs: 1_000,
  window: undefined,
  names: undefined,
  isTick: true,
  needsBeginning: false,
  clients: 1,
  framesLost: 0,
};
