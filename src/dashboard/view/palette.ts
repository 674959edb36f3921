/**
 * Colours of canvases, which style sheets cannot reach. Lines are distinct for all kinds of colour vision, and heat maps
 * change evenly in brightness.
 *
 * Source: M. Okabe and K. Ito, "Color universal design"; viridis by S. van der Walt and N. Smith.
 *
 * @module
 */

import type { Theme } from "./view_state.ts";

/** Colours of a theme. */
export interface Palette {
  /** Lines, in the order of use. */
  readonly lines: readonly string[];
  /** Text of axes. */
  readonly text: string;
  /** Grid. */
  readonly grid: string;
  /** Gaps without data. */
  readonly gap: string;
  /** Targets and thresholds. */
  readonly target: string;
  /** Critical thresholds and breaches. */
  readonly critical: string;
  /** Heat map, from the lowest count to the highest, as red, green and blue. */
  readonly heat: readonly (readonly [number, number, number])[];
}

const VIRIDIS: Palette["heat"] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
];

const LIGHT: Palette = {
  lines: ["#0072b2", "#009e73", "#d98c00", "#c4472b", "#b5588a", "#3a9bd1", "#6b6b6b", "#8a7d00"],
  text: "#56606b",
  grid: "#0000000f",
  gap: "#8080802b",
  target: "#9a6700",
  critical: "#b3261e",
  heat: VIRIDIS.toReversed(),
};

const DARK: Palette = {
  lines: ["#56b4e9", "#2bc79a", "#e6a93c", "#f07f5a", "#dd93bd", "#4a8fd0", "#b0b0b0", "#f0e442"],
  text: "#9aa5b1",
  grid: "#ffffff12",
  gap: "#a0a0a02e",
  target: "#e0b04a",
  critical: "#ff8a80",
  heat: VIRIDIS,
};

/** Returns the colours of a theme. */
export function paletteOf(theme: Theme, isSystemDark: boolean): Palette {
  return theme === "dark" || (theme === "auto" && isSystemDark) ? DARK : LIGHT;
}
