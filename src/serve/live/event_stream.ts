/**
 * Clients of the live feed over server-sent events: an answer without an end.
 *
 * Source: HTML Living Standard, "Server-sent events".
 *
 * @module
 */

import type { Outlet } from "./live_client.ts";
import type { Place } from "./live_hub.ts";
import type { Message } from "./live_message.ts";
import { OutQueue } from "./out_queue.ts";

/** Media type of server-sent events. */
export const EVENT_STREAM = "text/event-stream";

const ENCODER = new TextEncoder();
/** Event that sets the time after which a client reconnects. */
const RETRY_EVENT = ENCODER.encode("retry: 2000\n\n");
/** Comment that keeps a proxy from closing an idle connection. */
const COMMENT_EVENT = ENCODER.encode(":\n\n");

/** Headers of the answer: no proxy may cache, buffer or compress it. */
export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": EVENT_STREAM,
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

/** Streams events to a client, and releases its place when it stops reading. */
export function eventStream(place: Place): ReadableStream<Uint8Array<ArrayBuffer>> {
  const outlet = new EventOutlet(place);
  return new ReadableStream({
    start: (controller) => outlet.begin(controller),
    pull: () => outlet.pull(),
    cancel: () => outlet.leave(),
    // A slice is requested once the previous one is sent.
  }, { highWaterMark: 0 });
}

class EventOutlet implements Outlet {
  readonly #place: Place;
  readonly #queue: OutQueue;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  /** Whether a slice was requested while there was none. */
  #isAsked = false;
  #hasEnded = false;

  constructor(place: Place) {
    this.#place = place;
    this.#queue = new OutQueue(place.account);
  }

  get bufferedBytes(): number {
    return this.#queue.byteLength;
  }

  begin(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    this.#controller = controller;
    this.#add(RETRY_EVENT);
    this.#place.take(this);
  }

  pull(): void {
    const slice = this.#queue.next();
    this.#isAsked = slice === undefined;
    if (slice !== undefined) this.#controller.enqueue(slice.bytes);
  }

  send({ event }: Message): void {
    this.#add(event);
  }

  heartbeat(): boolean {
    if (this.bufferedBytes === 0) this.#add(COMMENT_EVENT);
    return true;
  }

  end(): void {
    this.#end(() => this.#controller.close());
  }

  terminate(): void {
    this.#end(() => this.#controller.error(new Error("the client is too slow")));
  }

  leave(): void {
    this.#end(() => {});
  }

  #add(event: Uint8Array<ArrayBuffer>): void {
    if (this.#hasEnded) return;
    this.#queue.add(event);
    if (this.#isAsked) this.pull();
  }

  #end(act: () => void): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#queue.clear();
    this.#place.leave();
    act();
  }
}
