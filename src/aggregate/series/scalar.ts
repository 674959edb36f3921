/**
 * Series of a counter or gauge. It stores no value: it refers to the cells of the threads that write it, and merges
 * them into one value when it is read.
 *
 * Counters keep the value of a departed thread; gauges lose its share.
 *
 * @module
 */

import type { ScalarPoint } from "../../model/families.ts";
import type { Exemplar, GaugeAggregator, Labels } from "../../model/model.ts";
import { saturated } from "../../sketch/saturated.ts";
import type { ScalarSeriesSnapshot } from "../../model/snapshot.ts";

/** Presence of a recording thread. */
export interface Presence {
  /** `false` while the thread's heartbeats are overdue. */
  isPresent: boolean;
}

/** A thread's share of a series. */
export interface ThreadShare {
  /** Presence of the thread. */
  readonly thread: Readonly<Presence>;
  /** Chunk that its cell lies in. */
  readonly cells: Float64Array;
  /** Position of the value. */
  readonly index: number;
  /**
   * Position of the cell's stamp. For a counter: start of the count, in milliseconds since the epoch. For a gauge:
   * order of its last call among the calls of all threads; 0 if it was never set.
   */
  readonly stampIndex: number;
}

/** State that few series have. */
interface Rest {
  /** All shares except one. */
  readonly others: readonly ThreadShare[];
  /** Total of departed threads. */
  readonly departed: number;
  /** Start of their count, in milliseconds since the epoch; `Infinity` if there are none. */
  readonly departedSinceMs: number;
  /** Last exemplar. */
  readonly exemplar: Exemplar | undefined;
}

const NONE: readonly ThreadShare[] = [];
const NO_REST: Rest = { others: NONE, departed: 0, departedSinceMs: Number.POSITIVE_INFINITY, exemplar: undefined };

/** Series of a counter: the total of all threads, including departed ones. */
export class Scalar implements ScalarPoint {
  readonly labels: Labels;
  /** Number of reads of its family that had begun when it was added. */
  readonly readsBefore: number;
  /** One share, stored apart from the others because most series have only one and there are many. */
  #share: ThreadShare | undefined;
  #rest: Rest = NO_REST;

  /** Creates a series without shares. */
  constructor(labels: Labels, readsBefore: number = 0) {
    this.labels = labels;
    this.readsBefore = readsBefore;
  }

  /** Value at this moment. */
  get value(): number {
    const share = this.#share;
    // The usual case first, because there are many series.
    if (this.#rest === NO_REST) return share === undefined ? 0 : valueOf(share);
    return saturated(this.#rest.departed + sumOf(this.shares()));
  }

  /** Whether it has a value: a gauge without a present thread has none. */
  get hasValue(): boolean {
    return true;
  }

  /** Last exemplar; `undefined` if there is none, or if its share may have been removed. */
  get exemplar(): Exemplar | undefined {
    return this.#rest.exemplar;
  }

  /**
   * Start of the count by its first thread, in milliseconds since the epoch; `undefined` for gauges.
   */
  get createdMs(): number | undefined {
    if (this.#rest === NO_REST && this.#share !== undefined) return stampOf(this.#share);
    return this.shares().reduce((createdMs, share) => Math.min(createdMs, stampOf(share)), this.#rest.departedSinceMs);
  }

  /** Whether no thread has a share in it. */
  get isEmpty(): boolean {
    return this.#share === undefined;
  }

  /** Whether it holds totals of departed threads. */
  get hasDeparted(): boolean {
    return this.#rest.departedSinceMs !== Number.POSITIVE_INFINITY;
  }

  /** Adds a thread's share. */
  add(share: ThreadShare): void {
    if (this.#share === undefined) this.#share = share;
    else this.#rest = { ...this.#rest, others: this.#rest.others.concat(share) };
  }

  /** Replaces the exemplar; `undefined` removes it. */
  offer(exemplar: Exemplar | undefined): void {
    this.#rest = { ...this.#rest, exemplar };
  }

  /** Removes a share with its value, and the exemplar, which may be of that share. */
  remove(share: ThreadShare): void {
    const [first, ...others] = this.shares().filter((each) => each !== share);
    this.#share = first;
    const { departed, departedSinceMs } = this.#rest;
    const hasRest = others.length > 0 || departedSinceMs < Infinity;
    this.#rest = hasRest ? { others, departed, departedSinceMs, exemplar: undefined } : NO_REST;
  }

  /** Removes the share of a departed thread; a counter keeps its value. */
  leave(share: ThreadShare): void {
    if (!this.shares().includes(share)) return;
    const { exemplar } = this.#rest;
    this.remove(share);
    this.addDeparted(valueOf(share), stampOf(share), exemplar);
  }

  /** Adds the total of a departed thread. */
  addDeparted(value: number, sinceMs: number, exemplar: Exemplar | undefined = this.#rest.exemplar): void {
    const { others, departed, departedSinceMs } = this.#rest;
    this.#rest = {
      others,
      departed: saturated(departed + value),
      departedSinceMs: Math.min(departedSinceMs, sinceMs),
      exemplar,
    };
  }

  /** Returns labels and value. */
  snapshot(): ScalarSeriesSnapshot {
    const { labels, value } = this;
    return { labels, value };
  }

  /** Returns all shares. */
  protected shares(): readonly ThreadShare[] {
    return this.#share === undefined ? NONE : [this.#share, ...this.#rest.others];
  }
}

/** Series of a gauge: its aggregator combines the values of the threads that are present. */
export class GaugeScalar extends Scalar {
  readonly #aggregator: GaugeAggregator;

  /** Creates a series without shares. */
  constructor(labels: Labels, aggregator: GaugeAggregator, readsBefore?: number) {
    super(labels, readsBefore);
    this.#aggregator = aggregator;
  }

  /** `undefined`: a gauge has no start. */
  override get createdMs(): undefined {
    return undefined;
  }

  /** Value at this moment; NaN if there is none. */
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

  override get hasValue(): boolean {
    return this.#present().length > 0;
  }

  #present(): readonly ThreadShare[] {
    return this.shares().filter(({ thread }) => thread.isPresent);
  }
}

function valueOf({ cells, index }: ThreadShare): number {
  return saturated(cells[index]);
}

function stampOf({ cells, stampIndex }: ThreadShare): number {
  return cells[stampIndex];
}

function sumOf(shares: readonly ThreadShare[]): number {
  return shares.reduce((sum, share) => saturated(sum + valueOf(share)), 0);
}

function averageOf(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (Number.isFinite(sum)) return sum / values.length;
  return values.reduce((mean, value) => mean + value / values.length, 0);
}
