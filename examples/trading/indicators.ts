/**
 * Indicators. Each takes a price and returns its new value in constant time. The value is `NaN`, with which no comparison
 * is true, until there are enough prices.
 *
 * @module
 */

/** Mean of the last prices. */
export class MovingAverage {
  readonly #prices: Float64Array<ArrayBuffer>;
  #sum = 0;
  #count = 0;

  /** Over this many prices. */
  constructor(length: number) {
    this.#prices = new Float64Array(length);
  }

  /** Adds a price and returns the average. */
  add(price: number): number {
    const { length } = this.#prices;
    const index = this.#count++ % length;
    this.#sum += price - this.#prices[index];
    this.#prices[index] = price;
    return this.#count < length ? NaN : this.#sum / length;
  }
}

/**
 * Relative strength index: the share of recent movement that was upward, 0 to 100.
 *
 * Source: J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978. His smoothing starts with the mean of the
 * first changes.
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

  /** Adds a price and returns the index. */
  add(price: number): number {
    const change = price - this.#last;
    this.#last = price;
    if (Number.isNaN(change)) return NaN;
    this.#changes += 1;
    // With fewer changes than the length, dividing by their number yields their mean.
    const weight = 1 / Math.min(this.#changes, this.#length);
    this.#gain += (Math.max(change, 0) - this.#gain) * weight;
    this.#loss += (Math.max(-change, 0) - this.#loss) * weight;
    if (this.#changes < this.#length) return NaN;
    const movement = this.#gain + this.#loss;
    return movement === 0 ? 50 : 100 * this.#gain / movement;
  }
}
