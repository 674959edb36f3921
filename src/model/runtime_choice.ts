/**
 * Choice of the runtime metrics to collect. All are off by default.
 *
 * @module
 */

/** Runtime metrics to collect; omitted ones are not collected. */
export interface RuntimeOptions {
  /** `process_*` as in other Prometheus clients, and `deno_info`. */
  readonly process?: boolean;
  /** `deno_heap_*` and `deno_external_bytes`, of each thread that opts in. */
  readonly heap?: boolean;
  /** `deno_gc_duration_seconds`, of each thread that opts in. */
  readonly gc?: boolean;
  /** `deno_eventloop_lag_seconds`, of each thread that opts in. */
  readonly eventLoop?: boolean;
}

/** Runtime metrics to collect, each one decided. */
export type RuntimeChoice = Required<RuntimeOptions>;

/** Names of the collectors' options. */
export const COLLECTORS: readonly (keyof RuntimeChoice)[] = ["process", "heap", "gc", "eventLoop"];

/** Choice that collects nothing. */
export const NO_RUNTIME: RuntimeChoice = { process: false, heap: false, gc: false, eventLoop: false };
