/**
 * Traces behind a cell of a heat map.
 *
 * @module
 */

import { element, isolated } from "../view/dom.ts";
import { formatTime, formatValue } from "../view/format.ts";
import type { CellExemplars } from "../data/heat_cells.ts";

/** List that is shown when a cell is opened. */
export class ExemplarList {
  /** Element to place in the page. */
  readonly root: HTMLElement = element("div", { class: "exemplars", hidden: true });
  readonly #unit: string;
  readonly #onTrace: (traceId: string) => void;

  /**
   * Creates a hidden list.
   *
   * @param onTrace Called with the id of a trace to open
   */
  constructor(unit: string, onTrace: (traceId: string) => void) {
    this.#unit = unit;
    this.#onTrace = onTrace;
  }

  /** Shows the exemplars of a cell. */
  show(found: CellExemplars, { low, high }: { readonly low: number; readonly high: number }, toMs: number): void {
    const cell = `${formatValue(low, this.#unit)} to ${formatValue(high, this.#unit)}, ${formatTime(toMs)}`;
    const heading = found.exemplars.length === 0
      ? `No traces for this metric (${cell})`
      : found.isInside
      ? `Traces in this cell (${cell})`
      : `No traces in this cell (${cell}). Nearest traces:`;
    const items = found.exemplars.map(({ labels, value, timestampMs }) => {
      const open = element("button", { type: "button", title: labels.trace_id }, isolated(labels.trace_id));
      open.addEventListener("click", () => this.#onTrace(labels.trace_id));
      return element("li", {}, open, ` ${formatValue(value, this.#unit)} at ${formatTime(timestampMs)}`);
    });
    const close = element("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.root.hidden = true);
    this.root.replaceChildren(element("p", {}, heading), element("ul", {}, ...items), close);
    this.root.hidden = false;
  }
}
