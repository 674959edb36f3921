/**
 * Reads cases from its input, resolves each with its own environment, and prints what came of it.
 *
 * @module
 */

import { checkConfig, resolveRows } from "../../../src/config/layers.ts";
import { FILES } from "../../../src/config/settings/files.ts";
import { SERVE } from "../../../src/config/settings/serve.ts";
import { optionNames } from "../../../src/config/settings/table.ts";
import { revealTraceExport } from "../../../src/config/traces.ts";
import { type MetricsOptions, resolveOptions } from "../../../src/config/options.ts";
import { resolveServeOptions } from "../../../src/serve/options.ts";
import type { Layers, Outcome } from "./resolving.ts";

const cases: Layers[] = JSON.parse(await new Response(Deno.stdin.readable).text());
console.log(JSON.stringify(cases.map(resolve)));

function resolve({ options, env = {}, file }: Layers): Outcome {
  for (const [name, text] of Object.entries(env)) Deno.env.set(name, text);
  try {
    return { resolved: settingsOf(options, file) };
  } catch (error) {
    return { error: String(error) };
  } finally {
    for (const name of Object.keys(env)) Deno.env.delete(name);
  }
}

/** All settings, those of serving among them. */
function settingsOf(given: Layers["options"] = {}, metrics: Layers["file"]): Record<string, unknown> {
  const names = optionNames(SERVE);
  const [served, options] = [true, false].map((isServed) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name) === isServed))
  );
  const config = metrics && { source: "hotpath.yaml", metrics };
  const { main, record, aggregate, push: { traceExport }, serve } = resolveOptions(
    { ...options, config } as MetricsOptions,
  );
  const { clock: _clock, sampling, ...mine } = main;
  const { defaults: { timerBuckets: histogramBuckets, sloByTimer = new Map() }, tracer, ...recording } = record;
  const { samplingPlan: plan, traceLimits: limitsOfTraces, ...aggregating } = aggregate;
  const serving = resolveServeOptions(served, serve);
  const { exportEnabled, exportIntervalMs } = resolveRows("export", FILES, {}, checkConfig("export", config));
  const exportTo = traceExport && revealTraceExport(traceExport);
  return {
    ...mine,
    ...recording,
    ...aggregating,
    sampling: { ...sampling, plan },
    histogramBuckets,
    sloByTimer: [...sloByTimer],
    traces: { limits: limitsOfTraces, tracer, exportTo },
    export: { isEnabled: exportEnabled, intervalMs: exportIntervalMs },
    ...serving,
  };
}
