/**
 * Table of all settings: only settings in it can be set from outside.
 *
 * @module
 */

import { AGGREGATE, NATIVE, REFUSED } from "./aggregate.ts";
import { FILES } from "./files.ts";
import { MAIN, RUNTIME } from "./main.ts";
import { INSTRUMENTS, RECORD, SHARED } from "./record.ts";
import { SAMPLING } from "./sampling.ts";
import { SERVE } from "./serve.ts";
import type { Setting } from "./setting.ts";
import { TRACE_EXPORT, TRACE_LIMIT_ROWS, TRACE_SWITCH, TRACES } from "./traces.ts";

/** Rows of one area, by the names of the settings in the code. */
// deno-lint-ignore no-explicit-any
export type Rows = Readonly<Record<string, Setting<any>>>;

/** Resolved values of rows. */
export type Values<Each extends Rows> = { readonly [Name in keyof Each]: Each[Name]["fallback"] };

/** Rows of `createMetrics`. */
export const CREATE = {
  ...MAIN,
  ...SAMPLING,
  ...SHARED,
  ...RECORD,
  ...AGGREGATE,
  ...NATIVE,
  ...INSTRUMENTS,
  ...RUNTIME,
  ...TRACE_SWITCH,
  ...TRACES,
  ...TRACE_LIMIT_ROWS,
  ...TRACE_EXPORT,
  ...REFUSED,
};

/** All settings. */
export const SETTINGS = { ...CREATE, ...SERVE, ...FILES };

/** Name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** Resolved value of a setting. */
export type SettingValue<Name extends SettingName> = (typeof SETTINGS)[Name]["fallback"];

/** Returns the top-level option names of rows, or those below an option. */
export function optionNames(rows: Rows, below?: string): string[] {
  const paths = Object.values(rows).flatMap(({ option }) => option ?? []);
  const parts = below === undefined
    ? paths.map((path) => path.split(".")[0])
    : paths.filter((path) => path.startsWith(`${below}.`)).map((path) => path.slice(below.length + 1));
  return [...new Set(parts)];
}
