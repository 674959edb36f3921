/**
 * Slowest traces, as a heap whose top is evicted first.
 *
 * A trace in the heap must not change: it is removed before it gets another span.
 *
 * @module
 */

import type { Trace } from "./trace.ts";

/** Limited set of the slowest traces: no refused or evicted trace took longer than a kept one. */
export class SlowestTraces {
  readonly #sizeMax: number;
  readonly #heap: Trace[] = [];
  #bytes = 0;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** Estimated memory of its traces in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Traces, in no particular order. */
  get traces(): readonly Trace[] {
    return this.#heap;
  }

  /**
   * Offers a trace.
   *
   * @returns The trace that is not kept, possibly the offered one; `undefined` if all are kept
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

  /** Removes and returns the fastest trace; `undefined` if there is none. */
  takeLeast(): Trace | undefined {
    const least = this.#heap.at(0);
    if (least !== undefined) this.remove(least);
    return least;
  }

  /** Removes a trace, which must be in the heap. */
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

  /** Returns the position of the smaller of the two entries below; `undefined` if there is none. */
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
