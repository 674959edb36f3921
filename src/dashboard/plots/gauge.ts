/**
 * Gauge of an SLO: its remaining error budget as an arc, and its state in words.
 *
 * @module
 */

import { element, setAttribute, setText, setVerdict } from "../view/dom.ts";
import { formatFactor, formatShare } from "../view/format.ts";
import type { SloState, SloVerdict } from "../data/slo_state.ts";

const SVG = "http://www.w3.org/2000/svg";
/** Path of a half circle. */
const ARC = "M 8 46 A 38 38 0 0 1 84 46";
const ARC_LENGTH = 100;

/** Symbols that distinguish verdicts without colours. */
const SYMBOLS: Readonly<Record<SloVerdict, string>> = { OK: "●", "at risk": "▲", breached: "■", "no data": "○" };

/** Gauge of an SLO. */
export class Gauge {
  /** Element to place in the page. */
  readonly root: HTMLElement;
  readonly #arc: SVGElement;
  readonly #compliance: HTMLElement;
  readonly #verdict: HTMLElement;
  readonly #objective: HTMLElement;
  readonly #budget: HTMLElement;

  /** Creates a gauge without a value. */
  constructor() {
    this.#arc = arc("level");
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", "0 0 92 52");
    drawing.setAttribute("aria-hidden", "true");
    drawing.append(arc("track"), this.#arc);
    this.#compliance = element("strong", { "data-stat": "compliance" });
    this.#verdict = element("span", { class: "verdict" });
    this.#objective = element("span", { class: "details" });
    this.#budget = element("span", { class: "details" });
    this.root = element(
      "div",
      { class: "gauge", role: "group", "aria-label": "SLO" },
      drawing,
      element("div", {}, this.#compliance, this.#verdict, this.#objective, this.#budget),
    );
  }

  /**
   * Shows a state.
   *
   * @param objective Objective in words
   */
  update(state: SloState, objective: string): void {
    const { verdict, compliance, burnRate, budgetLeft } = state;
    setVerdict(this.root, verdict);
    setAttribute(this.#arc, "stroke-dasharray", `${(budgetLeft * ARC_LENGTH).toFixed(1)} ${ARC_LENGTH * 2}`);
    setText(this.#compliance, formatShare(compliance));
    setAttribute(this.#compliance, "title", compliance === null ? "no data" : String(compliance));
    setText(this.#verdict, `${SYMBOLS[verdict]} ${verdict}`);
    const burn = burnRate === null ? "" : `, burn rate ${formatFactor(burnRate)}`;
    setText(this.#objective, objective);
    setText(this.#budget, `Error budget ${formatShare(budgetLeft)} left${burn}`);
  }
}

function arc(name: string): SVGElement {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ARC);
  path.setAttribute("pathLength", String(ARC_LENGTH));
  path.setAttribute("class", name);
  return path;
}
