/**
 * Settings as somebody asked for them, in memory that threads share: what is in force follows from them and from the
 * time. They outlive an aggregator that fails.
 *
 * A change is written to a slot of its own and published with one atomic word, so a reader sees all of it or nothing, two
 * that change at once lose nothing, and a thread that ends in the middle holds nobody up.
 *
 * @module
 */

import type { Rollout } from "../model/adjustable_settings.ts";

/** What is kept. */
export interface KeptSettings {
  /** Whether anything is recorded. */
  readonly enabled: boolean;
  /** The share of calls that are recorded, where no rollout says otherwise. */
  readonly samplingRate: number;
  /** The share of one core that recording may take on each thread; `undefined` if there is no such limit. */
  readonly budget: number | undefined;
  /** Whether what was set up to be exported is. */
  readonly exportEnabled: boolean;
  /** The last rollout, also if it has come to its end; `undefined` if the rate was set since. */
  readonly rollout: Rollout | undefined;
}

/** More than changes that can be under way while one is read. */
const SLOTS_COUNT = 16;
const SLOT_LENGTH = 16;
const HEADER_BYTES = 128;
const BUFFER_BYTES: number = HEADER_BYTES + SLOTS_COUNT * SLOT_LENGTH * Float64Array.BYTES_PER_ELEMENT;
/** The number of the change that counts. */
const VERSION = 0;
/** The last number that was given to a change. */
const CLAIMED = 1;
/** No budget is 0. */
const NO_BUDGET = 0;

/**
 * Allocates the memory of {@linkcode SettingsMemory}.
 *
 * @param shared Whether other threads use it
 */
export function createSettingsBuffer(shared: boolean): ArrayBufferLike {
  return shared ? new SharedArrayBuffer(BUFFER_BYTES) : new ArrayBuffer(BUFFER_BYTES);
}

/** What is kept, and how it changes. */
export class SettingsMemory {
  readonly #header: Int32Array;
  readonly #slots: Float64Array;

  /** A view of a buffer of {@linkcode createSettingsBuffer}. */
  constructor(buffer: ArrayBufferLike) {
    this.#header = new Int32Array(buffer, 0, 2);
    this.#slots = new Float64Array(buffer, HEADER_BYTES);
  }

  /** Another one after each change. */
  get version(): number {
    return Atomics.load(this.#header, VERSION);
  }

  /** What is kept now. */
  read(): KeptSettings {
    for (;;) {
      const { version } = this;
      const kept = decode(this.#slotOf(version));
      // Else the slot may have been taken for another change meanwhile.
      if (this.version === version) return kept;
    }
  }

  /** Changes what is kept; `change` is asked again if another thread was faster. */
  update(change: (kept: KeptSettings) => KeptSettings): void {
    for (;;) {
      const { version } = this;
      const next = change(this.read());
      const claimed = (Atomics.add(this.#header, CLAIMED, 1) + 1) | 0;
      // Threads that have ended before they published may have used up the numbers between.
      if (((claimed ^ version) & (SLOTS_COUNT - 1)) === 0) continue;
      encode(next, this.#slotOf(claimed));
      if (Atomics.compareExchange(this.#header, VERSION, version, claimed) === version) return;
    }
  }

  #slotOf(version: number): Float64Array {
    const start = (version & (SLOTS_COUNT - 1)) * SLOT_LENGTH;
    return this.#slots.subarray(start, start + SLOT_LENGTH);
  }
}

function encode({ enabled, samplingRate, budget, exportEnabled, rollout }: KeptSettings, slot: Float64Array): void {
  slot.set([Number(enabled), samplingRate, budget ?? NO_BUDGET, Number(exportEnabled), Number(rollout !== undefined)]);
  if (rollout === undefined) return;
  const { from, to, startedAtMs, overMs, rateBefore } = rollout;
  slot.set([from, to, startedAtMs, overMs, rateBefore], 5);
}

function decode([enabled, samplingRate, budget, exportEnabled, hasRollout, ...rest]: Float64Array): KeptSettings {
  const [from, to, startedAtMs, overMs, rateBefore] = rest;
  return {
    enabled: enabled === 1,
    samplingRate,
    budget: budget === NO_BUDGET ? undefined : budget,
    exportEnabled: exportEnabled === 1,
    rollout: hasRollout === 1 ? { from, to, startedAtMs, overMs, rateBefore } : undefined,
  };
}
