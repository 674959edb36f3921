/**
 * All cards of metrics, by section. Only those that can be seen are drawn.
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

/** More cards would make the page slow; the rest can be searched for. */
const PANELS_MAX = 200;
/** About as many as a screen holds. */
const FIRST_CARDS = 3;
/** What comes near is drawn before it is there. */
const NEAR_PX = 50;

/** A card, and what fills it once it was seen. */
interface Card {
  readonly root: HTMLElement;
  groups: MetricGroups;
  panel: Panel | undefined;
}

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
  readonly #cards: Map<string, Card> = new Map();
  readonly #byRoot: WeakMap<Element, Card> = new WeakMap();
  readonly #visible: Set<Card> = new Set();
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
      rest > 0 ? `${rest} more cards are not shown. Search to narrow them down.` : noteOf(all.length),
    );
  }

  /**
   * Draws what can be seen. Cards that have just come into sight have their numbers at once, and their plots with the
   * next call, because a screen of plots takes longer than one of numbers.
   *
   * @returns Whether there are such cards
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

  /** The card of a key, as it is or made anew. */
  #place(key: string, groups: MetricGroups): Card {
    let card = this.#cards.get(key);
    if (card === undefined) {
      card = { root: createCard(groups, cardKindOf(groups)), groups, panel: undefined };
      this.#cards.set(key, card);
      this.#byRoot.set(card.root, card);
      this.#sight.observe(card.root);
      // The browser takes a while to say what can be seen; the first numbers shall not wait for that.
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
      // One that was removed meanwhile is not told of again.
      if (isIntersecting && card.root.isConnected) this.#visible.add(card);
      else this.#visible.delete(card);
    }
    this.#onSight();
  }
}

/** A distribution has a card for each of its groups, other metrics one for all. */
function cardsOf(all: MetricGroups): MetricGroups[] {
  return isDistribution(all) ? all.groups.map((group) => ({ metric: all.metric, groups: [group] })) : [all];
}

/** A card is made for its metric's traits, so one with others is another card. */
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
  return count === 0 ? "No series to show." : "";
}
