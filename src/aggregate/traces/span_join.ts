/**
 * Joins the two halves of operations that begin on one thread and end on another, by trace and series.
 *
 * Rings are drained one after the other, so an end may come before its start: it waits a little for it, as a start waits
 * long for its end. Several starts of one series in one trace end in the order they came in. Every half is matched once
 * at most, or given up and counted; a moment to give up is only {@linkcode SpanJoin.sweep}, between two drains, so that
 * no half is given up whose other half is in a ring already.
 *
 * @module
 */

import type { TraceCounts, UnmatchedSpan } from "../../model/spans.ts";
import { type Aged, AgeList } from "./age_list.ts";
import type { TraceLimits } from "../../model/trace_limits.ts";

/** How many that were given up are told of. */
const TOLD_MAX = 20;

/** What a join knows of the counts. */
export type JoinCounts = Pick<TraceCounts, "waiting" | "startsWithoutEnd" | "endsWithoutStart">;

/** What is known of a half. */
interface HalfFacts {
  /** Its trace and series. */
  readonly id: string;
  readonly traceId: string;
  readonly name: string;
  readonly isStart: boolean;
  /** When it happened. */
  readonly atMs: number;
  /** When it came. */
  readonly cameMs: number;
}

/** A half that waits for the other. */
class Half implements Aged<Half> {
  readonly facts: HalfFacts;
  older: Half | undefined = undefined;
  newer: Half | undefined = undefined;
  /** The next of the same trace and series. */
  next: Half | undefined = undefined;
  /** Of the first of its trace and series: the last of them. */
  last: Half = this;

  constructor(facts: HalfFacts) {
    this.facts = facts;
  }
}

/** Joins starts and ends. */
export class SpanJoin {
  readonly #limits: TraceLimits;
  readonly #nowMs: () => number;
  /** By trace and series the first of those that wait, which are starts or ends, not both. */
  readonly #firstById: Map<string, Half> = new Map();
  readonly #starts: AgeList<Half> = new AgeList();
  readonly #ends: AgeList<Half> = new AgeList();
  readonly #told: UnmatchedSpan[] = [];
  #startsWithoutEnd = 0;
  #endsWithoutStart = 0;

  /**
   * Nothing waits.
   *
   * @param limits How much waits, and how long
   * @param nowMs A monotonic clock in milliseconds
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

  /** The last that were given up, the latest first. */
  get unmatched(): readonly UnmatchedSpan[] {
    return this.#told.toReversed();
  }

  /**
   * An operation began.
   *
   * @param traceId The trace that it belongs to
   * @param key What tells its series from others
   * @param startMs When, in milliseconds
   * @param name What it is called where it is told of
   * @returns How long it took in milliseconds, if its end had come already; else `undefined`
   */
  start(traceId: string, key: string, startMs: number, name: string = key): number | undefined {
    const end = this.#meet(traceId, key, startMs, name, true);
    return end === undefined ? undefined : durationOf(startMs, end.facts.atMs);
  }

  /**
   * An operation ended.
   *
   * @param traceId The trace that it belongs to
   * @param key What tells its series from others
   * @param endMs When, in milliseconds, on the clock of starts
   * @param name What it is called where it is told of
   * @returns How long it took in milliseconds, if its start had come already; else `undefined`
   */
  end(traceId: string, key: string, endMs: number, name: string = key): number | undefined {
    const start = this.#meet(traceId, key, endMs, name, false);
    return start === undefined ? undefined : durationOf(start.facts.atMs, endMs);
  }

  /** Gives up what has waited too long; to be called now and then, when all rings were drained. */
  sweep(): void {
    const nowMs = this.#nowMs();
    this.#giveUpOlder(this.#starts, nowMs - this.#limits.startTimeoutMs);
    this.#giveUpOlder(this.#ends, nowMs - this.#limits.endGraceMs);
  }

  /** The other half, which waits no more; else this one waits. */
  #meet(traceId: string, key: string, atMs: number, name: string, isStart: boolean): Half | undefined {
    const id = `${traceId} ${key}`;
    const first = this.#firstById.get(id);
    if (first !== undefined && first.facts.isStart !== isStart) {
      this.#remove(first);
      return first;
    }
    this.#wait({ id, traceId, name, isStart, atMs, cameMs: this.#nowMs() }, first);
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

  /** Takes out the first of its trace and series. */
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

  #giveUpOlder(list: AgeList<Half>, cameMs: number): void {
    for (let half = list.oldest; half !== undefined && half.facts.cameMs <= cameMs; half = list.oldest) {
      this.#giveUp(half);
    }
  }

  /** The oldest in a list is the first of its trace and series. */
  #giveUp(half: Half): void {
    this.#remove(half);
    const { traceId, name, isStart, cameMs } = half.facts;
    if (isStart) this.#startsWithoutEnd += 1;
    else this.#endsWithoutStart += 1;
    const waitedSeconds = (this.#nowMs() - cameMs) / 1_000;
    this.#told.push({ traceId, name, missing: isStart ? "end" : "start", waitedSeconds });
    if (this.#told.length > TOLD_MAX) this.#told.shift();
  }

  #oldest(): Half {
    const [start, end] = [this.#starts.oldest, this.#ends.oldest];
    if (start === undefined || end === undefined) return (start ?? end) as Half;
    return end.facts.cameMs < start.facts.cameMs ? end : start;
  }

  #listOf({ facts }: Half): AgeList<Half> {
    return facts.isStart ? this.#starts : this.#ends;
  }
}

/** Clocks of two threads may be a little apart, but nothing ends before it began. */
function durationOf(startMs: number, endMs: number): number {
  return Math.max(0, endMs - startMs);
}
