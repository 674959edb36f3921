/**
 * Time since which scalars are unchanged. Writes of cells are not noted, so values are compared at intervals, and only
 * if series can become idle.
 *
 * @module
 */

import type { Scalar } from "./scalar.ts";

interface Change {
  readonly value: number;
  readonly atMs: number;
}

/** Last known values of a family's scalars. */
export class IdleWatch {
  readonly #ttlMs: number;
  readonly #changes: WeakMap<Scalar, Change> = new WeakMap();

  /** @param ttlMs Milliseconds without a change after which a scalar is idle; `Infinity` for never */
  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  /** Whether scalars can become idle. */
  get watches(): boolean {
    return this.#ttlMs !== Number.POSITIVE_INFINITY;
  }

  /** Compares a scalar with its last known value; returns whether it is idle. */
  look(scalar: Scalar, nowMs: number): boolean {
    if (!this.watches) return false;
    const { value } = scalar;
    const seen = this.#changes.get(scalar);
    if (seen !== undefined && Object.is(seen.value, value)) return nowMs - seen.atMs >= this.#ttlMs;
    this.#changes.set(scalar, { value, atMs: nowMs });
    return false;
  }
}
