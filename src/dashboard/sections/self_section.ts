/**
 * Hotpath's own metrics.
 *
 * @module
 */

import type { LiveSelf } from "../../model/live_frames.ts";
import { element, setAttribute, setText } from "../view/dom.ts";
import { formatCount, formatShare, formatValue } from "../view/format.ts";

type Stat = readonly [name: string, text: string, exact: number | null];

/** Section about Hotpath itself. */
export class SelfSection {
  /** Element to place in the page. */
  readonly root: HTMLElement;
  readonly #list = element("dl", { class: "stats" });
  readonly #cells: Map<string, HTMLElement> = new Map();

  /** Creates a section that is hidden until there is data. */
  constructor() {
    const heading = element("h2", { id: "section-self" }, "Hotpath");
    const card = element("article", { class: "card" }, this.#list);
    this.root = element("section", { "aria-labelledby": "section-self", hidden: true }, heading, card);
  }

  /** Shows the state of the latest frame. */
  update(self: LiveSelf | undefined, framesLost: number): void {
    this.root.hidden = self === undefined;
    if (self === undefined) return;
    for (const [name, text, exact] of statsOf(self, framesLost)) {
      const cell = this.#cellOf(name);
      setText(cell, text);
      setAttribute(cell, "title", exact === null ? "no data" : String(exact));
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

function statsOf(self: LiveSelf, framesLost: number): Stat[] {
  const { meta, ringOccupancyRatio, samplingRate, overheadRatio, drainSecondsP99, scrapeSecondsP99 } = self;
  const count = (name: string, value: number): Stat => [name, formatCount(value), value];
  return [
    ["ring occupancy", formatShare(ringOccupancyRatio), ringOccupancyRatio],
    ["sampling rate", formatShare(samplingRate), samplingRate],
    ["overhead", formatShare(overheadRatio), overheadRatio],
    ["drain p99", formatValue(drainSecondsP99, "seconds"), drainSecondsP99],
    ["scrape p99", formatValue(scrapeSecondsP99, "seconds"), scrapeSecondsP99],
    count("records", meta.recorded),
    count("dropped", meta.dropped),
    count("sampled out", meta.sampledOut),
    count("series", meta.series),
    count("series overflowed", meta.overflowed),
    count("frames lost", framesLost),
  ];
}
