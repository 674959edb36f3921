/**
 * How many calls to leave out before the next one is recorded. At rate r each call is recorded with probability r,
 * independently of all others; the gaps between the recorded ones are then geometric, and drawing a gap costs one random
 * number a record instead of one a call.
 *
 * Source: Devroye, Non-Uniform Random Variate Generation, 1986, chapter X.2 (inversion); Marsaglia, Xorshift RNGs, 2003.
 *
 * @module
 */

import { type Control, DISABLED } from "../ring/control.ts";

/** The longest gap; for a rate of 0, where it never ends by itself. */
export const GAP_MAX: number = 2 ** 30 - 1;

/** Draws gaps for the instruments of one thread. */
export class Sampler {
  /** Whether a gap was drawn yet; before, nothing can have been left out. */
  hasDrawn = false;
  readonly #control: Control;
  #state: number;
  #rate = 1;
  /** `1 / ln(1 − rate)`. */
  #scale = 0;
  /** The control word that {@linkcode Sampler.rate} was found for; none yet. */
  #seen = -1;
  #share = 0;

  /**
   * Follows a control.
   *
   * @param seed Any number; the same one gives the same gaps
   */
  constructor(control: Control, seed: number) {
    this.#control = control;
    // Xorshift never leaves zero.
    this.#state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995 || 1;
  }

  /** The word that changes with the settings. */
  get word(): Int32Array {
    return this.#control.word;
  }

  /** One while anything is recorded, else zero. */
  get gate(): Int32Array {
    return this.#control.gate;
  }

  /** The share of calls that are recorded; 0 if nothing is. Costs one load while nothing changes. */
  get rate(): number {
    const word = this.#control.word[0];
    if (word !== this.#seen) {
      this.#seen = word;
      this.#share = word === DISABLED ? 0 : this.#control.samplingRate;
    }
    return this.#share;
  }

  /** Takes over the present rate, and gives it. */
  adoptRate(): number {
    const rate = this.#control.samplingRate;
    this.#rate = rate;
    this.#scale = 1 / Math.log1p(-rate);
    return rate;
  }

  /** How many calls are left out before the next recorded one, 0 to {@linkcode GAP_MAX}. */
  drawGap(): number {
    this.hasDrawn = true;
    if (this.#rate >= 1) return 0;
    if (this.#rate <= 0) return GAP_MAX;
    const gap = Math.floor(Math.log(this.#uniform()) * this.#scale);
    return gap < GAP_MAX ? gap : GAP_MAX;
  }

  /** Uniform in (0, 1). */
  #uniform(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 2 ** 32;
  }
}
