/**
 * Infos: facts about a program as labels of a series whose value is 1, which queries join with other metrics. An info
 * is a gauge, because Prometheus' text format and protobuf have no type for it.
 *
 * @module
 */

import { checkOptionNames, isMapping } from "../check/options.ts";
import { refusal } from "../check/place.ts";
import type { Family } from "./family.ts";
import type { CellGauge } from "./gauge.ts";
import { type LabelSet, labelValues } from "./labels.ts";
import type { Registry } from "./registry.ts";

/** Options of an info. */
export interface InfoOptions {
  /** Description of the facts, in one sentence. */
  readonly help?: string;
}

const ENDING = "_info";

/** Sets the only series of an info, and creates the info if it does not exist, as `Metrics.info` describes. */
export function setInfo(registry: Registry, givenName: unknown, labels: LabelSet<string>, options: InfoOptions): void {
  const hasEnding = typeof givenName !== "string" || givenName.endsWith(ENDING);
  const name = hasEnding ? givenName as string : givenName + ENDING;
  const action = `set info ${name}`;
  const must = 'be an object such as { version: "1.2.3" }';
  if (!isMapping(labels)) throw refusal({ action, path: "labels" }, must, labels, false);
  checkOptionNames(action, options, ["help"]);
  const names = Object.keys(labels);
  // Before the info exists: its definition would remain, and refuse the corrected labels.
  labelValues(name, names, labels);
  // With the maximum, threads with the same facts share one series of 1.
  const definition = { ...options, labels: names, aggregator: "max" };
  const family = registry.getOrCreate("gauge", name, definition) as Family<string, CellGauge>;
  const current = family.with(labels);
  current.set(1);
  // The callback sets the value even if recording is enabled only later.
  registry.getOrCreate("gauge", name, { ...definition, collect: () => current.set(1) });
  for (const [values, handle] of [...family.entries()]) {
    if (handle === current || values === undefined) continue;
    family.remove(Object.fromEntries(names.map((label, i) => [label, values[i]])));
  }
}
