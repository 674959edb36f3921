/**
 * The stretches of `baseline.ts`: how fast candles come, which ways to measure them are compared, and what is promised.
 *
 * @module
 */

import type { Estimate } from "../compare/statistics.ts";
import { BUDGET, IDLE, NOOP, TRACED, VARIANTS } from "./candle_run.ts";

/** Maximum slowdown of a pipeline, and maximum share of its thread that measuring may take. */
const SHARE_MAX = 0.01;
/** A budget is held if it is held to a fifth. */
const BUDGET_TOLERANCE = 0.2;

/** Outcome of a variant in a stretch: each against the stretch's reference. */
export interface Comparison {
  /** The time of a candle at full speed; at a pace, that of the same candles. */
  readonly time: Estimate;
  /** CPU time of the hot thread for a candle. */
  readonly hot: Estimate;
  /** CPU time of the whole process for a candle. */
  readonly process: Estimate;
  /** The share of its time that the hot thread works more. */
  readonly share: Estimate;
  /** Resident memory more, in bytes. */
  readonly rssBytes: Estimate;
  /** The share of the thread that recording takes by Hotpath's own account; not there if nothing sets the rate. */
  readonly ownAccount?: number;
}

/** A stretch. */
export interface Stretch {
  /** Name on the command line. */
  readonly name: string;
  /** Its title in the table. */
  readonly title: string;
  /** Candles a second; `null` for as many as there can be. */
  readonly perSecond: number | null;
  /** How long a rate that sets itself has to settle. */
  readonly settleSeconds: number;
  /** How long it is measured. */
  readonly seconds: number;
  /** Reference of all others. */
  readonly reference: string;
  /** The others. */
  readonly variants: readonly string[];
  /** Broken promises, a line each; only certain ones. */
  readonly judge: (variant: string, comparison: Comparison) => readonly string[];
}

const isBudgeted = (variant: string) => variant.startsWith("budget");
const unbudgeted = Object.keys(VARIANTS).filter((variant) => variant !== NOOP && !isBudgeted(variant));

/** All of them. */
export const STRETCHES: readonly Stretch[] = [
  {
    name: "pace",
    title: "at 500 candles a second",
    perSecond: 500,
    settleSeconds: 0.5,
    seconds: 2.5,
    reference: NOOP,
    variants: unbudgeted,
    judge: judgeAtPace,
  },
  {
    // Nothing is promised: a candle is two microseconds of work with eight timings in it, more than any program has.
    name: "full",
    title: "at full speed",
    perSecond: null,
    settleSeconds: 0,
    seconds: 1.5,
    reference: NOOP,
    variants: unbudgeted,
    judge: () => [],
  },
  {
    // So many that recording all takes more than twice the budget, and so few that sampling all out does not exceed it. A
    // budget is for calls; what metrics do by themselves, mostly a timer ten times a second, is there without them.
    name: "budget",
    title: "at 20,000 candles a second",
    perSecond: 20_000,
    settleSeconds: 3,
    seconds: 2.5,
    reference: IDLE,
    variants: [NOOP, "rate 0", "rate 1", ...Object.keys(VARIANTS).filter(isBudgeted)],
    judge: judgeBudget,
  },
];

/** The demo's pace: not slower by more than the promise, and no more of its thread. The cost of traces is reported. */
export function judgeAtPace(variant: string, { time, share }: Comparison): string[] {
  if (variant.endsWith(TRACED)) return [];
  const shown = `promised ${SHARE_MAX * 100} % at most`;
  return [
    ...(time.low > 1 + SHARE_MAX ? [`${variant}: at least ${percent(time.low - 1)} slower, ${shown}`] : []),
    ...(share.low > SHARE_MAX ? [`${variant}: at least ${percent(share.low)} of the thread, ${shown}`] : []),
  ];
}

/** With a budget, measuring takes no more of the thread than that. A trace costs far more than the budget counts for it. */
export function judgeBudget(variant: string, { share, ownAccount = 0 }: Comparison): string[] {
  if (!isBudgeted(variant) || variant.endsWith(TRACED)) return [];
  const most = BUDGET * (1 + BUDGET_TOLERANCE);
  const budget = `the budget is ${percent(BUDGET)}`;
  return [
    ...(share.low > most ? [`${variant}: at least ${percent(share.low)} of the thread, ${budget}`] : []),
    ...(ownAccount > most ? [`${variant}: ${percent(ownAccount)} of the thread by its own account, ${budget}`] : []),
  ];
}

/** A share in percent. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
