/**
 * Settings of sampling, which selects the recorded calls of histograms, timers and summaries.
 *
 * @module
 */

import { checkBudget, checkNumber } from "../../check/checks.ts";
import { rangeError } from "../../check/errors.ts";
import type { Check } from "../../check/place.ts";
import { checkSwitch, numeric, parseDecimal } from "../kinds/text.ts";
import { FLAG, type Kind, orUnset, SHARE, whole } from "../kinds/kind.ts";
import { named, type ResolvedArea, setting } from "./setting.ts";

/** Options of sampling, which selects the recorded calls of histograms, timers and summaries. */
export interface SamplingOptions {
  /**
   * Share of calls that are recorded, 0 to 1.
   *
   * @default {1}
   */
  readonly rate?: number;
  /** Seed of the sampler, a whole number from 0 to 2³² - 1; a random one by default. */
  readonly seed?: number;
  /**
   * Lower bound of an adaptive rate, 0 to 1.
   *
   * @default {0}
   */
  readonly min?: number;
  /**
   * Upper bound of an adaptive rate, 0 to 1.
   *
   * @default {1}
   */
  readonly max?: number;
  /**
   * Calls per second of all threads above which the rate falls so that no more are recorded, 1 to 10⁹; `true` is 1,000.
   *
   * @default {false}
   */
  readonly eventRateThreshold?: number | boolean;
  /**
   * Whether the rate is halved while a ring is more than 80 % full, and doubled below 30 %, one step every 5 seconds.
   *
   * @default {false}
   */
  readonly ringPressure?: boolean;
  /**
   * Share of one core that recording may take on each thread, 0.0001 to 1. The cost of a call is measured at start-up,
   * for a few milliseconds, and the rate follows the number of calls. Each call of a histogram, timer or summary counts
   * as a timing; counters and gauges, which are not sampled, do not count.
   *
   * @default {false}
   */
  readonly budget?: number | false;
}

/** Calls per second that `true` selects. */
export const EVENT_RATE_DEFAULT = 1_000;
const EVENT_RATE_MAX = 1e9;
const SEED_MAX = 2 ** 32 - 1;

const checkEventRateNumber = checkNumber(1, EVENT_RATE_MAX);
const checkEventRate: Check<number | false> = (place, given) => {
  if (typeof given !== "boolean") return checkEventRateNumber(place, given);
  return given ? EVENT_RATE_DEFAULT : false;
};

const EVENT_RATE: Kind<number | false | undefined> = {
  check: checkEventRate,
  checkText: (place, text) => {
    const isNumber = parseDecimal(text) !== undefined && text !== "1" && text !== "0";
    return isNumber ? numeric(checkEventRateNumber)(place, text) : checkEventRate(place, checkSwitch(place, text));
  },
  schema: { type: ["boolean", "number"], minimum: 1, maximum: EVENT_RATE_MAX },
  unit: "calls/s",
};

const BUDGET: Kind<number | undefined> = {
  check: (place, given) => given === false ? undefined : checkBudget(place, given),
  checkText: (place, text) => text.toLowerCase() === "false" ? undefined : numeric(checkBudget)(place, text),
  schema: { oneOf: [{ const: false }, { type: "number", minimum: 0.0001, maximum: 1 }] },
};

function checkBounds({ action, values, fieldOf }: ResolvedArea): void {
  const [min, max] = [Number(values.samplingRateMin), Number(values.samplingRateMax)];
  if (min <= max) return;
  throw rangeError(
    action,
    fieldOf("samplingRateMin"),
    `be at most ${fieldOf("samplingRateMax")}, which is ${max}`,
    min,
  );
}

/** Rows of {@linkcode SamplingOptions}. */
export const SAMPLING = {
  samplingRate: setting({
    ...named("sampling.rate"),
    ...SHARE,
    aliases: [{ variable: "METRICS_SAMPLE_RATE" }],
    fallback: 1,
    description: "Share of calls that are recorded",
  }),
  samplingSeed: setting({
    ...named("sampling.seed"),
    ...orUnset(whole(0, SEED_MAX)),
    fallback: undefined,
    shownDefault: "random",
    description: "Seed of the sampler",
  }),
  samplingRateMin: setting({
    ...named("sampling.min"),
    ...SHARE,
    aliases: [{ variable: "METRICS_MIN_SAMPLE_RATE" }],
    agrees: checkBounds,
    fallback: 0,
    description: "Lower bound of an adaptive rate",
  }),
  samplingRateMax: setting({
    ...named("sampling.max"),
    ...SHARE,
    aliases: [{ variable: "METRICS_MAX_SAMPLE_RATE" }],
    fallback: 1,
    description: "Upper bound of an adaptive rate",
  }),
  eventRateThreshold: setting({
    ...named("sampling.eventRateThreshold"),
    ...EVENT_RATE,
    fallback: undefined,
    shownDefault: "`false`",
    description: "Calls per second of all threads above which the rate falls; `true` is 1,000",
  }),
  ringPressure: setting({
    ...named("sampling.ringPressure"),
    ...orUnset(FLAG),
    fallback: undefined,
    shownDefault: "`false`",
    description: "Whether the rate falls while a ring fills up",
  }),
  budget: setting({
    ...named("sampling.budget"),
    ...BUDGET,
    fallback: undefined,
    shownDefault: "`false`",
    description: "Share of one core that recording may take on each thread",
  }),
  adaptiveSampling: setting({
    ...FLAG,
    variable: "METRICS_ADAPTIVE_SAMPLING",
    fallback: false,
    description: "Default of `sampling.eventRateThreshold` and `sampling.ringPressure`",
  }),
};
