/**
 * Settings of the thread that creates the metrics.
 *
 * @module
 */

import type { RuntimeOptions } from "../../model/runtime_choice.ts";
import type { Clock, ClockName } from "../../record/clock.ts";
import { checkRuntime } from "../kinds/runtime.ts";
import { FLAG, powerOfTwo, word } from "../kinds/kind.ts";
import { member, named, namedInFile, setting } from "./setting.ts";

/** Options of the thread that creates the metrics. */
export interface MainOptions {
  /**
   * Where aggregation happens: in a worker, or inline on the calling thread, for runtimes without workers and for tests.
   *
   * @default {"worker"}
   */
  readonly aggregation?: "worker" | "inline";
  /**
   * Clock of timings. `"auto"` is `"ffi"` where `--allow-ffi` is granted, or for the C library, else `"performance"`.
   * An object with `now()` in milliseconds also times the windows if aggregation is inline; it must return a finite
   * number from the start, and timings are rejected while it does not.
   *
   * @default {"auto"}
   */
  readonly clock?: ClockName | Clock;
  /**
   * Whether anything is recorded.
   *
   * @default {true}
   */
  readonly enabled?: boolean;
  /**
   * Records of 32 bytes that a ring holds: a power of two, 64 to 16,777,216.
   *
   * @default {131_072}
   */
  readonly ringCapacity?: number;
  /**
   * Metrics of the runtime that are collected; all of them with `true`. Those of a thread concern the thread that
   * creates the metrics; others choose theirs in {@linkcode attachMetrics}.
   *
   * @default {false}
   */
  readonly runtime?: boolean | RuntimeOptions;
}

const RUNTIME_FLAG = { type: "boolean" };

/** Rows of {@linkcode MainOptions}. */
export const MAIN = {
  aggregation: setting<"worker" | "inline">({
    ...word("worker", "inline"),
    option: "aggregation",
    fallback: "worker",
    description: "Where aggregation happens: in a worker, or inline on the calling thread",
  }),
  clock: setting<ClockName | Clock>({
    option: "clock",
    // Checked where the clock is made.
    check: (_place, given) => given as ClockName | Clock,
    schema: { enum: ["auto", "ffi", "performance"] },
    fallback: "auto",
    description: "Clock of timings; an object with `now()` in milliseconds is one, too",
  }),
  enabled: setting({
    ...named("enabled"),
    ...FLAG,
    fallback: true,
    description: "Whether anything is recorded",
  }),
  ringCapacity: setting({
    ...named("ringCapacity"),
    ...powerOfTwo(64, 2 ** 24, "records"),
    aliases: [{ key: "buffer_size", variable: "METRICS_BUFFER_SIZE" }],
    fallback: 131_072,
    description: "Records of 32 bytes that a ring holds, a power of two",
  }),
};

/** Row of the collectors, each of which has layers. */
export const RUNTIME = {
  runtime: setting<RuntimeOptions>({
    ...namedInFile("runtime"),
    check: checkRuntime,
    schema: {
      type: ["boolean", "object"],
      properties: { process: RUNTIME_FLAG, heap: RUNTIME_FLAG, gc: RUNTIME_FLAG, event_loop: RUNTIME_FLAG },
      additionalProperties: false,
    },
    members: {
      process: member("runtime", "process"),
      heap: member("runtime", "heap"),
      gc: member("runtime", "gc"),
      eventLoop: member("runtime", "eventLoop", "METRICS_EVENT_LOOP_MONITORING"),
    },
    fallback: {},
    shownDefault: "none; all in `hotpath serve`",
    description: "Metrics of the runtime that are collected",
  }),
};
