/**
 * What the axes of all plots have in common, so that those above each other show the same times.
 *
 * @module
 */

/** Room for the numbers on the left. */
export const LEFT_PX = 62;
/** Room on the right, for half of the last time. */
export const RIGHT_PX = 24;
/** Room for the times below. */
export const BOTTOM_PX = 26;
/** Room above, for half of the topmost number. */
export const TOP_PX = 8;
/** Room that a time takes. */
export const TIME_PX = 72;
/** The type of axes. */
export const AXIS_FONT = "11px system-ui, sans-serif";

/** Runs of columns about which nothing is known, between such as are known: pairs of the first and the last. */
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

/** Round times within a range, at most so many, in seconds since the epoch. */
export function roundTimes(fromSeconds: number, toSeconds: number, countMax: number): number[] {
  const length = toSeconds - fromSeconds;
  const step = STEPS_SECONDS.find((each) => length / each <= countMax) ?? length;
  const times = [];
  for (let time = Math.ceil(fromSeconds / step) * step; time <= toSeconds; time += step) times.push(time);
  return times;
}

/** Digits that powers of ten are multiplied by, the finer the fewer of them there are. */
const DIGITS: readonly (readonly number[])[] = [
  Array.from({ length: 90 }, (_, i) => 1 + i / 10),
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 5],
  [1, 3],
  [1],
];

/** Round values on a logarithmic axis, at most so many: those of an axis of its own, which takes any range. */
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

/** Powers of two, which bytes are counted in: steps of an even axis, and values of a logarithmic one. */
export const POWERS_OF_TWO: readonly number[] = Array.from({ length: 54 }, (_, i) => 2 ** i);

/** Round numbers of bytes on a logarithmic axis, at most so many. */
export function roundBytes(low: number, high: number, countMax: number): number[] {
  const all = POWERS_OF_TWO.filter((value) => value >= low && value <= high);
  const every = Math.ceil(all.length / countMax);
  return all.filter((_, i) => i % every === 0);
}
