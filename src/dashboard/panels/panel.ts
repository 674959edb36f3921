/**
 * A card of the page: what is the same for all kinds. What fills it is made once it is seen.
 *
 * @module
 */

import { element, isolated, labelList } from "../view/dom.ts";
import type { MetricGroups } from "../data/groups.ts";
import type { Picture } from "../view/picture.ts";

/** What fills a card. */
export interface Panel {
  /** Takes other series of the same kind. */
  setGroups(groups: MetricGroups): void;
  /** Shows the numbers of a moment, which are there long before a plot is. */
  showNumbers(picture: Picture): void;
  /** Draws a moment, with its numbers. */
  draw(picture: Picture): void;
  /** Ends. */
  close(): void;
}

/** What a card will hold, which it has room for before it is filled. */
export type CardKind = "distribution" | "scalar" | "fact";

/** An empty card: its heading, and below it what the metric measures. */
export function createCard({ metric, groups }: MetricGroups, kind: CardKind): HTMLElement {
  // A plot of several series names them itself, and so do facts.
  const hasLabels = kind === "distribution" || (kind === "scalar" && groups.length === 1);
  const heading = element("h3", { title: metric.name }, isolated(metric.name));
  const card = element("article", { class: `card ${kind}`, "aria-label": metric.name }, heading);
  if (hasLabels && Object.keys(groups[0].labels).length > 0) card.append(labelList(groups[0].labels));
  if (metric.help !== "") card.append(element("p", { class: "help", title: metric.help }, isolated(metric.help)));
  return card;
}
