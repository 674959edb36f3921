/**
 * Changes settings in shared memory again and again.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { SettingsMemory } from "../../../src/ring/settings_memory.ts";

const { buffer, updates } = workerData as { buffer: SharedArrayBuffer; updates: number };
const memory = new SettingsMemory(buffer);
for (let i = 0; i < updates; i++) {
  memory.update((kept) => ({ ...kept, samplingRate: kept.samplingRate + 1 }));
}
parentPort?.postMessage("done");
