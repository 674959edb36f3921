/**
 * Iteration over very many series without an object for each: every step returns the same object. Other work may be
 * done between two steps, so series added in the meantime are skipped: their label set may be that of one that was
 * returned before and has been removed.
 *
 * @module
 */

/** Series in an iteration. */
export interface Listed {
  /** Number of reads of its family that had begun when it was added. */
  readonly readsBefore: number;
}

/** Iterator over the series of a family. */
export class SeriesPoints<Series extends Listed> implements IterableIterator<Series> {
  readonly #series: MapIterator<Series>;
  readonly #read: number;
  readonly #isShown: ((series: Series) => boolean) | undefined;
  readonly #result: { done: boolean; value: Series } = { done: false, value: undefined as unknown as Series };

  /**
   * Starts at the first series.
   *
   * @param series All series of the family
   * @param read Number of reads of the family that began before this one
   * @param isShown Whether to include a series; all are included if omitted
   */
  constructor(series: MapIterator<Series>, read: number, isShown?: (series: Series) => boolean) {
    this.#series = series;
    this.#read = read;
    this.#isShown = isShown;
  }

  /** Returns the next series, valid until the one after it. */
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

  [Symbol.iterator](): this {
    return this;
  }
}
