/**
 * Requested settings, in memory that threads share; the effective settings follow from them and from the time. They
 * outlive an aggregator that fails.
 *
 * A change is written to a separate slot and published with one atomic word, so a reader sees all of it or nothing, two
 * simultaneous changes are both applied, and a thread that ends in the middle of a change blocks no other.
 *
 * @module
 */

import type { Rollout } from "../model/adjustable_settings.ts";

/** Requested settings. */
export interface KeptSettings {
  /** Whether anything is recorded. */
  readonly enabled: boolean;
  /** Share of calls that is recorded, unless a rollout is set. */
  readonly samplingRate: number;
  /** Share of one core that recording may use on each thread; `undefined` for no limit. */
  readonly budget: number | undefined;
  /** Whether configured exports run. */
  readonly exportEnabled: boolean;
  /** Last rollout, even if it has ended; `undefined` if the rate was set since then. */
  readonly rollout: Rollout | undefined;
}

/** Number of slots: more than the changes that can be in progress while one is read. */
const SLOTS_COUNT = 16;
const SLOT_LENGTH = 16;
const HEADER_BYTES = 128;
const BUFFER_BYTES: number = HEADER_BYTES + SLOTS_COUNT * SLOT_LENGTH * Float64Array.BYTES_PER_ELEMENT;
/** Index of the number of the published change. */
const VERSION = 0;
/** Index of the last number that was assigned to a change. */
const CLAIMED = 1;
/** Encodes the absence of a budget, which is never 0. */
const NO_BUDGET = 0;

/**
 * Allocates the memory of {@linkcode SettingsMemory}.
 *
 * @param shared Whether other threads use it
 */
export function createSettingsBuffer(shared: boolean): ArrayBufferLike {
  return shared ? new SharedArrayBuffer(BUFFER_BYTES) : new ArrayBuffer(BUFFER_BYTES);
}

/** Requested settings in shared memory. */
export class SettingsMemory {
  readonly #header: Int32Array;
  readonly #slots: Float64Array;

  /** Creates a view of a buffer of {@linkcode createSettingsBuffer}. */
  constructor(buffer: ArrayBufferLike) {
    this.#header = new Int32Array(buffer, 0, 2);
    this.#slots = new Float64Array(buffer, HEADER_BYTES);
  }

  /** Number of the published change; differs after each one. */
  get version(): number {
    return Atomics.load(this.#header, VERSION);
  }

  /** Reads the requested settings. */
  read(): KeptSettings {
    for (;;) {
      const { version } = this;
      const kept = decode(this.#slotOf(version));
      // If the version has changed, the slot may have been reused for another change meanwhile.
      if (this.version === version) return kept;
    }
  }

  /** Changes the requested settings; calls `change` again if another thread has changed them meanwhile. */
  update(change: (kept: KeptSettings) => KeptSettings): void {
    for (;;) {
      const { version } = this;
      const next = change(this.read());
      const claimed = (Atomics.add(this.#header, CLAIMED, 1) + 1) | 0;
      // Threads that ended before they published may have used up the numbers in between.
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
