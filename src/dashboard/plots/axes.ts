/**
 * Axes of all plots, aligned so that times line up from plot to plot.
 *
 * @module
 */

/** Width of the values on the left, in pixels. */
export const LEFT_PX = 62;
/** Margin on the right in pixels, for half of the last time. */
export const RIGHT_PX = 24;
/** Height of the times below, in pixels. */
export const BOTTOM_PX = 26;
/** Margin above in pixels, for half of the topmost value. */
export const TOP_PX = 8;
/** Width of a time in pixels. */
export const TIME_PX = 72;
/** Font of axes. */
export const AXIS_FONT = "11px system-ui, sans-serif";

/** Returns the gaps between known columns, as pairs of their first and last column. */
export function gapsOf(known: readonly boolean[]): [first: number, last: number][] {
  const gaps: [number, number][] = [];
  let before = known.indexOf(true);
  for (let i = before + 1; before >= 0 && i < known.length; i++) {
    if (!known[i]) continue;
    if (i > before + 1) gaps.push([before + 1, i - 1]);
    before = i;
  }
  return gaps;
}

const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];

/** Returns at most `countMax` round times within a range, in seconds since the epoch. */
export function roundTimes(fromSeconds: number, toSeconds: number, countMax: number): number[] {
  const length = toSeconds - fromSeconds;
  const step = STEPS_SECONDS.find((each) => length / each <= countMax) ?? length;
  const times = [];
  for (let time = Math.ceil(fromSeconds / step) * step; time <= toSeconds; time += step) times.push(time);
  return times;
}

/** Factors of powers of ten, from the finest choice to the coarsest. */
const DIGITS: readonly (readonly number[])[] = [
  Array.from({ length: 90 }, (_, i) => 1 + i / 10),
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 5],
  [1, 3],
  [1],
];

/** Returns at most `countMax` round values on a logarithmic axis of any range. */
export function roundValues(low: number, high: number, countMax: number): number[] {
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, i) => Math.floor(Math.log10(low)) + i,
  );
  const all = DIGITS.map((digits) =>
    decades.flatMap((decade) => digits.map((digit) => Number(`${digit}e${decade}`)))
      .filter((value) => value >= low && value <= high)
  );
  const fitting = all.find((values) => values.length <= countMax);
  if (fitting !== undefined) return fitting;
  const powers = all[all.length - 1];
  const every = Math.ceil(powers.length / countMax);
  return powers.filter((_, i) => i % every === 0);
}

/** Powers of two: steps of a linear axis of bytes, and values of a logarithmic one. */
export const POWERS_OF_TWO: readonly number[] = Array.from({ length: 54 }, (_, i) => 2 ** i);

/** Returns at most `countMax` round numbers of bytes on a logarithmic axis. */
export function roundBytes(low: number, high: number, countMax: number): number[] {
  const all = POWERS_OF_TWO.filter((value) => value >= low && value <= high);
  const every = Math.ceil(all.length / countMax);
  return all.filter((_, i) => i % every === 0);
}
