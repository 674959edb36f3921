/**
 * Exemplars: label sets that link one measurement to related data, such as its trace. Nothing here throws, because the
 * measurement itself is recorded in any case: an invalid exemplar is rejected and counted.
 *
 * Source: OpenMetrics 1.0, "Exemplars".
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import { isLegacyLabelName } from "../model/names.ts";
import type { Recorder } from "../record/recorder.ts";
import { Count } from "../ring/layout.ts";
import { wallMs } from "../platform/wall_clock.ts";
import { codePointLength, copyText } from "./text.ts";

/** Largest number of code points of all names and values together. */
const CODE_POINTS_MAX = 128;
/** Largest number of UTF-16 code units of that many code points. */
const UNITS_MAX: number = 2 * CODE_POINTS_MAX;

/**
 * Offers an exemplar of a value that was recorded.
 *
 * @param series Id of the series that it was recorded in
 * @param value Recorded value
 * @param labels Labels of the exemplar, not yet checked
 */
export function offerExemplar(recorder: Recorder, series: number, value: number, labels: unknown): void {
  const read = readLabels(labels);
  if (typeof read === "number") recorder.counts[read] += 1;
  else recorder.offerExemplar(series, { labels: read, value, timestampMs: wallMs() });
}

/**
 * Returns a copy of the label set, which the caller may change later, or the position in `Count` at which its rejection
 * is counted.
 */
function readLabels(given: unknown): Labels | number {
  if (typeof given !== "object" || given === null) return Count.exemplarInvalid;
  try {
    return copyLabels(given as Readonly<Record<string, unknown>>);
  } catch {
    // A getter of the caller threw.
    return Count.exemplarInvalid;
  }
}

function copyLabels(given: Readonly<Record<string, unknown>>): Labels | number {
  const labels: Record<string, string> = {};
  let units = 0;
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (typeof value !== "string") return Count.exemplarInvalid;
    units += name.length + value.length;
    if (units > UNITS_MAX) return Count.exemplarTooLong;
    if (!isExemplarLabel(name)) return Count.exemplarInvalid;
    // The name of a property is never a slice.
    labels[name] = copyText(value.toWellFormed());
  }
  // Most exemplars are so short that their code points need not be counted.
  return units > CODE_POINTS_MAX && codePointsOf(labels) > CODE_POINTS_MAX ? Count.exemplarTooLong : labels;
}

/** Whether every format can write a name unescaped. */
function isExemplarLabel(name: string): boolean {
  return isLegacyLabelName(name) && !name.startsWith("__");
}

function codePointsOf(labels: Labels): number {
  return Object.entries(labels).reduce(
    (sum, [name, value]) => sum + codePointLength(name) + codePointLength(value),
    0,
  );
}
