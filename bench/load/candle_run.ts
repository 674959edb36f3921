/**
 * What one run of the candle pipeline is to be, and what it was like: the words between `baseline.ts` and the processes
 * that it starts.
 *
 * @module
 */

import { createMetrics, type Metrics, noopMetrics } from "@hotpath/metrics";

/** The share of a core that recording may take, where it has a budget. */
export const BUDGET = 0.01;

/** Without metrics: the calls are there, and do nothing. */
export const NOOP = "noopMetrics";

/** Metrics are there, with all that they do by themselves; the pipeline calls `noopMetrics`. */
export const IDLE = "metrics that nothing calls";

/** The demo as it is: each candle that is sampled is a trace. All other ways trace nothing. */
export const TRACED = ", each candle a trace";

/** Ways to measure the pipeline. */
export const VARIANTS: Readonly<Record<string, () => Metrics>> = {
  [NOOP]: () => noopMetrics,
  [IDLE]: () => createMetrics({ traces: false }),
  "enabled = false": () => createMetrics({ traces: false, enabled: false }),
  "rate 0": () => createMetrics({ traces: false, sampling: { rate: 0 } }),
  "rate 0.03": () => createMetrics({ traces: false, sampling: { rate: 0.03 } }),
  "rate 0.1": () => createMetrics({ traces: false, sampling: { rate: 0.1 } }),
  "rate 0.3": () => createMetrics({ traces: false, sampling: { rate: 0.3 } }),
  "rate 1": () => createMetrics({ traces: false, sampling: { rate: 1 } }),
  [`rate 1${TRACED}`]: () => createMetrics({ sampling: { rate: 1 } }),
  [`budget ${BUDGET}`]: () => createMetrics({ traces: false, sampling: { budget: BUDGET } }),
  [`budget ${BUDGET}${TRACED}`]: () => createMetrics({ sampling: { budget: BUDGET } }),
};

/** Options of a run. */
export interface CandleRun {
  /** One of {@linkcode VARIANTS}. */
  readonly variant: string;
  /** Candles a second; `null` for as many as there can be. */
  readonly perSecond: number | null;
  /** How long it is warmed up at full speed, so that V8 has compiled what is called. */
  readonly warmUpSeconds: number;
  /** How long it then runs as it will be measured, for a rate that sets itself to settle. */
  readonly settleSeconds: number;
  /** How long it is measured. */
  readonly seconds: number;
}

/** Outcome of a run. */
export interface CandleOutcome {
  /** Candles that were processed. */
  readonly candles: number;
  /** How long that took. */
  readonly elapsedMs: number;
  /** CPU time of the thread that did it. */
  readonly hotMs: number;
  /** CPU time of all threads. */
  readonly processMs: number;
  /** Resident memory at the end. */
  readonly rssBytes: number;
  /** Records that were lost, warm-up and all. */
  readonly dropped: number;
  /** The share of a core that recording took by Hotpath's own account, and the rate; not there if nothing sets it. */
  readonly sampling?: { readonly rate: number; readonly overheadRatio: number };
}
