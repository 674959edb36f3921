/**
 * Statistics of a distribution's window.
 *
 * @module
 */

import type { LiveWindow } from "../../model/live_frames.ts";
import { WINDOW_QUANTILES } from "../data/merged_window.ts";
import { quantileName } from "../data/quantiles.ts";
import { element, setAttribute, setText } from "../view/dom.ts";
import { formatCount, formatRate, formatValue } from "../view/format.ts";

/** Row of statistics. */
export class StatsRow {
  /** Element to place in the page. */
  readonly root: HTMLElement = element("dl", { class: "stats" });
  readonly #cells: Map<string, HTMLElement> = new Map();

  /** Whether no statistics were shown yet. */
  get isEmpty(): boolean {
    return this.#cells.size === 0;
  }

  /** Shows the statistics of a window. */
  update({ count, rate, mean, max, quantiles }: LiveWindow, unit: string): void {
    this.#set("count", count, formatCount(count));
    this.#set("rate", rate, formatRate(rate));
    this.#set("mean", mean, formatValue(mean, unit));
    this.#set("max", max, formatValue(max, unit));
    for (const quantile of WINDOW_QUANTILES) {
      const value = quantiles[quantile];
      this.#set(quantileName(quantile), value, formatValue(value, unit));
    }
  }

  #set(name: string, value: number | null | undefined, text: string): void {
    let cell = this.#cells.get(name);
    if (cell === undefined) {
      cell = element("dd", { "data-stat": name });
      this.#cells.set(name, cell);
      this.root.append(element("div", {}, element("dt", {}, name), cell));
    }
    setText(cell, text);
    setAttribute(cell, "title", value === null || value === undefined ? "no data" : String(value));
  }
}
