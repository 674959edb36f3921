/**
 * The card of a fact: a line of labels, or a moment and how long ago that is.
 *
 * @module
 */

import { element, labelList, setAttribute, setText } from "../view/dom.ts";
import type { Fact } from "../data/facts.ts";
import { formatDate, formatValue } from "../view/format.ts";
import type { Group, MetricGroups } from "../data/groups.ts";
import type { Picture } from "../view/picture.ts";
import type { Panel } from "./panel.ts";

/** A card without a plot. */
export class FactPanel implements Panel {
  readonly #fact: Fact;
  readonly #list: HTMLElement = element("ul", { class: "facts" });
  readonly #moments: Map<Group, HTMLElement> = new Map();

  /** Without moments: those stand in the first picture. */
  constructor(card: HTMLElement, groups: MetricGroups, fact: Fact) {
    this.#fact = fact;
    card.append(this.#list);
    this.setGroups(groups);
  }

  setGroups({ groups }: MetricGroups): void {
    this.#moments.clear();
    const lines = groups.map((group) => {
      const line = element("li");
      if (this.#fact === "moment") {
        const moment = element("span", { "data-stat": "value" });
        this.#moments.set(group, moment);
        line.append(moment);
      }
      if (Object.keys(group.labels).length > 0) line.append(labelList(group.labels));
      return line;
    });
    this.#list.replaceChildren(...lines);
  }

  showNumbers({ columns: { lastSlot, slotMs } }: Picture): void {
    for (const [{ series: [{ values }] }, moment] of this.#moments) {
      const seconds = values.at(lastSlot);
      const age = Math.round((lastSlot + 1) * slotMs / 1_000 - seconds);
      setText(moment, `${formatDate(seconds * 1_000)}, ${formatValue(Math.max(0, age), "seconds")} ago`);
      setAttribute(moment, "title", String(seconds));
    }
  }

  draw(picture: Picture): void {
    this.showNumbers(picture);
  }

  close(): void {}
}
