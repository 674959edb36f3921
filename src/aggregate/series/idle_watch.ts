/**
 * Since when scalars have not changed. Nobody notes when a cell is written, so values are compared from time to time.
 * Only where series may become idle at all: otherwise nothing is kept.
 *
 * @module
 */

import type { Scalar } from "./scalar.ts";

interface Change {
  readonly value: number;
  readonly atMs: number;
}

/** What the scalars of a family were when they were last looked at. */
export class IdleWatch {
  readonly #ttlMs: number;
  readonly #changes: WeakMap<Scalar, Change> = new WeakMap();

  /** @param ttlMs Milliseconds without a change after which a scalar is idle; `Infinity` for never */
  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  /** Whether anything is ever idle. */
  get watches(): boolean {
    return this.#ttlMs !== Number.POSITIVE_INFINITY;
  }

  /** Looks at a scalar; whether it is idle. */
  look(scalar: Scalar, nowMs: number): boolean {
    if (!this.watches) return false;
    const { value } = scalar;
    const seen = this.#changes.get(scalar);
    if (seen !== undefined && Object.is(seen.value, value)) return nowMs - seen.atMs >= this.#ttlMs;
    this.#changes.set(scalar, { value, atMs: nowMs });
    return false;
  }
}
