/**
 * Settings of the aggregator.
 *
 * @module
 */

import { checkList, checkString } from "../../check/checks.ts";
import { type Duration, parseDuration } from "../../check/duration.ts";
import { rangeError } from "../../check/errors.ts";
import { type Check, fieldOf, refusal } from "../../check/place.ts";
import { HEALTH_DEFAULTS, type HealthOptions, type HealthSettings } from "../../health/settings.ts";
import type { WindowSpec } from "../../sketch/sliding_window.ts";
import { checkHealth, HEALTH_MEMBERS, HEALTH_SCHEMA } from "../kinds/health.ts";
import { checkWindows } from "../kinds/lists.ts";
import { partsOf } from "../kinds/text.ts";
import { DURATION_SCHEMA, FLAG, number, seconds, whole } from "../kinds/kind.ts";
import { named, namedInFile, type ResolvedArea, setting } from "./setting.ts";

/** Options of the aggregator. */
export interface AggregateOptions {
  /**
   * Sliding windows, at most 8, 100 ms to 24 h each.
   *
   * @default {["1s", "5s", "1m", "5m"]}
   */
  readonly windows?: readonly Duration[];
  /**
   * Names of the `windows` whose quantiles are exposed as the summary `…_window_seconds`. By default it is the window
   * nearest to a minute, because each window takes five lines per series in `/metrics`. The JSON snapshot, objectives
   * and the page always have all windows.
   */
  readonly exposedWindows?: readonly Duration[];
  /**
   * Maximum buckets of a series' native histogram, 4 to 100,000; the default covers 25 powers of two without a gap at
   * schema 6. A series with more gets a wider zero bucket, if `nativeZeroThresholdMax` permits it, and then half the
   * resolution.
   *
   * @default {1_600}
   */
  readonly nativeBucketsMax?: number;
  /**
   * Maximum zero threshold of a native histogram when its zero bucket is widened; 0 for never.
   *
   * @default {0}
   */
  readonly nativeZeroThresholdMax?: number;
  /**
   * Time after which an idle series is hidden. A series is idle while it has no new records, or its value is unchanged;
   * it is absent from snapshots and scrapes, and a distribution's memory is freed. On its next record, a counter or
   * gauge returns with its value; a histogram, timer or summary starts anew. Never by default. Idle series count
   * towards `seriesMax`.
   */
  readonly idleTtl?: Duration;
  /** Thresholds of the health checks. */
  readonly health?: HealthOptions;
  /**
   * Whether Hotpath's own metrics, `hotpath_…`, are exposed.
   *
   * @default {true}
   */
  readonly selfMetrics?: boolean;
}

const checkIdleTtl: Check<number> = (place, given) => parseDuration(given, place.action, fieldOf(place));
const checkExposed = checkList(checkString, 'be an array such as ["1m"]');

function checkAmongWindows({ action, values: { windows, exposedWindows }, fieldOf }: ResolvedArea): void {
  const names = (windows as readonly WindowSpec[]).map(({ name }) => name);
  const unknown = (exposedWindows as readonly string[] | undefined)?.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const must = names.length === 0 ? "be empty without windows" : `be among the windows ${names.join(", ")}`;
  throw rangeError(action, fieldOf("exposedWindows"), must, unknown, names);
}

const windowSeconds = seconds(0.1, 86_400);

/** Rows of {@linkcode AggregateOptions} that map one to one to settings of the aggregator. */
export const AGGREGATE = {
  windows: setting<readonly WindowSpec[]>({
    ...named("windows"),
    check: checkWindows,
    checkText: (place, text) => checkWindows(place, partsOf(text)),
    schema: { type: "array", items: DURATION_SCHEMA, maxItems: 8, uniqueItems: true },
    range: "100ms to 24h each, at most 8",
    aliases: [{
      variable: "METRICS_WINDOW_SIZE_SECONDS",
      checkText: (place, text) => checkWindows(place, [`${windowSeconds.checkText!(place, text) / 1_000}s`]),
      unit: "s, one window",
    }],
    fallback: ["1s", "5s", "1m", "5m"].map((name, i) => ({ name, lengthMs: [1_000, 5_000, 60_000, 300_000][i] })),
    shownDefault: '`["1s", "5s", "1m", "5m"]`',
    description: "Sliding windows; a value leaves within 1/20 of the window of its time",
  }),
  exposedWindows: setting<readonly string[] | undefined>({
    ...named("exposedWindows"),
    check: checkExposed,
    checkText: (place, text) => checkExposed(place, partsOf(text)),
    schema: { type: "array", items: DURATION_SCHEMA },
    range: "names of windows",
    agrees: checkAmongWindows,
    fallback: undefined,
    shownDefault: "nearest to 1 min",
    description: "Windows whose quantiles are exposed",
  }),
  idleTtlMs: setting({
    ...named("idleTtl"),
    check: checkIdleTtl,
    checkText: checkIdleTtl,
    schema: DURATION_SCHEMA,
    fallback: Infinity,
    shownDefault: "never",
    description: "Time after which an idle series is hidden",
  }),
  health: setting<HealthSettings>({
    ...namedInFile("health"),
    check: checkHealth,
    schema: HEALTH_SCHEMA,
    members: HEALTH_MEMBERS,
    fallback: HEALTH_DEFAULTS,
    shownDefault: "by check",
    description: "Thresholds of the health checks, see `HealthOptions`",
  }),
  selfMetrics: setting({
    ...named("selfMetrics"),
    ...FLAG,
    aliases: [{ variable: "METRICS_ENABLE_META" }],
    fallback: true,
    description: "Whether Hotpath's own metrics are exposed",
  }),
};

/** Rows of the limit on native buckets. */
export const NATIVE = {
  nativeBucketsMax: setting({
    ...named("nativeBucketsMax"),
    ...whole(4, 100_000),
    fallback: 1_600,
    description: "Maximum native buckets of a series",
  }),
  nativeZeroThresholdMax: setting({
    ...named("nativeZeroThresholdMax"),
    ...number(0, Number.MAX_VALUE),
    fallback: 0,
    description: "Maximum zero threshold when the zero bucket is widened",
  }),
};

/** Rows of variables that are refused because they would have no effect. */
export const REFUSED = {
  samplesMax: setting<undefined>({
    variable: "METRICS_MAX_SAMPLES",
    check: () => undefined,
    checkText: (place, text) => {
      throw refusal(place, "be unset, because distributions are histograms, which keep no samples", text, false);
    },
    schema: {},
    fallback: undefined,
    shownDefault: "—",
    description: "Refused: distributions are histograms, which keep no samples",
  }),
};
