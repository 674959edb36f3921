/**
 * Join of operations that start on one thread and end on another, by trace and series.
 *
 * Rings are drained one after the other, so an end may arrive before its start, for which it waits briefly; a start
 * waits long for its end. Several starts of one series in one trace end in the order of their arrival. Each half is
 * matched at most once, or given up and counted. Halves are given up only in {@linkcode SpanJoin.sweep}, between two
 * drains, so that no half is given up whose other half is already in a ring.
 *
 * @module
 */

import type { TraceCounts, UnmatchedSpan } from "../../model/spans.ts";
import { type Aged, AgeList } from "./age_list.ts";
import type { TraceLimits } from "../../model/trace_limits.ts";

/** Maximum number of unmatched halves in the list. */
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
  /** Time at which it happened. */
  readonly atMs: number;
  /** Time of its arrival. */
  readonly arrivedMs: number;
}

/** Half that waits for the other one. */
class Half implements Aged<Half> {
  readonly facts: HalfFacts;
  older: Half | undefined = undefined;
  newer: Half | undefined = undefined;
  /** Next half of the same trace and series. */
  next: Half | undefined = undefined;
  /** Last half of a trace and series, set in the first one. */
  last: Half = this;

  constructor(facts: HalfFacts) {
    this.facts = facts;
  }
}

/** Join of starts and ends. */
export class SpanJoin {
  readonly #limits: TraceLimits;
  readonly #nowMs: () => number;
  /** First of the waiting halves by trace and series; all of these are starts, or all are ends. */
  readonly #firstById: Map<string, Half> = new Map();
  readonly #starts: AgeList<Half> = new AgeList();
  readonly #ends: AgeList<Half> = new AgeList();
  readonly #unmatched: UnmatchedSpan[] = [];
  #startsWithoutEnd = 0;
  #endsWithoutStart = 0;

  /**
   * Creates a join without halves.
   *
   * @param limits Limits on the number of waiting halves and on their waiting time
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

  /** Halves that were given up, the latest first. */
  get unmatched(): readonly UnmatchedSpan[] {
    return this.#unmatched.toReversed();
  }

  /**
   * Takes the start of an operation.
   *
   * @param traceId Trace that it belongs to
   * @param key Key of its series
   * @param startMs Time of the start in milliseconds
   * @param name Name in the list of unmatched halves
   * @returns Duration in milliseconds if its end has already arrived; otherwise `undefined`
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
   * @param endMs Time of the end in milliseconds, by the clock of starts
   * @param name Name in the list of unmatched halves
   * @returns Duration in milliseconds if its start has already arrived; otherwise `undefined`
   */
  end(traceId: string, key: string, endMs: number, name: string = key): number | undefined {
    const start = this.#meet(traceId, key, endMs, name, false);
    return start === undefined ? undefined : durationOf(start.facts.atMs, endMs);
  }

  /** Gives up halves that have waited too long; must be called at intervals, after all rings were drained. */
  sweep(): void {
    const nowMs = this.#nowMs();
    this.#giveUpOlder(this.#starts, nowMs - this.#limits.startTimeoutMs);
    this.#giveUpOlder(this.#ends, nowMs - this.#limits.endGraceMs);
  }

  /** Returns the other half, which then no longer waits; `undefined` if this one waits from now on. */
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

  /** Gives up a half. The oldest half of a list is the first of its trace and series. */
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

/** Returns a duration, at least zero: clocks of two threads may differ slightly. */
function durationOf(startMs: number, endMs: number): number {
  return Math.max(0, endMs - startMs);
}
