/**
 * Card of a fact: labels, or a time and the duration since.
 *
 * @module
 */

import { element, labelList, setAttribute, setText } from "../view/dom.ts";
import type { Fact } from "../data/facts.ts";
import { formatDate, formatValue } from "../view/format.ts";
import type { Group, MetricGroups } from "../data/groups.ts";
import type { Picture } from "../view/picture.ts";
import type { Panel } from "./panel.ts";

/** Card without a plot. */
export class FactPanel implements Panel {
  readonly #fact: Fact;
  readonly #list: HTMLElement = element("ul", { class: "facts" });
  readonly #times: Map<Group, HTMLElement> = new Map();

  /** Fills a card. Times are shown with the first picture. */
  constructor(card: HTMLElement, groups: MetricGroups, fact: Fact) {
    this.#fact = fact;
    card.append(this.#list);
    this.setGroups(groups);
  }

  setGroups({ groups }: MetricGroups): void {
    this.#times.clear();
    const lines = groups.map((group) => {
      const line = element("li");
      if (this.#fact === "time") {
        const time = element("span", { "data-stat": "value" });
        this.#times.set(group, time);
        line.append(time);
      }
      if (Object.keys(group.labels).length > 0) line.append(labelList(group.labels));
      return line;
    });
    this.#list.replaceChildren(...lines);
  }

  showNumbers({ columns: { lastSlot, slotMs } }: Picture): void {
    for (const [{ series: [{ values }] }, time] of this.#times) {
      const seconds = values.at(lastSlot);
      const age = Math.round((lastSlot + 1) * slotMs / 1_000 - seconds);
      setText(time, `${formatDate(seconds * 1_000)}, ${formatValue(Math.max(0, age), "seconds")} ago`);
      setAttribute(time, "title", String(seconds));
    }
  }

  draw(picture: Picture): void {
    this.showNumbers(picture);
  }

  close(): void {}
}
