/**
 * Joins the two halves of operations that start on one thread and end on another, by trace and series.
 *
 * Rings are drained one after the other, so an end may arrive before its start: it waits briefly for it, whereas a
 * start waits long for its end. Several starts of one series in one trace end in the order in which they arrived. Each
 * half is matched once at most, or given up and counted. Halves are given up in {@linkcode SpanJoin.sweep} only,
 * between two drains, so that none is given up whose other half is in a ring already.
 *
 * @module
 */

import type { TraceCounts, UnmatchedSpan } from "../../model/spans.ts";
import { type Aged, AgeList } from "./age_list.ts";
import type { TraceLimits } from "../../model/trace_limits.ts";

/** Number of unmatched halves that are listed. */
const UNMATCHED_MAX = 20;

/** Counts of a join. */
export type JoinCounts = Pick<TraceCounts, "waiting" | "startsWithoutEnd" | "endsWithoutStart">;

/** Description of a half. */
interface HalfFacts {
  /** Trace and series. */
  readonly id: string;
  readonly traceId: string;
  readonly name: string;
  readonly isStart: boolean;
  /** When it happened. */
  readonly atMs: number;
  /** When it arrived. */
  readonly arrivedMs: number;
}

/** A half that waits for the other one. */
class Half implements Aged<Half> {
  readonly facts: HalfFacts;
  older: Half | undefined = undefined;
  newer: Half | undefined = undefined;
  /** Next half of the same trace and series. */
  next: Half | undefined = undefined;
  /** In the first half of a trace and series: the last one. */
  last: Half = this;

  constructor(facts: HalfFacts) {
    this.facts = facts;
  }
}

/** Joins starts and ends. */
export class SpanJoin {
  readonly #limits: TraceLimits;
  readonly #nowMs: () => number;
  /** By trace and series: the first of the waiting halves, all of which are starts or all ends. */
  readonly #firstById: Map<string, Half> = new Map();
  readonly #starts: AgeList<Half> = new AgeList();
  readonly #ends: AgeList<Half> = new AgeList();
  readonly #unmatched: UnmatchedSpan[] = [];
  #startsWithoutEnd = 0;
  #endsWithoutStart = 0;

  /**
   * Creates a join without halves.
   *
   * @param limits How many halves wait, and how long
   * @param nowMs Monotonic clock in milliseconds
   */
  constructor(limits: TraceLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Totals. */
  get counts(): JoinCounts {
    return {
      waiting: this.#starts.size + this.#ends.size,
      startsWithoutEnd: this.#startsWithoutEnd,
      endsWithoutStart: this.#endsWithoutStart,
    };
  }

  /** Halves that were given up last, the latest first. */
  get unmatched(): readonly UnmatchedSpan[] {
    return this.#unmatched.toReversed();
  }

  /**
   * Takes the start of an operation.
   *
   * @param traceId Trace that it belongs to
   * @param key Key of its series
   * @param startMs When it started, in milliseconds
   * @param name Name in the list of unmatched halves
   * @returns Duration in milliseconds if its end has arrived already; else `undefined`
   */
  start(traceId: string, key: string, startMs: number, name: string = key): number | undefined {
    const end = this.#meet(traceId, key, startMs, name, true);
    return end === undefined ? undefined : durationOf(startMs, end.facts.atMs);
  }

  /**
   * Takes the end of an operation.
   *
   * @param traceId Trace that it belongs to
   * @param key Key of its series
   * @param endMs When it ended, in milliseconds by the clock of starts
   * @param name Name in the list of unmatched halves
   * @returns Duration in milliseconds if its start has arrived already; else `undefined`
   */
  end(traceId: string, key: string, endMs: number, name: string = key): number | undefined {
    const start = this.#meet(traceId, key, endMs, name, false);
    return start === undefined ? undefined : durationOf(start.facts.atMs, endMs);
  }

  /** Gives up halves that have waited too long; to be called at intervals, when all rings have been drained. */
  sweep(): void {
    const nowMs = this.#nowMs();
    this.#giveUpOlder(this.#starts, nowMs - this.#limits.startTimeoutMs);
    this.#giveUpOlder(this.#ends, nowMs - this.#limits.endGraceMs);
  }

  /** Returns the other half, which no longer waits; `undefined` if this one now waits. */
  #meet(traceId: string, key: string, atMs: number, name: string, isStart: boolean): Half | undefined {
    const id = `${traceId} ${key}`;
    const first = this.#firstById.get(id);
    if (first !== undefined && first.facts.isStart !== isStart) {
      this.#remove(first);
      return first;
    }
    this.#wait({ id, traceId, name, isStart, atMs, arrivedMs: this.#nowMs() }, first);
    return undefined;
  }

  #wait(facts: HalfFacts, first: Half | undefined): void {
    const half = new Half(facts);
    if (first === undefined) {
      this.#firstById.set(facts.id, half);
    } else {
      first.last.next = half;
      first.last = half;
    }
    this.#listOf(half).add(half);
    if (this.#starts.size + this.#ends.size > this.#limits.waitingMax) this.#giveUp(this.#oldest());
  }

  /** Removes the first half of a trace and series. */
  #remove(half: Half): void {
    const { facts: { id }, next, last } = half;
    if (next === undefined) {
      this.#firstById.delete(id);
    } else {
      next.last = last;
      this.#firstById.set(id, next);
    }
    this.#listOf(half).remove(half);
  }

  #giveUpOlder(list: AgeList<Half>, arrivedMs: number): void {
    for (let half = list.oldest; half !== undefined && half.facts.arrivedMs <= arrivedMs; half = list.oldest) {
      this.#giveUp(half);
    }
  }

  /** The oldest half of a list is the first of its trace and series. */
  #giveUp(half: Half): void {
    this.#remove(half);
    const { traceId, name, isStart, arrivedMs } = half.facts;
    if (isStart) this.#startsWithoutEnd += 1;
    else this.#endsWithoutStart += 1;
    const waitedSeconds = (this.#nowMs() - arrivedMs) / 1_000;
    this.#unmatched.push({ traceId, name, missing: isStart ? "end" : "start", waitedSeconds });
    if (this.#unmatched.length > UNMATCHED_MAX) this.#unmatched.shift();
  }

  #oldest(): Half {
    const [start, end] = [this.#starts.oldest, this.#ends.oldest];
    if (start === undefined || end === undefined) return (start ?? end) as Half;
    return end.facts.arrivedMs < start.facts.arrivedMs ? end : start;
  }

  #listOf({ facts }: Half): AgeList<Half> {
    return facts.isStart ? this.#starts : this.#ends;
  }
}

/** Clocks of two threads may differ slightly, but nothing ends before it starts. */
function durationOf(startMs: number, endMs: number): number {
  return Math.max(0, endMs - startMs);
}
