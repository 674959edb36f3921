/**
 * What the axes of all plots have in common, so that those above each other show the same times.
 *
 * @module
 */

/** Room for the numbers on the left. */
export const LEFT_PX = 62;
/** Room on the right, for half of the last time. */
export const RIGHT_PX = 14;
/** Room for the times below. */
export const BOTTOM_PX = 26;
/** Room above, for half of the topmost number. */
export const TOP_PX = 8;
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
