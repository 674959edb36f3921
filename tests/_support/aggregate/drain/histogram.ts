/**
 * Definition of a histogram with one label, without classic buckets.
 *
 * @module
 */

import type { Definition } from "../../../../src/model/model.ts";

export const HISTOGRAM: Definition = {
  type: "histogram",
  name: "size",
  exposedName: "size",
  windowName: "size_window",
  unit: "",
  help: "",
  labelNames: ["id"],
  buckets: [],
  schema: 6,
  isCritical: false,
  sketch: "exponential",
};
