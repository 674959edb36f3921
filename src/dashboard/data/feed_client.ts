/**
 * Keeps a connection to the live feed: by the first transport that opens, and again after it has ended, later each time
 * that fails. What has said nothing for too long has ended, too.
 *
 * @module
 */

import type { LiveMessage } from "../../model/live_frames.ts";

/** What a transport tells. */
export interface TransportEvents {
  /** It is open. */
  readonly onOpen: () => void;
  /** A message has come. */
  readonly onText: (text: string) => void;
  /** It has ended, or could not be opened. */
  readonly onEnd: () => void;
}

/** Opens a connection; gives what closes it without telling. */
export type Transport = (events: TransportEvents) => () => void;

/** How the feed does. */
export type FeedState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "reconnecting"; readonly inSeconds: number }
  | { readonly kind: "disconnected" };

/** What a feed is made from. */
export interface FeedParts {
  /** Ways to connect, the one that is preferred first. */
  readonly transports: readonly Transport[];
  /** Told of each message. */
  readonly onMessage: (message: LiveMessage) => void;
  /** Told how the feed does, whenever that changes. */
  readonly onState: (state: FeedState) => void;
  /** Does something later; gives what calls it off. */
  readonly schedule: (action: () => void, delayMs: number) => () => void;
  /** 0 to 1. */
  readonly random: () => number;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
/** Silence of so many intervals, and some for the way, is the end. */
const SILENT_INTERVALS = 5;
const SILENT_EXTRA_MS = 5_000;
const SECOND_MS = 1_000;

/** Connects until it is closed. */
export class FeedClient {
  readonly #parts: FeedParts;
  #delayMs = FIRST_DELAY_MS;
  #intervalMs = SECOND_MS;
  #close: () => void = () => {};
  #cancel: () => void = () => {};

  /** Connects. */
  constructor(parts: FeedParts) {
    this.#parts = parts;
    parts.onState({ kind: "connecting" });
    this.#open(0);
  }

  /** Ends. */
  close(): void {
    this.#cancel();
    this.#close();
  }

  #open(transport: number): void {
    const { transports } = this.#parts;
    let isOpen = false;
    this.#close = transports[transport]({
      onOpen: () => {
        isOpen = true;
        this.#expect();
      },
      onText: (text) => this.#take(text),
      onEnd: () => {
        this.#cancel();
        if (!isOpen && transport + 1 < transports.length) this.#open(transport + 1);
        else this.#retry();
      },
    });
    this.#expect();
  }

  #take(text: string): void {
    const message: LiveMessage = JSON.parse(text);
    if (message.type === "start") {
      this.#intervalMs = message.intervalMs;
      this.#delayMs = FIRST_DELAY_MS;
      this.#parts.onState({ kind: "live" });
    }
    this.#expect();
    this.#parts.onMessage(message);
  }

  /** Ends a connection that is silent. */
  #expect(): void {
    this.#cancel();
    this.#cancel = this.#parts.schedule(() => {
      this.#close();
      this.#retry();
    }, SILENT_INTERVALS * this.#intervalMs + SILENT_EXTRA_MS);
  }

  /** Half of the delay is by chance, so that not all pages come back at once. */
  #retry(): void {
    const delayMs = this.#delayMs * (0.5 + this.#parts.random() / 2);
    this.#delayMs = Math.min(2 * this.#delayMs, LONGEST_DELAY_MS);
    this.#wait(delayMs);
  }

  #wait(restMs: number): void {
    const { onState, schedule } = this.#parts;
    if (restMs <= 0) {
      onState({ kind: "disconnected" });
      return this.#open(0);
    }
    onState({ kind: "reconnecting", inSeconds: Math.ceil(restMs / SECOND_MS) });
    // Counts down to a whole second first, then by seconds.
    const stepMs = restMs % SECOND_MS || SECOND_MS;
    this.#cancel = schedule(() => this.#wait(restMs - stepMs), stepMs);
  }
}

/** How the feed does, in words. */
export function describeFeed(state: FeedState): string {
  switch (state.kind) {
    case "connecting":
      return "connecting";
    case "live":
      return "live";
    case "reconnecting":
      return `disconnected, reconnecting in ${state.inSeconds} s`;
    case "disconnected":
      return "disconnected, trying to reconnect";
  }
}
