/**
 * The view that the user has chosen. It is kept in the fragment of the address, so that a link restores it.
 *
 * @module
 */

import { DEFAULT_RANGE, type Range, RANGES } from "../data/ranges.ts";

/** Theme; `auto` follows the system. */
export type Theme = "auto" | "light" | "dark";

/** The view. */
export interface ViewState {
  /** Search text. */
  readonly search: string;
  /** Time range. */
  readonly range: Range;
  /** Label whose values series are grouped by; empty for none. */
  readonly groupBy: string;
  /** Whether the page is paused. */
  readonly isPaused: boolean;
  /** Theme. */
  readonly theme: Theme;
  /** Id of the trace that is open; empty for none. */
  readonly trace: string;
}

/** The view without any choice. */
export const DEFAULT_VIEW: ViewState = {
  search: "",
  range: DEFAULT_RANGE,
  groupBy: "",
  isPaused: false,
  theme: "auto",
  trace: "",
};

/** Parses a fragment; invalid parts are ignored. */
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

/** Formats a view as fragment, without defaults. */
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
