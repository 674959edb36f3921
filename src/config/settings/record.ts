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
   * `"drop-newest"` drops the new record. Either way dropped records are counted.
   *
   * @default {"overwrite-oldest"}
   */
  readonly overflow?: OverflowPolicy;
  /**
   * Milliseconds between drains while little happens, 1 to 60,000. A ring that is half full wakes the aggregator at once.
   *
   * @default {100}
   */
  readonly drainIntervalMs?: number;
  /**
   * Series before new label sets go to an overflow series, 1 to 1,000,000.
   *
   * @default {10_000}
   */
  readonly seriesMax?: number;
  /**
   * Unicode code points that a label value may have, 16 to 4,096. Longer ones are cut, and counted.
   *
   * @default {256}
   */
  readonly labelValueMax?: number;
  /** Classic bounds of timers that have none: ascending numbers of seconds, or durations; 1 µs to 10 s by default. */
  readonly histogramBuckets?: readonly (number | Duration)[];
  /** Objectives of timers that have none, by the timer's name; a threshold alone has the target 0.999. */
  readonly sloByTimer?: Readonly<Record<string, Duration | SloOptions>>;
}

const DRAIN_INTERVAL_MAX_MS = 60_000;

/** Seconds, or a duration. */
const SECONDS_SCHEMA: Schema = { oneOf: [{ type: "number", exclusiveMinimum: 0 }, DURATION_SCHEMA] };

const drainSeconds: Kind<number> = seconds(0.001, DRAIN_INTERVAL_MAX_MS / 1_000);

/** Rows of {@linkcode RecordOptions} that are settings of the aggregator as well. */
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
    description: "Time between drains while little happens",
  }),
  seriesMax: setting({
    ...named("seriesMax"),
    ...whole(1, 1_000_000),
    fallback: 10_000,
    description: "Series before new label sets go to an overflow series",
  }),
};

/** Rows of {@linkcode RecordOptions} that are settings of recording as they are. */
export const RECORD = {
  overflow: setting<OverflowPolicy>({
    ...named("overflow"),
    ...word("overwrite-oldest", "drop-newest"),
    fallback: "overwrite-oldest",
    description: "Policy of a full ring: drop its oldest eighth, or the new record; both are counted",
  }),
  labelValueMax: setting({
    ...named("labelValueMax"),
    ...whole(16, 4_096, "code points"),
    aliases: [{ variable: "METRICS_MAX_LABEL_VALUE" }],
    fallback: 256,
    description: "Length that label values are cut to",
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
    description: "Classic bounds of timers that have none; bare numbers are seconds, in the environment milliseconds",
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
    description: "Objectives of timers that have none: `name: 5ms`, or `{ threshold, target }`",
  }),
};
