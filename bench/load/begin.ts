/**
 * How a load program begins: its arguments, metrics that are ready, and a feed.
 *
 * @module
 */

import { createMetrics, type Metrics } from "@hotpath/metrics";
import { readArguments } from "../lib/arguments.ts";
import { Market } from "./market.ts";

/** Context of a load program. */
export interface Beginning {
  /** Whether it only has to work. */
  readonly isShort: boolean;
  /** How long a stretch lasts. */
  readonly seconds: number;
  /** Where the results go, if anywhere. */
  readonly out: string | undefined;
  /** To be closed at the end. */
  readonly metrics: Metrics;
  /** Their instruments. */
  readonly market: Market;
}

/**
 * Begins.
 *
 * @param seconds How long a stretch lasts unless `--seconds` says so
 * @param secondsShort The same with `--short`
 */
export async function begin(seconds: number, secondsShort: number): Promise<Beginning> {
  const { isOn, valueOf, numberOf } = readArguments(Deno.args, { switches: ["short"], values: ["seconds", "out"] });
  const isShort = isOn("short");
  const metrics = createMetrics();
  await metrics.ready;
  return {
    isShort,
    seconds: numberOf("seconds", isShort ? secondsShort : seconds, 0.1),
    out: valueOf("out"),
    metrics,
    market: new Market(metrics),
  };
}
