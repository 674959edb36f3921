/**
 * Goes through very many series without leaving an object for each to the garbage collector: the result of each step is
 * one and the same. Other work may be done between two steps, so a series that is added meanwhile is not part of it: its
 * label set may be that of one which was given before and is removed.
 *
 * @module
 */

/** What is asked of a series. */
export interface Listed {
  /** How many reads of its family had begun when it was added. */
  readonly readsBefore: number;
}

/** An iterator over series. */
export class SeriesPoints<Series extends Listed> implements IterableIterator<Series> {
  readonly #series: MapIterator<Series>;
  readonly #read: number;
  readonly #isShown: ((series: Series) => boolean) | undefined;
  readonly #result: { done: boolean; value: Series } = { done: false, value: undefined as unknown as Series };

  /**
   * Starts at the first.
   *
   * @param series All of them
   * @param read How many reads of the family began before this one
   * @param isShown Which ones to give; all if there is no choice
   */
  constructor(series: MapIterator<Series>, read: number, isShown?: (series: Series) => boolean) {
    this.#series = series;
    this.#read = read;
    this.#isShown = isShown;
  }

  /** The next one, valid until the one after it. */
  next(): IteratorResult<Series> {
    const result = this.#result;
    do {
      const { done, value } = this.#series.next();
      result.done = done === true;
      result.value = value as Series;
    } while (!result.done && !this.#isPart(result.value));
    return result as IteratorResult<Series>;
  }

  #isPart(series: Series): boolean {
    return series.readsBefore <= this.#read && (this.#isShown === undefined || this.#isShown(series));
  }

  /** See `IterableIterator`. */
  [Symbol.iterator](): this {
    return this;
  }
}
