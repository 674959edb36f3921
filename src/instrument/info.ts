/**
 * Infos: facts about a program as labels of a series whose value is 1, to join other metrics with. An info is a gauge,
 * because Prometheus' text format and protobuf have no type for it.
 *
 * @module
 */

import { checkOptionNames, isMapping } from "../check/options.ts";
import { refusal } from "../check/place.ts";
import type { Family } from "./family.ts";
import type { CellGauge } from "./gauge.ts";
import type { LabelSet } from "./labels.ts";
import type { Registry } from "./registry.ts";

/** Options of an info. */
export interface InfoOptions {
  /** Description of the facts, in one sentence. */
  readonly help?: string;
}

const ENDING = "_info";

/** Sets the only series of an info; creates it with its first. See `Metrics.info`. */
export function setInfo(registry: Registry, givenName: unknown, labels: LabelSet<string>, options: InfoOptions): void {
  const hasEnding = typeof givenName !== "string" || givenName.endsWith(ENDING);
  const name = hasEnding ? givenName as string : givenName + ENDING;
  const action = `set info ${name}`;
  const must = 'be an object such as { version: "1.2.3" }';
  if (!isMapping(labels)) throw refusal({ action, path: "labels" }, must, labels, false);
  checkOptionNames(action, options, ["help"]);
  // The same facts on several threads are one series of 1.
  const definition = { ...options, labels: Object.keys(labels), aggregator: "max" };
  const family = registry.getOrCreate("gauge", name, definition) as Family<string, CellGauge>;
  const current = family.with(labels);
  current.set(1);
  // Recording may be switched on later.
  registry.getOrCreate("gauge", name, { ...definition, collect: () => current.set(1) });
  for (const [values, handle] of [...family.entries()]) {
    if (handle === current || values === undefined) continue;
    family.remove(Object.fromEntries(definition.labels.map((label, i) => [label, values[i]])));
  }
}
