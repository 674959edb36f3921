/**
 * A counter or gauge series. It owns no value: it points at the cells of the threads that write it,
 * and makes one value of them when it is read.
 *
 * What a counter has counted stays when a thread goes; of a gauge, its share goes with the thread.
 *
 * @module
 */

import type { ScalarPoint } from "../../model/families.ts";
import type { Exemplar, GaugeAggregator, Labels } from "../../model/model.ts";
import { saturated } from "../../sketch/saturated.ts";
import type { ScalarSeriesSnapshot } from "../../model/snapshot.ts";

/** Whether a thread is there, as far as one knows. */
export interface Presence {
  /** No longer while nothing is heard of it. */
  isPresent: boolean;
}

/** What one thread has of a series. */
export interface Share {
  /** The thread. */
  readonly thread: Readonly<Presence>;
  /** The chunk that its cell lies in. */
  readonly cells: Float64Array;
  /** The cell's place: the value. */
  readonly index: number;
  /**
   * The place of the cell's stamp. Of a counter: since when it counts, in milliseconds since the epoch. Of a gauge: when
   * it was set, in the order of all threads; 0 if it was not.
   */
  readonly stampIndex: number;
}

/** What few series have. */
interface Rest {
  /** All shares but one. */
  readonly others: readonly Share[];
  /** What threads had counted that have gone. */
  readonly left: number;
  /** Since when, in milliseconds since the epoch; `Infinity` if there were none. */
  readonly leftSinceMs: number;
  /** The last exemplar. */
  readonly exemplar: Exemplar | undefined;
}

const NONE: readonly Share[] = [];
const NO_REST: Rest = { others: NONE, left: 0, leftSinceMs: Number.POSITIVE_INFINITY, exemplar: undefined };

/** A counter's series: what all threads have counted, whether or not they are still there. */
export class Scalar implements ScalarPoint {
  /** The label set. */
  readonly labels: Labels;
  /** How many reads of its family had begun when it was added. */
  readonly readsBefore: number;
  /** One share, and the others: there are many series and most have one. */
  #share: Share | undefined;
  #rest: Rest = NO_REST;

  /** A series without shares. */
  constructor(labels: Labels, readsBefore: number = 0) {
    this.labels = labels;
    this.readsBefore = readsBefore;
  }

  /** Its value at this moment. */
  get value(): number {
    const share = this.#share;
    // Most have one share and nothing else, and there are many.
    if (this.#rest === NO_REST) return share === undefined ? 0 : valueOf(share);
    return saturated(this.#rest.left + sumOf(this.shares()));
  }

  /** Whether it has a value: a gauge that no thread has any more has none. */
  get hasValue(): boolean {
    return true;
  }

  /** See {@linkcode ScalarPoint.exemplar}; `undefined` also if it is counted no more. */
  get exemplar(): Exemplar | undefined {
    return this.#rest.exemplar;
  }

  /** Since when it counts, in milliseconds since the epoch: the first of its threads; `undefined` for gauges. */
  get createdMs(): number | undefined {
    if (this.#rest === NO_REST && this.#share !== undefined) return stampOf(this.#share);
    return this.shares().reduce((createdMs, share) => Math.min(createdMs, stampOf(share)), this.#rest.leftSinceMs);
  }

  /** Whether no thread has a share in it now. */
  get isEmpty(): boolean {
    return this.#share === undefined;
  }

  /** Whether it has what a thread had counted that has gone. */
  get hasDeparted(): boolean {
    return this.#rest.leftSinceMs !== Number.POSITIVE_INFINITY;
  }

  /** Adds a thread's share. */
  add(share: Share): void {
    if (this.#share === undefined) this.#share = share;
    else this.#rest = { ...this.#rest, others: this.#rest.others.concat(share) };
  }

  /** Keeps an exemplar, the last one only; with `undefined` none any more. */
  offer(exemplar: Exemplar | undefined): void {
    this.#rest = { ...this.#rest, exemplar };
  }

  /** Takes a share away, with its value; whose the exemplar is, nobody knows. */
  remove(share: Share): void {
    const [first, ...others] = this.shares().filter((each) => each !== share);
    this.#share = first;
    const { left, leftSinceMs } = this.#rest;
    const hasRest = others.length > 0 || leftSinceMs < Infinity;
    this.#rest = hasRest ? { others, left, leftSinceMs, exemplar: undefined } : NO_REST;
  }

  /** Takes the share of a thread away that has gone; a counter keeps its value. */
  leave(share: Share): void {
    if (!this.shares().includes(share)) return;
    const { exemplar } = this.#rest;
    this.remove(share);
    this.addDeparted(valueOf(share), stampOf(share), exemplar);
  }

  /** Adds what a thread had counted that has gone. */
  addDeparted(value: number, sinceMs: number, exemplar: Exemplar | undefined = this.#rest.exemplar): void {
    const { others, left, leftSinceMs } = this.#rest;
    this.#rest = { others, left: saturated(left + value), leftSinceMs: Math.min(leftSinceMs, sinceMs), exemplar };
  }

  /** Its labels and its value. */
  snapshot(): ScalarSeriesSnapshot {
    const { labels, value } = this;
    return { labels, value };
  }

  /** All shares. */
  protected shares(): readonly Share[] {
    return this.#share === undefined ? NONE : [this.#share, ...this.#rest.others];
  }
}

/** A gauge's series: its aggregator makes one value of those of the threads that are there. */
export class GaugeScalar extends Scalar {
  readonly #aggregator: GaugeAggregator;

  /** A series without shares. */
  constructor(labels: Labels, aggregator: GaugeAggregator, readsBefore?: number) {
    super(labels, readsBefore);
    this.#aggregator = aggregator;
  }

  /** A gauge has no beginning. */
  override get createdMs(): undefined {
    return undefined;
  }

  /** See {@linkcode Scalar.value}; NaN if it has none. */
  override get value(): number {
    const present = this.#present();
    if (present.length === 0) return NaN;
    if (this.#aggregator === "sum") return sumOf(present);
    const set = present.filter((share) => stampOf(share) > 0);
    if (set.length === 0) return 0;
    switch (this.#aggregator) {
      case "last":
        return valueOf(set.reduce((last, share) => stampOf(share) > stampOf(last) ? share : last));
      case "min":
        return Math.min(...set.map(valueOf));
      case "max":
        return Math.max(...set.map(valueOf));
      default:
        return averageOf(set.map(valueOf));
    }
  }

  /** See {@linkcode Scalar.hasValue}. */
  override get hasValue(): boolean {
    return this.#present().length > 0;
  }

  #present(): readonly Share[] {
    return this.shares().filter(({ thread }) => thread.isPresent);
  }
}

function valueOf({ cells, index }: Share): number {
  return saturated(cells[index]);
}

function stampOf({ cells, stampIndex }: Share): number {
  return cells[stampIndex];
}

function sumOf(shares: readonly Share[]): number {
  return shares.reduce((sum, share) => saturated(sum + valueOf(share)), 0);
}

function averageOf(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (Number.isFinite(sum)) return sum / values.length;
  return values.reduce((mean, value) => mean + value / values.length, 0);
}
