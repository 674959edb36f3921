/**
 * View chosen by the user. It is stored in the fragment of the URL, so that a link restores it.
 *
 * @module
 */

import { DEFAULT_RANGE, type Range, RANGES } from "../data/ranges.ts";

/** Theme; `auto` follows the system. */
export type Theme = "auto" | "light" | "dark";

/** View of the page. */
export interface ViewState {
  /** Search text. */
  readonly search: string;
  /** Time range. */
  readonly range: Range;
  /** Label by whose values series are grouped; empty for none. */
  readonly groupBy: string;
  /** Whether the page is paused. */
  readonly isPaused: boolean;
  /** Theme. */
  readonly theme: Theme;
  /** Id of the open trace; empty for none. */
  readonly trace: string;
}

/** View without any choice. */
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

/** Formats a view as a fragment, without defaults. */
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
