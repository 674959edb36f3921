import { SelfFamilies, type SelfMeasured } from "../../../src/model/self_metrics.ts";

/** What a part exposes about itself, by name and label value: values, and counts of histograms. */
export function selfValues(part: SelfMeasured): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { name, points } of part.selfMetrics(new SelfFamilies(0))) {
    for (const point of points) {
      const key = [name, ...Object.values(point.labels)].join(" ");
      values[key] = "value" in point ? point.value : point.count ?? NaN;
    }
  }
  return values;
}
