/**
 * Numbers of a report: exact, or in the units that people read.
 *
 * @module
 */

/** Metric whose values are shown. */
interface Measured {
  readonly name: string;
  readonly unit: string;
}

/** Format of numbers. */
export interface NumberFormat {
  /** A number of things. */
  count(value: number): string;
  /** The value of a counter or gauge. */
  scalar(value: number, metric: Measured): string;
  /** A quantile. */
  quantile(value: number, metric: Measured): string;
  /** The time that a program has run. */
  uptime(seconds: number): string;
}

/** Counts, counters and gauges with all digits. */
export const EXACT: NumberFormat = {
  count: exact,
  scalar: exact,
  quantile: (value, { unit }) => unit === "seconds" ? duration(value) : rounded(value),
  uptime: duration,
};

/** Three digits of large numbers and fractions; bytes, times, dates and shares by their unit. */
export const HUMAN: NumberFormat = {
  count: large,
  scalar: humanValue,
  quantile: humanValue,
  uptime: longDuration,
};

/** Ends of the names of gauges that hold a date in seconds since 1970. */
const DATE_NAME = /_(timestamp|start_time)_seconds$/;
const UNIT_IN_NAME = /_(seconds|bytes|ratio)(_total)?$/;
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
/** From a million on, a number is shown by three digits. */
const LARGE_UNITS = [[1e12, "T"], [1e9, "G"], [1e6, "M"]] as const;
const LONG_UNITS = [[86_400, "d"], [3_600, "h"], [60, "min"]] as const;

/** Formats seconds with three digits, in a suitable unit. */
export function duration(seconds: number): string {
  const size = Math.abs(Number(seconds.toPrecision(3)));
  if (size >= 1 || size === 0) return `${rounded(seconds)} s`;
  if (size >= 1e-3) return `${rounded(seconds * 1e3)} ms`;
  return size >= 1e-6 ? `${rounded(seconds * 1e6)} µs` : `${rounded(seconds * 1e9)} ns`;
}

/** Formats three digits, or all digits of a larger whole number. */
export function rounded(value: number): string {
  return exact(Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** Formats a whole number with commas if a double holds it exactly, any other number by its shortest digits. */
export function exact(value: number): string {
  if (Number.isSafeInteger(value)) return (value === 0 ? 0 : value).toLocaleString("en");
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? value.toExponential().replace("e+", "e") : String(value);
}

/** Formats a share, cut after four decimals and not rounded, so that less than everything is never 100 %. */
export function percentage(share: number): string {
  return `${Math.floor(Number((share * 1e6).toPrecision(12))) / 1e4} %`;
}

function humanValue(value: number, { name, unit }: Measured): string {
  const [, inName = ""] = UNIT_IN_NAME.exec(name) ?? [];
  switch (unit || inName) {
    case "seconds":
      return DATE_NAME.test(name) ? date(value) : longDuration(value);
    case "bytes":
      return bytes(value);
    case "ratio":
      return `${rounded(value * 100)} %`;
    default:
      return large(value);
  }
}

function large(value: number): string {
  const size = Math.abs(Number(value.toPrecision(3)));
  if (size >= 1e15) return value.toExponential(2).replace("e+", "e");
  const [factor, unit] = LARGE_UNITS.find(([factor]) => size >= factor) ?? [1, ""];
  return factor === 1 ? rounded(value) : `${rounded(value / factor)} ${unit}`;
}

function bytes(value: number): string {
  let [size, index] = [value, 0];
  for (; Math.abs(size) >= 1_024 && index < BYTE_UNITS.length - 1; index++) size /= 1_024;
  return `${rounded(size)} ${BYTE_UNITS[index]}`;
}

function longDuration(seconds: number): string {
  const size = Math.abs(Number(seconds.toPrecision(3)));
  const [factor, unit] = LONG_UNITS.find(([factor]) => size >= factor) ?? [1, ""];
  return factor === 1 ? duration(seconds) : `${rounded(seconds / factor)} ${unit}`;
}

function date(seconds: number): string {
  const time = new Date(seconds * 1_000);
  return Number.isNaN(time.getTime()) ? exact(seconds) : time.toISOString();
}
