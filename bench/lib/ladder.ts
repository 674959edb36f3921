/**
 * What a bench is made of: a ladder of cases that answer one question, the promises about them, and the report of a run.
 *
 * @module
 */

/** Something that is timed. */
export interface Case {
  /** Its name in the table. */
  readonly name: string;
  /** Operations in a burst. */
  readonly burst: number;
  /**
   * Whether it is not Hotpath's, so that no change of Hotpath makes it slower: a bare store, a peer. As a ladder's first
   * case it is the baseline that the others are ratios to.
   */
  readonly isReference?: boolean;
  /** Whether it always does a whole burst, even where a shorter one would do. */
  readonly isIndivisible?: boolean;
  /**
   * Operations of one call that holds its thread from beginning to end, if such a call is long enough to matter to an event
   * loop: how long single calls hold it is measured then, too.
   */
  readonly operationsPerCall?: number;
  /** Untimed preparation of that many operations. */
  readonly prepare?: (count: number) => void | Promise<void>;
  /** Does that many operations, synchronously or not. */
  readonly run: (count: number) => void | Promise<void>;
  /** Brings back the state before the burst, untimed. */
  readonly settle?: () => void | Promise<void>;
}

/** A promise about two cases of a ladder. */
export interface Target {
  /** The case that is measured. */
  readonly name: string;
  /** Case that it is compared with. */
  readonly reference: string;
  /** At least so many times faster than the reference; below one it may be slower. */
  readonly timesFaster: number;
}

/** Cases that answer one question. */
export interface Ladder {
  /** The question. */
  readonly name: string;
  /** Cases, cheapest first. */
  readonly cases: readonly Case[];
  /** Promises to check. */
  readonly targets: readonly Target[];
  /** Cases that must not allocate. */
  readonly allocationFree?: readonly string[];
  /**
   * Checks what was recorded once all rounds are over: throws if a record is missing. May return lines to print under the
   * table.
   */
  readonly verify?: () => Promise<readonly string[] | void>;
  /** Promises that are not ratios of times: the broken ones, once all is verified. Judged as the targets are. */
  readonly judge?: (measurements: readonly Measurement[]) => readonly string[];
}

/** The ladders of a file by their names on the command line, each made when it is run. */
export type Ladders = Readonly<Record<string, () => Ladder | Promise<Ladder>>>;

/** Outcome of a case. */
export interface Measurement {
  /** The case. */
  readonly name: string;
  /** Nanoseconds of an operation, median of the rounds. */
  readonly nsPerOperation: number;
  /** Bytes allocated on this thread's heap by an operation, median of the rounds. */
  readonly bytesPerOperation: number;
  /** Times that it takes of the ladder's baseline, median of the rounds; absent without a baseline. */
  readonly timesOfBaseline?: number;
  /** Milliseconds that a single call holds the event loop, 99th percentile; absent where that has no meaning. */
  readonly blockMs?: number;
}

/** A target and what was reached. */
export interface Verdict extends Target {
  /** The median ratio. */
  readonly reached: number;
  /** Whether it is enough. */
  readonly isMet: boolean;
}

/** The outcome of a ladder. */
export interface Report {
  /** The ladder's name. */
  readonly name: string;
  /** By case. */
  readonly measurements: readonly Measurement[];
  /** By target. */
  readonly verdicts: readonly Verdict[];
  /** Cases that allocate and must not. */
  readonly allocating: readonly string[];
  /** Broken promises that are not ratios. */
  readonly missed: readonly string[];
  /** Lines to print under the table. */
  readonly facts: readonly string[];
  /** Failures, such as missing records. */
  readonly failures: readonly string[];
  /** Milliseconds that a round took, untimed work and all; the median. */
  readonly roundMs: number;
}

/**
 * The part of a ladder that a comparison of two revisions needs: Hotpath's cases and the baseline. Other references are the
 * same in all revisions and take most of the time. Of the promises only that no record is missing remains. So a ladder's `verify` must hold also if such a reference has never run.
 */
export function ownPart({ name, cases, verify }: Ladder): Ladder {
  const own = cases.filter(({ isReference }, i) => i === 0 || isReference !== true);
  return { name, cases: own, targets: [], verify };
}

/** The measurements of Hotpath's cases, in a report of an own part. */
export function ownRows({ measurements: [first, ...others] }: Pick<Report, "measurements">): Measurement[] {
  if (first === undefined) return [];
  return first.timesOfBaseline === undefined ? [first, ...others] : others;
}
