/**
 * Resolves options in a process of its own, because the environment belongs to the whole process.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { runDeno } from "../subprocess.ts";

/** What the three layers above the defaults say. */
export interface Layers {
  /** Options of `createMetrics`. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of a file named `hotpath.yaml`. */
  readonly file?: Readonly<Record<string, unknown>>;
}

/** What came of it. */
export interface Outcome {
  /** What a setting is, by name; objectives as pairs of timer and objective. */
  readonly resolved?: Readonly<Record<string, unknown>>;
  /** The error, with its class. */
  readonly error?: string;
}

const SCRIPT = new URL("./resolve_script.ts", import.meta.url).pathname;
const ENV = "--allow-env=METRICS_*,OTEL_EXPORTER_*,OTEL_SERVICE_NAME,OTEL_TRACES_EXPORTER";

/**
 * Resolves each of several cases.
 *
 * @param permissions What the process may; reading the variables, by default
 * @param env Variables of the process, below those of the cases
 */
export async function resolveAll(
  cases: readonly Layers[],
  permissions: readonly string[] = [ENV],
  env: Layers["env"] = {},
): Promise<Outcome[]> {
  const { code, stdout, stderr } = await runDeno([...permissions, SCRIPT], JSON.stringify(cases), env);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}
