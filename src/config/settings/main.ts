/**
 * Settings of the thread that creates the metrics.
 *
 * @module
 */

import type { RuntimeOptions } from "../../model/runtime_choice.ts";
import type { Clock, ClockName } from "../../record/clock.ts";
import { checkRuntime } from "../kinds/runtime.ts";
import { FLAG, powerOfTwo, word } from "../kinds/kind.ts";
import { checkSwitch } from "../kinds/text.ts";
import { member, named, namedInFile, setting } from "./setting.ts";

/** Options of the thread that creates the metrics. */
export interface MainOptions {
  /**
   * Place of aggregation: a worker, or inline on the calling thread, for runtimes without workers and for tests.
   *
   * @default {"worker"}
   */
  readonly aggregation?: "worker" | "inline";
  /**
   * Clock of timings. `"auto"` is `"ffi"` where `--allow-ffi` is granted for all libraries or the C library, otherwise
   * `"performance"`. An object with `now()` in milliseconds also times the windows if aggregation is inline; it must
   * return a finite number from the start, and timings are rejected while it does not.
   *
   * @default {"auto"}
   */
  readonly clock?: ClockName | Clock;
  /**
   * Whether recording is on at the start.
   *
   * @default {true}
   */
  readonly enabled?: boolean;
  /**
   * Number of 32-byte records that a ring holds: a power of two, 64 to 16,777,216.
   *
   * @default {131_072}
   */
  readonly ringCapacity?: number;
  /**
   * Runtime metrics to collect; `true` for all. Metrics of a thread cover the thread that creates the metrics; other
   * threads choose theirs in {@linkcode attachMetrics}.
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
    description: "Place of aggregation: a worker, or inline on the calling thread",
  }),
  clock: setting<ClockName | Clock>({
    option: "clock",
    // Checked when the clock is created.
    check: (_place, given) => given as ClockName | Clock,
    schema: { enum: ["auto", "ffi", "performance"] },
    fallback: "auto",
    description: "Clock of timings: a name, or an object with `now()` in milliseconds",
  }),
  enabled: setting({
    ...named("enabled"),
    ...FLAG,
    fallback: true,
    description: "Whether recording is on at the start",
  }),
  ringCapacity: setting({
    ...named("ringCapacity"),
    ...powerOfTwo(64, 2 ** 24, "records"),
    aliases: [{ key: "buffer_size", variable: "METRICS_BUFFER_SIZE" }],
    fallback: 131_072,
    description: "Number of 32-byte records that a ring holds, a power of two",
  }),
};

/** Row of the collectors, each of which is resolved through the layers. */
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
    checkMemberText: checkSwitch,
    fallback: {},
    shownDefault: "none; all in `hotpath serve`",
    description: "Runtime metrics to collect",
  }),
};
