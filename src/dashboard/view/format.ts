/**
 * Readable numbers: three digits, in the most suitable unit.
 *
 * @module
 */

const NOTHING = "–";
/** Value from which numbers have an exponent, because axes have no room for more digits. */
const LONG_FROM = 1e6;
/** Units of values by base unit: the minimum value, the factor and the suffix. */
const SCALES: Readonly<Record<string, readonly (readonly [from: number, factor: number, suffix: string])[]>> = {
  seconds: [[172_800, 86_400, " d"], [7_200, 3_600, " h"], [120, 60, " min"], [1, 1, " s"], [1e-3, 1e-3, " ms"], [
    1e-6,
    1e-6,
    " µs",
  ], [0, 1e-9, " ns"]],
  bytes: [[1_024 ** 4, 1_024 ** 4, " TiB"], [1_024 ** 3, 1_024 ** 3, " GiB"], [1_024 ** 2, 1_024 ** 2, " MiB"], [
    1_024,
    1_024,
    " KiB",
  ], [0, 1, " B"]],
  "": [[1e12, 1e12, "T"], [1e9, 1e9, "G"], [1e6, 1e6, "M"], [1e4, 1e3, "k"], [0, 1, ""]],
};

/** Formats a value of a base unit. */
export function formatValue(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (unit === "ratio") return formatShare(value);
  const scales = SCALES[unit] ?? SCALES[""];
  const size = Math.abs(value);
  // Zero is written in the base unit.
  const scale = size === 0 ? scales.find(([, factor]) => factor === 1) : scales.find(([from]) => size >= from);
  const [, factor, suffix] = scale ?? [0, 1, ""];
  return `${value < 0 ? "−" : ""}${threeDigits(size / factor)}${suffix}`;
}

/** Formats a rate per second. */
export function formatRate(rate: number | null | undefined, unit = ""): string {
  const text = formatValue(rate, unit === "ratio" ? "" : unit);
  return text === NOTHING ? text : `${text}/s`;
}

/** Formats the rate of a counter. Seconds per second are a share. */
export function formatPerSecond(rate: number | null | undefined, unit: string): string {
  return unit === "seconds" ? formatShare(rate) : formatRate(rate, unit);
}

/** Formats a count with all digits. */
export function formatCount(count: number | null | undefined): string {
  return count === null || count === undefined || Number.isNaN(count) ? NOTHING : count.toLocaleString("en");
}

/** Formats a share as a percentage, rounded down, so that only the whole is 100 %. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || Number.isNaN(share)) return NOTHING;
  const percent = share * 100;
  const digits = percent > 99 && percent < 100 ? 3 : percent < 10 ? 2 : 1;
  const floored = Math.floor(percent * 10 ** digits + 1e-9) / 10 ** digits;
  return `${floored.toLocaleString("en", { maximumFractionDigits: digits })} %`;
}

/** Formats the time of day. */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString("en-GB");
}

/** Formats date and time of day. */
export function formatDate(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? NOTHING : `${date.toLocaleDateString("sv-SE")} ${formatTime(timeMs)}`;
}

/** Formats a factor, such as a burn rate. */
export function formatFactor(factor: number): string {
  return `${Number(factor < 10 ? factor.toFixed(2) : factor.toPrecision(3))}×`;
}

/** Formats a label set on one line. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(" ");
}

function threeDigits(size: number): string {
  if (size >= LONG_FROM) return size.toExponential(1);
  if (size >= 99.95) return Math.round(size).toLocaleString("en");
  return String(Number(size.toPrecision(3)));
}
