/**
 * Cards of all metrics, by section. Only visible cards are drawn.
 *
 * @module
 */

import { element, setText } from "../view/dom.ts";
import { factOf } from "../data/facts.ts";
import type { MetricGroups } from "../data/groups.ts";
import type { Picture } from "../view/picture.ts";
import { DistributionPanel } from "../panels/distribution_panel.ts";
import { FactPanel } from "../panels/fact_panel.ts";
import { type CardKind, createCard, type Panel } from "../panels/panel.ts";
import { ScalarPanel } from "../panels/scalar_panel.ts";
import { sectionOf, SECTIONS } from "./section_names.ts";

/** Maximum number of cards; more would make the page slow, and a search finds the others. */
const PANELS_MAX = 200;
/** Number of cards that roughly fit on a screen. */
const FIRST_CARDS = 3;
/** Distance in pixels from the viewport within which cards are drawn in advance. */
const NEAR_PX = 50;

/** Card whose panel is created once the card becomes visible. */
interface Card {
  readonly root: HTMLElement;
  groups: MetricGroups;
  panel: Panel | undefined;
}

interface Section {
  readonly root: HTMLElement;
  readonly cards: HTMLElement;
}

/** Sections of cards. */
export class Board {
  /** Element to place in the page. */
  readonly root: HTMLElement = element("div", { class: "board" });
  readonly #onTrace: (traceId: string) => void;
  readonly #onSight: () => void;
  readonly #sections: Map<string, Section> = new Map();
  readonly #cards: Map<string, Card> = new Map();
  readonly #byRoot: WeakMap<Element, Card> = new WeakMap();
  readonly #visible: Set<Card> = new Set();
  readonly #sight: IntersectionObserver;
  readonly #note: HTMLElement = element("p", { class: "note" });

  /**
   * Creates empty sections.
   *
   * @param onTrace Called with the id of a trace to open
   * @param onSight Called when cards have become visible or hidden
   */
  constructor(onTrace: (traceId: string) => void, onSight: () => void) {
    this.#onTrace = onTrace;
    this.#onSight = onSight;
    this.#sight = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: `${NEAR_PX}px` });
    for (const name of SECTIONS) this.#sections.set(name, this.#addSection(name));
    this.root.append(this.#note);
  }

  /** Shows the given metrics, keeping existing cards. */
  update(metrics: readonly MetricGroups[]): void {
    const all = metrics.flatMap(cardsOf);
    const wanted = new Map(all.slice(0, PANELS_MAX).map((groups) => [keyOf(groups), groups]));
    for (const [key, card] of this.#cards) {
      if (!wanted.has(key)) this.#remove(key, card);
    }
    const roots = new Map<string, HTMLElement[]>();
    for (const [key, groups] of wanted) {
      const { root } = this.#place(key, groups);
      const section = sectionOf(groups.metric);
      const known = roots.get(section);
      if (known === undefined) roots.set(section, [root]);
      else known.push(root);
    }
    for (const [name, section] of this.#sections) arrange(section, roots.get(name) ?? []);
    const rest = all.length - wanted.size;
    setText(
      this.#note,
      rest > 0 ? `${rest} more not shown. Narrow the search to see them.` : noteOf(all.length),
    );
  }

  /**
   * Draws the visible cards. Cards that have just become visible show their numbers at once and their plots at the next
   * call, because plots take longer.
   *
   * @returns Whether another call is needed for such plots
   */
  draw(picture: Picture): boolean {
    const filled = [...this.#visible].filter(({ panel }) => panel !== undefined);
    const empty = [...this.#visible].filter(({ panel }) => panel === undefined);
    for (const card of empty) {
      card.panel = this.#fill(card);
      card.panel.showNumbers(picture);
    }
    for (const { panel } of filled) panel?.draw(picture);
    return empty.length > 0;
  }

  #addSection(name: string): Section {
    const cards = element("div", { class: "cards" });
    const heading = element("h2", { id: `section-${name}` }, name);
    const root = element("section", { "aria-labelledby": `section-${name}`, hidden: true }, heading, cards);
    this.root.append(root);
    return { root, cards };
  }

  /** Returns the card of a key, and creates it if there is none. */
  #place(key: string, groups: MetricGroups): Card {
    let card = this.#cards.get(key);
    if (card === undefined) {
      card = { root: createCard(groups, cardKindOf(groups)), groups, panel: undefined };
      this.#cards.set(key, card);
      this.#byRoot.set(card.root, card);
      this.#sight.observe(card.root);
      // The observer reports late, and the first numbers must not wait for it.
      if (this.#visible.size < FIRST_CARDS) this.#visible.add(card);
    }
    card.groups = groups;
    card.panel?.setGroups(groups);
    return card;
  }

  #fill({ root, groups }: Card): Panel {
    const fact = factOf(groups.metric);
    if (fact !== undefined) return new FactPanel(root, groups, fact);
    return isDistribution(groups) ? new DistributionPanel(root, groups, this.#onTrace) : new ScalarPanel(root, groups);
  }

  #remove(key: string, card: Card): void {
    this.#cards.delete(key);
    this.#visible.delete(card);
    this.#sight.unobserve(card.root);
    card.panel?.close();
    card.root.remove();
  }

  #see(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const card = this.#byRoot.get(target);
      if (card === undefined) continue;
      // The observer reports nothing more about a card that was removed in the meantime.
      if (isIntersecting && card.root.isConnected) this.#visible.add(card);
      else this.#visible.delete(card);
    }
    this.#onSight();
  }
}

/** Splits a distribution into a card per group; other metrics have one card for all groups. */
function cardsOf(all: MetricGroups): MetricGroups[] {
  return isDistribution(all) ? all.groups.map((group) => ({ metric: all.metric, groups: [group] })) : [all];
}

/** Returns a card's key: a metric whose definition changes gets another card. */
function keyOf(all: MetricGroups): string {
  const { metric, groups } = all;
  const traits = JSON.stringify([metric.name, metric.type, metric.unit, metric.slo, metric.schema, metric.help]);
  return `${traits} ${isDistribution(all) || groups.length === 1 ? groups[0].key : ""}`;
}

function isDistribution({ metric }: MetricGroups): boolean {
  return metric.type === "histogram" || metric.type === "summary";
}

function cardKindOf(groups: MetricGroups): CardKind {
  if (factOf(groups.metric) !== undefined) return "fact";
  return isDistribution(groups) ? "distribution" : "scalar";
}

function arrange({ root, cards }: Section, wanted: readonly HTMLElement[]): void {
  root.hidden = wanted.length === 0;
  wanted.forEach((card, i) => {
    if (cards.children[i] !== card) cards.insertBefore(card, cards.children[i] ?? null);
  });
}

function noteOf(count: number): string {
  return count === 0 ? "No matching series." : "";
}
