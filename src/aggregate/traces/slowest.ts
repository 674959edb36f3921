/**
 * The traces that took longest, as a heap whose top is the first to go.
 *
 * Nothing in it may change: a trace that gets one more span is taken out before.
 *
 * @module
 */

import type { Trace } from "./trace.ts";

/** So many traces that none which was refused or has left took longer. */
export class SlowestTraces {
  readonly #sizeMax: number;
  readonly #heap: Trace[] = [];
  #bytes = 0;

  /** Is empty. */
  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** What its traces take in memory, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Its traces, in no order. */
  get traces(): readonly Trace[] {
    return this.#heap;
  }

  /**
   * Offers it a trace.
   *
   * @returns The trace that has no place any more, which may be the one that was offered; `undefined` if all have one
   */
  offer(trace: Trace): Trace | undefined {
    if (this.#heap.length < this.#sizeMax) {
      this.#insert(trace);
      return undefined;
    }
    const [least] = this.#heap;
    if (least === undefined || trace.endToEndSeconds <= least.endToEndSeconds) return trace;
    this.remove(least);
    this.#insert(trace);
    return least;
  }

  /** Takes out the trace that took least; `undefined` if there is none. */
  takeLeast(): Trace | undefined {
    const least = this.#heap.at(0);
    if (least !== undefined) this.remove(least);
    return least;
  }

  /** Takes a trace out that is in it. */
  remove(trace: Trace): void {
    const at = trace.rank;
    const last = this.#heap.pop() as Trace;
    if (last !== trace) {
      this.#place(last, at);
      this.#rise(at);
      this.#sink(last.rank);
    }
    trace.rank = -1;
    this.#bytes -= trace.bytes;
  }

  #insert(trace: Trace): void {
    this.#heap.push(trace);
    trace.rank = this.#heap.length - 1;
    this.#bytes += trace.bytes;
    this.#rise(trace.rank);
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#heap[above].endToEndSeconds <= this.#heap[at].endToEndSeconds) return;
      this.#swap(at, above);
      at = above;
    }
  }

  #sink(from: number): void {
    let at = from;
    while (true) {
      const below = this.#lesserBelow(at);
      if (below === undefined || this.#heap[at].endToEndSeconds <= this.#heap[below].endToEndSeconds) return;
      this.#swap(at, below);
      at = below;
    }
  }

  /** The place of the lesser of the two below. */
  #lesserBelow(at: number): number | undefined {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    if (left >= this.#heap.length) return undefined;
    if (right >= this.#heap.length) return left;
    return this.#heap[right].endToEndSeconds < this.#heap[left].endToEndSeconds ? right : left;
  }

  #swap(a: number, b: number): void {
    const trace = this.#heap[a];
    this.#place(this.#heap[b], a);
    this.#place(trace, b);
  }

  #place(trace: Trace, at: number): void {
    this.#heap[at] = trace;
    trace.rank = at;
  }
}
