/**
 * Goes through very many series without leaving an object for each to the garbage collector: the result of each step is
 * one and the same.
 *
 * @module
 */

/** An iterator over series. */
export class SeriesPoints<Series> implements IterableIterator<Series> {
  readonly #series: MapIterator<Series>;
  readonly #isShown: ((series: Series) => boolean) | undefined;
  readonly #result: { done: boolean; value: Series } = { done: false, value: undefined as Series };

  /**
   * Starts at the first.
   *
   * @param series All of them
   * @param isShown Which ones to give; all if there is no choice
   */
  constructor(series: MapIterator<Series>, isShown?: (series: Series) => boolean) {
    this.#series = series;
    this.#isShown = isShown;
  }

  /** The next one, valid until the one after it. */
  next(): IteratorResult<Series> {
    const result = this.#result;
    do {
      const { done, value } = this.#series.next();
      result.done = done === true;
      result.value = value as Series;
    } while (!result.done && this.#isShown !== undefined && !this.#isShown(result.value));
    return result as IteratorResult<Series>;
  }

  /** See `IterableIterator`. */
  [Symbol.iterator](): this {
    return this;
  }
}
