/**
 * What somebody has chosen to look at, as it stands in the address behind `#`, so that a link brings it back.
 *
 * @module
 */

import { DEFAULT_RANGE, type Range, RANGES } from "../data/ranges.ts";

/** Light, dark, or as the system has it. */
export type Theme = "auto" | "light" | "dark";

/** What is looked at. */
export interface ViewState {
  /** What is searched for. */
  readonly search: string;
  /** How far back. */
  readonly range: Range;
  /** The label whose values series are merged by; empty if they are not. */
  readonly groupBy: string;
  /** Whether the picture stands. */
  readonly isPaused: boolean;
  /** The colours. */
  readonly theme: Theme;
  /** The trace that is open; empty if none is. */
  readonly trace: string;
}

/** What is looked at if nobody has chosen. */
export const DEFAULT_VIEW: ViewState = {
  search: "",
  range: DEFAULT_RANGE,
  groupBy: "",
  isPaused: false,
  theme: "auto",
  trace: "",
};

/** Reads an address's part behind `#`; what makes no sense is as if it were not there. */
export function parseView(hash: string): ViewState {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const theme = given.get("theme");
  return {
    search: given.get("q") ?? "",
    range: RANGES.find(({ name }) => name === given.get("range")) ?? DEFAULT_RANGE,
    groupBy: given.get("by") ?? "",
    isPaused: given.get("paused") === "1",
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    trace: given.get("trace") ?? "",
  };
}

/** Writes it, without what nobody has chosen. */
export function formatView({ search, range, groupBy, isPaused, theme, trace }: ViewState): string {
  const chosen = new URLSearchParams();
  if (search !== "") chosen.set("q", search);
  if (range !== DEFAULT_RANGE) chosen.set("range", range.name);
  if (groupBy !== "") chosen.set("by", groupBy);
  if (isPaused) chosen.set("paused", "1");
  if (theme !== "auto") chosen.set("theme", theme);
  if (trace !== "") chosen.set("trace", trace);
  return chosen.toString();
}
