/**
 * Indicators that take a price and return their new value, at a cost that does not depend on their
 * length. All are `NaN` until they have seen enough prices, and no comparison with `NaN` holds.
 *
 * @module
 */

/** The mean of the last prices. */
export class MovingAverage {
  readonly #prices: Float64Array<ArrayBuffer>;
  #sum = 0;
  #count = 0;

  /** Over this many prices. */
  constructor(length: number) {
    this.#prices = new Float64Array(length);
  }

  /** Takes a price and returns the average. */
  add(price: number): number {
    const { length } = this.#prices;
    const index = this.#count++ % length;
    this.#sum += price - this.#prices[index];
    this.#prices[index] = price;
    return this.#count < length ? NaN : this.#sum / length;
  }
}

/**
 * The relative strength index: which share of the recent movement was upward, 0 to 100.
 *
 * Source: J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978; with his smoothing,
 * which starts from the plain mean of the first changes.
 */
export class Rsi {
  readonly #length: number;
  #last = NaN;
  #gain = 0;
  #loss = 0;
  #changes = 0;

  /** Over this many changes of price. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Takes a price and returns the index. */
  add(price: number): number {
    const change = price - this.#last;
    this.#last = price;
    if (Number.isNaN(change)) return NaN;
    this.#changes += 1;
    // Dividing by the number of changes seen, while there are few, yields their plain mean.
    const weight = 1 / Math.min(this.#changes, this.#length);
    this.#gain += (Math.max(change, 0) - this.#gain) * weight;
    this.#loss += (Math.max(-change, 0) - this.#loss) * weight;
    if (this.#changes < this.#length) return NaN;
    const movement = this.#gain + this.#loss;
    return movement === 0 ? 50 : 100 * this.#gain / movement;
  }
}
