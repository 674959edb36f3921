/**
 * Reads a configuration file and prints the settings that are in force, whichever layer they come from.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { readConfig } from "@hotpath/metrics/config";

const [path = "examples/settings/hotpath.yaml"] = Deno.args;

await using metrics = createMetrics({ config: await readConfig(path), drainIntervalMs: 50 });
metrics.timer("checkout", { help: "Time to check out" }).observe(0.2);

const { drainIntervalMs, ringCapacity } = await metrics.performance();
const { metrics: [checkout] } = await metrics.snapshot();
const windows = checkout.type === "histogram" ? Object.keys(checkout.series[0].windows) : [];
const threshold = checkout.type === "histogram" ? checkout.series[0].slo?.thresholdSeconds : undefined;

console.log(`drainIntervalMs: ${drainIntervalMs}`); // an option of the program
console.log(`sampling.rate: ${metrics.samplingRate}`); // the environment, else the file
console.log(`ringCapacity: ${ringCapacity}`);
console.log(`windows: ${windows.join(", ")}`);
console.log(`SLO of checkout: ${threshold} s`);
