/**
 * Clients of the live feed that are sent server-sent events: an answer that does not end.
 *
 * Source: HTML Living Standard, "Server-sent events".
 *
 * @module
 */

import type { Outlet } from "./live_client.ts";
import type { Place } from "./live_hub.ts";
import type { Message } from "./live_message.ts";
import { OutQueue } from "./out_queue.ts";

/** The media type of server-sent events. */
export const EVENT_STREAM = "text/event-stream";

const ENCODER = new TextEncoder();
/** When a client comes again whose connection was ended. */
const RETRY_EVENT = ENCODER.encode("retry: 2000\n\n");
/** What waits for a client shows a proxy that there is life; to one for which nothing waits, this does. */
const COMMENT_EVENT = ENCODER.encode(":\n\n");

/** Headers of such an answer: no proxy may keep it, hold it back or compress it. */
export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": EVENT_STREAM,
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

/** The events of a client, which leaves its place when it reads no more. */
export function eventStream(place: Place): ReadableStream<Uint8Array<ArrayBuffer>> {
  const outlet = new EventOutlet(place);
  return new ReadableStream({
    start: (controller) => outlet.begin(controller),
    pull: () => outlet.pull(),
    cancel: () => outlet.leave(),
    // So that a slice is asked for once the one before has gone.
  }, { highWaterMark: 0 });
}

class EventOutlet implements Outlet {
  readonly #place: Place;
  readonly #queue: OutQueue;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  /** Whether a slice was asked for and there was none. */
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

  beat(): boolean {
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
