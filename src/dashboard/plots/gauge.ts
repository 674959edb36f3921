/**
 * How an objective is kept: how much of what it allows is left, as an arc, and in words.
 *
 * @module
 */

import { element, setAttribute, setText } from "../view/dom.ts";
import { formatShare } from "../view/format.ts";
import type { SloState, SloVerdict } from "../data/slo_state.ts";

const SVG = "http://www.w3.org/2000/svg";
/** A half circle. */
const ARC = "M 8 46 A 38 38 0 0 1 84 46";
const ARC_LENGTH = 100;

/** So that nobody needs to see the colour. */
const SYMBOLS: Readonly<Record<SloVerdict, string>> = { kept: "●", "at risk": "▲", missed: "■", "no data": "○" };

/** A gauge. */
export class Gauge {
  /** What to put into the page. */
  readonly root: HTMLElement;
  readonly #arc: SVGElement;
  readonly #compliance: HTMLElement;
  readonly #verdict: HTMLElement;
  readonly #details: HTMLElement;

  /** Without a value. */
  constructor() {
    this.#arc = arc("level");
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", "0 0 92 52");
    drawing.setAttribute("aria-hidden", "true");
    drawing.append(arc("track"), this.#arc);
    this.#compliance = element("strong", { "data-stat": "compliance" });
    this.#verdict = element("span", { class: "verdict" });
    this.#details = element("span", { class: "details" });
    this.root = element(
      "div",
      { class: "gauge", role: "group", "aria-label": "Objective" },
      drawing,
      element("div", {}, this.#compliance, this.#verdict, this.#details),
    );
  }

  /** Shows a state. */
  update(state: SloState, objective: string): void {
    const { verdict, compliance, burnRate, budgetLeft } = state;
    setAttribute(this.root, "data-verdict", verdict.replace(" ", "-"));
    setAttribute(this.#arc, "stroke-dasharray", `${(budgetLeft * ARC_LENGTH).toFixed(1)} ${ARC_LENGTH * 2}`);
    setText(this.#compliance, formatShare(compliance));
    setAttribute(this.#compliance, "title", compliance === null ? "no data" : String(compliance));
    setText(this.#verdict, `${SYMBOLS[verdict]} ${verdict}`);
    const burn = burnRate === null ? "" : `, burn rate ${burnRate.toFixed(burnRate < 10 ? 2 : 0)}`;
    setText(this.#details, `${objective}; ${formatShare(budgetLeft)} of the budget left${burn}`);
  }
}

function arc(name: string): SVGElement {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ARC);
  path.setAttribute("pathLength", String(ARC_LENGTH));
  path.setAttribute("class", name);
  return path;
}
