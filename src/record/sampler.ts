/**
 * Choice of the calls that are recorded. At rate r each call is recorded with probability r, independently of all others;
 * the gaps between recorded calls are then geometric, and drawing a gap costs one random number per record instead of one
 * per call.
 *
 * Source: Devroye, Non-Uniform Random Variate Generation, 1986, chapter X.2 (inversion); Marsaglia, Xorshift RNGs, 2003.
 *
 * @module
 */

import { type Control, DISABLED } from "../ring/control.ts";

/** Longest gap, that of a rate of 0; only a change of the rate ends it. */
export const GAP_MAX: number = 2 ** 30 - 1;

/** Sampler of one thread. */
export class Sampler {
  /** Whether any gap was drawn; until then, no call can have been sampled out. */
  hasDrawn = false;
  readonly #control: Control;
  #state: number;
  #rate = 1;
  /** `1 / ln(1 − rate)`. */
  #scale = 0;
  /** Control word that `#share` was read for; -1 before the first. */
  #seen = -1;
  #share = 0;

  /**
   * Creates a sampler that follows a control.
   *
   * @param seed Any number; the same seed results in the same gaps
   */
  constructor(control: Control, seed: number) {
    this.#control = control;
    // Xorshift never leaves zero.
    this.#state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995 || 1;
  }

  /** Control word, which changes with the settings. */
  get word(): Int32Array {
    return this.#control.word;
  }

  /** Gate: 1 while anything is recorded, else 0. */
  get gate(): Int32Array {
    return this.#control.gate;
  }

  /** Share of calls that are recorded; 0 if recording is disabled. Costs one load while nothing changes. */
  get rate(): number {
    const word = this.#control.word[0];
    if (word !== this.#seen) {
      this.#seen = word;
      this.#share = word === DISABLED ? 0 : this.#control.samplingRate;
    }
    return this.#share;
  }

  /** Adopts the current rate for {@linkcode Sampler.drawGap}, and returns it. */
  adoptRate(): number {
    const rate = this.#control.samplingRate;
    this.#rate = rate;
    this.#scale = 1 / Math.log1p(-rate);
    return rate;
  }

  /** Returns the number of calls that are sampled out before the next recorded one, 0 to {@linkcode GAP_MAX}. */
  drawGap(): number {
    this.hasDrawn = true;
    if (this.#rate >= 1) return 0;
    if (this.#rate <= 0) return GAP_MAX;
    const gap = Math.floor(Math.log(this.#uniform()) * this.#scale);
    return gap < GAP_MAX ? gap : GAP_MAX;
  }

  /** Returns a random number, uniform in (0, 1). */
  #uniform(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 2 ** 32;
  }
}
