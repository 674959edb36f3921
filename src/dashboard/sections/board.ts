/**
 * All cards of metrics, by section. Only those that can be seen are drawn.
 *
 * @module
 */

import { element, setText } from "../dom.ts";
import type { MetricGroups } from "../groups.ts";
import type { Picture } from "../picture.ts";
import { DistributionPanel } from "../panels/distribution_panel.ts";
import type { Panel } from "../panels/panel.ts";
import { ScalarPanel } from "../panels/scalar_panel.ts";
import { sectionOf, SECTIONS } from "./section_names.ts";

/** More cards would make the page slow; the rest can be searched for. */
const PANELS_MAX = 200;
/** What comes near is drawn before it is there. */
const NEAR_PX = 200;

interface Section {
  readonly root: HTMLElement;
  readonly cards: HTMLElement;
}

/** The cards. */
export class Board {
  /** What to put into the page. */
  readonly root: HTMLElement = element("div", { class: "board" });
  readonly #onTrace: (traceId: string) => void;
  readonly #onSight: () => void;
  readonly #sections: Map<string, Section> = new Map();
  readonly #panels: Map<string, Panel> = new Map();
  readonly #byRoot: WeakMap<Element, Panel> = new WeakMap();
  readonly #visible: Set<Panel> = new Set();
  readonly #sight: IntersectionObserver;
  readonly #note: HTMLElement = element("p", { class: "note" });

  /**
   * Without cards.
   *
   * @param onTrace Told which trace was asked for
   * @param onSight Told when cards have come into sight
   */
  constructor(onTrace: (traceId: string) => void, onSight: () => void) {
    this.#onTrace = onTrace;
    this.#onSight = onSight;
    this.#sight = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: `${NEAR_PX}px` });
    for (const name of SECTIONS) this.#sections.set(name, this.#addSection(name));
    this.root.append(this.#note);
  }

  /** Shows other metrics; cards that are still wanted stay. */
  update(metrics: readonly MetricGroups[]): void {
    const all = metrics.flatMap(cardsOf);
    const wanted = new Map(all.slice(0, PANELS_MAX).map((groups) => [keyOf(groups), groups]));
    for (const [key, panel] of this.#panels) {
      if (!wanted.has(key)) this.#remove(key, panel);
    }
    const roots = new Map<string, HTMLElement[]>();
    for (const [key, groups] of wanted) {
      const panel = this.#panels.get(key);
      if (panel === undefined) this.#add(key, groups);
      else panel.setGroups(groups);
      const section = sectionOf(groups.metric);
      const root = (this.#panels.get(key) as Panel).root;
      roots.set(section, [...roots.get(section) ?? [], root]);
    }
    for (const [name, section] of this.#sections) arrange(section, roots.get(name) ?? []);
    const rest = all.length - wanted.size;
    setText(
      this.#note,
      rest > 0 ? `${rest} more cards are not shown. Search to narrow them down.` : noteOf(all.length),
    );
  }

  /** Draws what can be seen. */
  draw(picture: Picture): void {
    for (const panel of this.#visible) panel.draw(picture);
  }

  #addSection(name: string): Section {
    const cards = element("div", { class: "cards" });
    const heading = element("h2", { id: `section-${name}` }, name);
    const root = element("section", { "aria-labelledby": `section-${name}`, hidden: true }, heading, cards);
    this.root.append(root);
    return { root, cards };
  }

  #add(key: string, groups: MetricGroups): void {
    const { type } = groups.metric;
    const isDistribution = type === "histogram" || type === "summary";
    const panel = isDistribution ? new DistributionPanel(groups, this.#onTrace) : new ScalarPanel(groups);
    this.#panels.set(key, panel);
    this.#byRoot.set(panel.root, panel);
    this.#sight.observe(panel.root);
  }

  #remove(key: string, panel: Panel): void {
    this.#panels.delete(key);
    this.#visible.delete(panel);
    this.#sight.unobserve(panel.root);
    panel.close();
    panel.root.remove();
  }

  #see(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const panel = this.#byRoot.get(target);
      if (panel === undefined || !this.#panels.size) continue;
      if (isIntersecting) this.#visible.add(panel);
      else this.#visible.delete(panel);
    }
    this.#onSight();
  }
}

/** A distribution has a card for each of its groups, other metrics one for all. */
function cardsOf({ metric, groups }: MetricGroups): MetricGroups[] {
  if (metric.type === "counter" || metric.type === "gauge") return [{ metric, groups }];
  return groups.map((group) => ({ metric, groups: [group] }));
}

function keyOf({ metric, groups }: MetricGroups): string {
  const isDistribution = metric.type === "histogram" || metric.type === "summary";
  // A card is built for its metric's traits, so one with others is another card.
  const traits = JSON.stringify([metric.name, metric.type, metric.unit, metric.slo, metric.schema, metric.help]);
  return isDistribution ? `${traits} ${groups[0].key}` : `${traits} ${groups.length > 1}`;
}

function arrange({ root, cards }: Section, wanted: readonly HTMLElement[]): void {
  root.hidden = wanted.length === 0;
  wanted.forEach((card, i) => {
    if (cards.children[i] !== card) cards.insertBefore(card, cards.children[i] ?? null);
  });
}

function noteOf(count: number): string {
  return count === 0 ? "No series to show." : "";
}
