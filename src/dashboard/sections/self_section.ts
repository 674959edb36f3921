/**
 * Hotpath about itself.
 *
 * @module
 */

import type { LiveSelf } from "../../model/live_frames.ts";
import { element, setAttribute, setText } from "../view/dom.ts";
import { formatCount, formatShare, formatValue } from "../view/format.ts";

type Reading = readonly [name: string, text: string, exact: number | null];

/** Its numbers. */
export class SelfSection {
  /** What to put into the page. */
  readonly root: HTMLElement;
  readonly #list = element("dl", { class: "stats" });
  readonly #cells: Map<string, HTMLElement> = new Map();

  /** Hidden until there are any. */
  constructor() {
    const heading = element("h2", { id: "section-self" }, "Hotpath itself");
    const card = element("article", { class: "card" }, this.#list);
    this.root = element("section", { "aria-labelledby": "section-self", hidden: true }, heading, card);
  }

  /** Shows them. */
  update(self: LiveSelf | undefined, framesLost: number): void {
    this.root.hidden = self === undefined;
    if (self === undefined) return;
    for (const [name, text, exact] of readingsOf(self, framesLost)) {
      const cell = this.#cellOf(name);
      setText(cell, text);
      setAttribute(cell, "title", exact === null ? "not measured" : String(exact));
    }
  }

  #cellOf(name: string): HTMLElement {
    let cell = this.#cells.get(name);
    if (cell === undefined) {
      cell = element("dd", { "data-stat": name });
      this.#cells.set(name, cell);
      this.#list.append(element("div", {}, element("dt", {}, name), cell));
    }
    return cell;
  }
}

function readingsOf(self: LiveSelf, framesLost: number): Reading[] {
  const { meta, ringOccupancyRatio, samplingRate, overheadRatio, drainSecondsP99, scrapeSecondsP99 } = self;
  const count = (name: string, value: number): Reading => [name, formatCount(value), value];
  return [
    ["ring occupancy", formatShare(ringOccupancyRatio), ringOccupancyRatio],
    ["sampling rate", formatShare(samplingRate), samplingRate],
    ["overhead", formatShare(overheadRatio), overheadRatio],
    ["drain p99", formatValue(drainSecondsP99, "seconds"), drainSecondsP99],
    ["scrape p99", formatValue(scrapeSecondsP99, "seconds"), scrapeSecondsP99],
    count("recorded", meta.recorded),
    count("dropped", meta.dropped),
    count("sampled out", meta.sampledOut),
    count("series", meta.series),
    count("overflowed", meta.overflowed),
    count("frames lost by this page", framesLost),
  ];
}
