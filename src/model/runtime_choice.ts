/**
 * Which of the runtime's own numbers are collected. All are off unless somebody asks for them.
 *
 * @module
 */

/** Which of the runtime's own numbers are collected; what is left out is not. */
export interface RuntimeOptions {
  /** `process_*` as other Prometheus clients have them, and `deno_info`. */
  readonly process?: boolean;
  /** `deno_heap_*` and `deno_external_bytes`, of each thread that asks for it. */
  readonly heap?: boolean;
  /** `deno_gc_duration_seconds`, of each thread that asks for it. */
  readonly gc?: boolean;
  /** `deno_eventloop_lag_seconds`, of each thread that asks for it. */
  readonly eventLoop?: boolean;
}

/** The same, decided. */
export type RuntimeChoice = Required<RuntimeOptions>;

/** The collectors, by their options. */
export const COLLECTORS: readonly (keyof RuntimeChoice)[] = ["process", "heap", "gc", "eventLoop"];

/** Nothing is collected. */
export const NO_RUNTIME: RuntimeChoice = { process: false, heap: false, gc: false, eventLoop: false };
