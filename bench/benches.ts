/**
 * Every bench: its name on the command line, and the file that exports its ladder. What each measures and promises is in
 * `README.md`. A new bench is a file, a line here and a row there.
 *
 * @module
 */

/** Files by name, in the order in which all of them run. */
export const BENCHES: Readonly<Record<string, string>> = {
  allocation: "cases/allocation_bench.ts",
  cache: "cases/cache_bench.ts",
  candles: "cases/candles_bench.ts",
  clock: "cases/timer_bench.ts",
  deopt: "claims/deopt.ts",
  drain: "cases/drain_bench.ts",
  encode: "cases/encode_bench.ts",
  encode_histograms: "cases/encode_bench.ts",
  encode_peers: "cases/encode_bench.ts",
  event_loop: "cases/event_loop_bench.ts",
  http: "cases/http_bench.ts",
  labelled: "cases/labelled_bench.ts",
  labelled_mixed: "cases/labelled_bench.ts",
  memory: "claims/memory.ts",
  overload: "cases/pipeline_bench.ts",
  pipeline: "cases/pipeline_bench.ts",
  quantile: "cases/sketch_bench.ts",
  record: "cases/record_bench.ts",
  ring: "cases/ring_bench.ts",
  runtime: "cases/runtime_bench.ts",
  sampling: "cases/sampling_bench.ts",
  sampling_error: "claims/sampling_error.ts",
  sampling_ffi: "cases/sampling_bench.ts",
  scrape: "claims/scrape.ts",
  sketch: "cases/sketch_bench.ts",
  timer_ffi: "cases/timer_bench.ts",
  timer_performance: "cases/timer_bench.ts",
  trace_ffi: "cases/trace_bench.ts",
  trace_performance: "cases/trace_bench.ts",
};
