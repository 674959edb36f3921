/**
 * Settings of snapshot files, which `hotpath serve` writes.
 *
 * @module
 */

import { FLAG, seconds } from "../kinds/kind.ts";
import { setting } from "./setting.ts";

/** Rows of snapshot files, whose options are flags of the command. */
export const FILES = {
  exportEnabled: setting({
    ...FLAG,
    key: "export_enabled",
    variable: "METRICS_EXPORT_ENABLED",
    fallback: false,
    description: "Whether `hotpath serve` writes snapshot files, as with `--export-dir`",
  }),
  exportIntervalMs: setting({
    ...seconds(1, 86_400),
    key: "export_interval_s",
    variable: "METRICS_EXPORT_INTERVAL_S",
    fallback: 60_000,
    shownDefault: "`60`",
    description: "Time between two snapshot files, as with `--export-interval-s`",
  }),
};
