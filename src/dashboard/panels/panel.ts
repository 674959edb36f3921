/**
 * Common parts of all cards. The panel of a card is created once it is visible.
 *
 * @module
 */

import { element, isolated, labelList } from "../view/dom.ts";
import type { MetricGroups } from "../data/groups.ts";
import type { Picture } from "../view/picture.ts";

/** Content of a card. */
export interface Panel {
  /** Replaces the series by others of the same kind. */
  setGroups(groups: MetricGroups): void;
  /** Shows the numbers of a picture, which takes far less time than its plots. */
  showNumbers(picture: Picture): void;
  /** Draws numbers and plots of a picture. */
  draw(picture: Picture): void;
  /** Releases the plots. */
  close(): void;
}

/** Kind of a card, which determines the height reserved before it is filled. */
export type CardKind = "distribution" | "scalar" | "fact";

/** Creates a card with its heading, labels and the help text of the metric. */
export function createCard({ metric, groups }: MetricGroups, kind: CardKind): HTMLElement {
  // Plots of several series name them in their legends, and facts name them on their lines.
  const hasLabels = kind === "distribution" || (kind === "scalar" && groups.length === 1);
  const heading = element("h3", { title: metric.name }, isolated(metric.name));
  const card = element("article", { class: `card ${kind}`, "aria-label": metric.name }, heading);
  if (hasLabels && Object.keys(groups[0].labels).length > 0) card.append(labelList(groups[0].labels));
  if (metric.help !== "") card.append(element("p", { class: "help", title: metric.help }, isolated(metric.help)));
  return card;
}
