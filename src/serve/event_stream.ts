/**
 * Clients of the live feed that are sent server-sent events: an answer that does not end.
 *
 * Source: HTML Living Standard, "Server-sent events".
 *
 * @module
 */

import type { Outlet } from "./live_client.ts";
import type { Place } from "./live_hub.ts";

/** The media type of server-sent events. */
export const EVENT_STREAM = "text/event-stream";

/** What a stream may hold before its desired size is zero; only the difference to that is looked at. */
const ROOM_BYTES = 2 ** 20;
/** When a client comes again that was cut off. */
const RETRY = "retry: 2000\n\n";
const COMMENT = ":\n\n";

const ENCODER = new TextEncoder();

/** Headers of such an answer: no proxy may keep it, hold it back or compress it. */
export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": EVENT_STREAM,
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

/** The events of a client, which leaves its place when it reads no more. */
export function eventStream(place: Place): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(ENCODER.encode(RETRY));
      place.take(outletOf(controller, place));
    },
    cancel: () => place.leave(),
  }, { highWaterMark: ROOM_BYTES, size: (chunk) => chunk.byteLength });
}

function outletOf(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>, place: Place): Outlet {
  let hasEnded = false;
  const bufferedBytes = () => ROOM_BYTES - (controller.desiredSize ?? 0);
  const end = (act: () => void) => {
    if (hasEnded) return;
    hasEnded = true;
    place.leave();
    act();
  };
  return {
    get bufferedBytes() {
      return bufferedBytes();
    },
    send: ({ event }) => {
      if (!hasEnded) controller.enqueue(event);
    },
    beat: () => {
      // What waits for it shows a proxy that there is life.
      if (!hasEnded && bufferedBytes() === 0) controller.enqueue(ENCODER.encode(COMMENT));
      return true;
    },
    end: () => end(() => controller.close()),
    terminate: () => end(() => controller.error(new Error("the client is too slow"))),
  };
}
