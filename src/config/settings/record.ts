/**
 * Settings of all recording threads.
 *
 * @module
 */

import type { Duration } from "../../check/duration.ts";
import type { SloOptions } from "../../instrument/slo.ts";
import type { OverflowPolicy, SloObjective } from "../../model/model.ts";
import { checkBuckets, checkSloByTimer } from "../kinds/lists.ts";
import { checkBucketsText } from "../kinds/text.ts";
import { DURATION_SCHEMA, type Kind, type Schema, seconds, whole, word } from "../kinds/kind.ts";
import { named, namedInFile, setting } from "./setting.ts";

/** Options of all recording threads. */
export interface RecordOptions {
  /**
   * Policy of a full ring: `"overwrite-oldest"` drops its oldest eighth, because fresh data matters most;
   * `"drop-newest"` drops the new record. Dropped records are counted.
   *
   * @default {"overwrite-oldest"}
   */
  readonly overflow?: OverflowPolicy;
  /**
   * Milliseconds between drains at low load, 1 to 60,000. A half-full ring wakes the aggregator at once.
   *
   * @default {100}
   */
  readonly drainIntervalMs?: number;
  /**
   * Maximum number of series, 1 to 1,000,000; further label sets go to an overflow series.
   *
   * @default {10_000}
   */
  readonly seriesMax?: number;
  /**
   * Maximum length of a label value in Unicode code points, 16 to 4,096. Longer values are cut and counted.
   *
   * @default {256}
   */
  readonly labelValueMax?: number;
  /** Classic bounds of timers without bounds: ascending numbers of seconds, or durations; 1 µs to 10 s by default. */
  readonly histogramBuckets?: readonly (number | Duration)[];
  /** Objectives of timers without one, by the timer's name; a bare threshold has the target 0.999. */
  readonly sloByTimer?: Readonly<Record<string, Duration | SloOptions>>;
}

const DRAIN_INTERVAL_MAX_MS = 60_000;

/** Seconds, or a duration. */
const SECONDS_SCHEMA: Schema = { oneOf: [{ type: "number", exclusiveMinimum: 0 }, DURATION_SCHEMA] };

const drainSeconds: Kind<number> = seconds(0.001, DRAIN_INTERVAL_MAX_MS / 1_000);

/** Rows of {@linkcode RecordOptions} that the aggregator also uses. */
export const SHARED = {
  drainIntervalMs: setting({
    ...named("drainIntervalMs"),
    ...whole(1, DRAIN_INTERVAL_MAX_MS, "ms"),
    aliases: [
      { key: "aggregation_interval_ms" },
      {
        ...drainSeconds,
        variable: "METRICS_FLUSH_INTERVAL",
        checkText: (place, text) => Math.round(drainSeconds.checkText!(place, text)),
      },
    ],
    fallback: 100,
    description: "Time between drains at low load",
  }),
  seriesMax: setting({
    ...named("seriesMax"),
    ...whole(1, 1_000_000),
    fallback: 10_000,
    description: "Maximum number of series; further label sets go to an overflow series",
  }),
};

/** Rows of {@linkcode RecordOptions} that map one to one to settings of recording. */
export const RECORD = {
  overflow: setting<OverflowPolicy>({
    ...named("overflow"),
    ...word("overwrite-oldest", "drop-newest"),
    fallback: "overwrite-oldest",
    description: "Policy of a full ring: drop its oldest eighth, or the new record; dropped records are counted",
  }),
  labelValueMax: setting({
    ...named("labelValueMax"),
    ...whole(16, 4_096, "code points"),
    aliases: [{ variable: "METRICS_MAX_LABEL_VALUE" }],
    fallback: 256,
    description: "Maximum length of label values; longer ones are cut",
  }),
};

/** Rows of {@linkcode RecordOptions} that are defaults of instruments. */
export const INSTRUMENTS = {
  histogramBuckets: setting<readonly number[] | undefined>({
    ...named("histogramBuckets"),
    check: checkBuckets,
    checkText: checkBucketsText,
    schema: { type: "array", items: SECONDS_SCHEMA },
    fallback: undefined,
    shownDefault: "1 µs to 10 s",
    description: "Classic bounds of timers without bounds; bare numbers are seconds, in the environment milliseconds",
  }),
  sloByTimer: setting<ReadonlyMap<string, SloObjective>>({
    ...namedInFile("sloByTimer"),
    aliases: [{ key: "sla_thresholds" }],
    check: checkSloByTimer,
    schema: {
      type: "object",
      additionalProperties: {
        oneOf: [DURATION_SCHEMA, {
          type: "object",
          properties: {
            threshold: SECONDS_SCHEMA,
            target: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
            critical: SECONDS_SCHEMA,
          },
          required: ["threshold"],
          additionalProperties: false,
        }],
      },
    },
    fallback: new Map(),
    shownDefault: "none",
    description: "Objectives of timers without one: `name: 5ms`, or `{ threshold, target }`",
  }),
};
