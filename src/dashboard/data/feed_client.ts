/**
 * Connection to the live feed over the first transport that opens. It is opened again after it has ended, with a longer
 * delay after each failure. A connection that is silent for too long counts as ended.
 *
 * @module
 */

import type { LiveMessage } from "../../model/live_frames.ts";

/** Callbacks of a transport. */
export interface TransportEvents {
  /** Called when it has opened. */
  readonly onOpen: () => void;
  /** Called with each message. */
  readonly onText: (text: string) => void;
  /** Called when it has ended or could not be opened. */
  readonly onEnd: () => void;
}

/** Opens a connection; returns a function that closes it without calling back. */
export type Transport = (events: TransportEvents) => () => void;

/** State of the connection. */
export type FeedState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "reconnecting"; readonly inSeconds: number }
  | { readonly kind: "disconnected" };

/** Parts of a feed client. */
export interface FeedParts {
  /** Transports, in the order in which they are tried. */
  readonly transports: readonly Transport[];
  /** Called with each message. */
  readonly onMessage: (message: LiveMessage) => void;
  /** Called with each new state. */
  readonly onState: (state: FeedState) => void;
  /** Calls back after a delay; returns a function that cancels the call. */
  readonly schedule: (action: () => void, delayMs: number) => () => void;
  /** Returns a random number from 0 to 1. */
  readonly random: () => number;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
/** Number of silent intervals, in addition to a time for the network, after which a connection is ended. */
const SILENT_INTERVALS = 5;
const SILENT_EXTRA_MS = 5_000;
const SECOND_MS = 1_000;

/** Client that stays connected until it is closed. */
export class FeedClient {
  readonly #parts: FeedParts;
  #delayMs = FIRST_DELAY_MS;
  #intervalMs = SECOND_MS;
  #close: () => void = () => {};
  #cancel: () => void = () => {};

  /** Connects to the feed. */
  constructor(parts: FeedParts) {
    this.#parts = parts;
    parts.onState({ kind: "connecting" });
    this.#open(0);
  }

  /** Closes the connection. */
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
        this.#watchSilence();
      },
      onText: (text) => this.#receive(text),
      onEnd: () => {
        this.#cancel();
        if (!isOpen && transport + 1 < transports.length) this.#open(transport + 1);
        else this.#retry();
      },
    });
    this.#watchSilence();
  }

  #receive(text: string): void {
    const message: LiveMessage = JSON.parse(text);
    if (message.type === "start") {
      this.#intervalMs = message.intervalMs;
      this.#delayMs = FIRST_DELAY_MS;
      this.#parts.onState({ kind: "live" });
    }
    this.#watchSilence();
    this.#parts.onMessage(message);
  }

  /** Restarts the time after which a silent connection is ended. */
  #watchSilence(): void {
    this.#cancel();
    this.#cancel = this.#parts.schedule(() => {
      this.#close();
      this.#retry();
    }, SILENT_INTERVALS * this.#intervalMs + SILENT_EXTRA_MS);
  }

  /** Connects again after a delay, half of which is random, so that not all pages reconnect at once. */
  #retry(): void {
    const delayMs = this.#delayMs * (0.5 + this.#parts.random() / 2);
    this.#delayMs = Math.min(2 * this.#delayMs, LONGEST_DELAY_MS);
    this.#wait(delayMs);
  }

  #wait(remainingMs: number): void {
    const { onState, schedule } = this.#parts;
    if (remainingMs <= 0) {
      onState({ kind: "disconnected" });
      return this.#open(0);
    }
    onState({ kind: "reconnecting", inSeconds: Math.ceil(remainingMs / SECOND_MS) });
    // Counts down to whole seconds.
    const stepMs = remainingMs % SECOND_MS || SECOND_MS;
    this.#cancel = schedule(() => this.#wait(remainingMs - stepMs), stepMs);
  }
}

/** Describes a state in words. */
export function describeFeed(state: FeedState): string {
  switch (state.kind) {
    case "connecting":
      return "Connecting…";
    case "live":
      return "Live";
    case "reconnecting":
      return `Disconnected, reconnecting in ${state.inSeconds} s`;
    case "disconnected":
      return "Disconnected, reconnecting…";
  }
}
