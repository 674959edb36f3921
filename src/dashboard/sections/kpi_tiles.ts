/**
 * KPIs as tiles.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import { element, isolated, setAttribute, setText, setVerdict } from "../view/dom.ts";
import { formatPerSecond, formatValue } from "../view/format.ts";
import { type KpiState, kpiStateOf, kpiUnitOf, type KpiVerdict } from "../data/kpi_state.ts";
import type { LiveModel } from "../data/live_model.ts";

const VERDICTS: Readonly<Record<KpiVerdict, string>> = {
  OK: "● OK",
  warning: "▲ warning",
  critical: "■ critical",
  "no data": "○ no data",
  "not judged": "",
};

/** Tiles of all KPIs. */
export class KpiTiles {
  /** Element to place in the page. */
  readonly root: HTMLElement;
  readonly #list: HTMLElement = element("ul", { class: "tiles" });
  readonly #tiles: Map<string, Tile> = new Map();

  /** Creates a section that is hidden while there are no KPIs. */
  constructor() {
    const heading = element("h2", { id: "section-kpis" }, "KPIs");
    this.root = element("section", { "aria-labelledby": "section-kpis", hidden: true }, heading, this.#list);
  }

  /** Shows the KPIs at a slot. */
  update({ kpis, series, timeline }: LiveModel, slot: number): void {
    if (timeline === undefined) return;
    this.root.hidden = kpis.length === 0;
    if (kpis.length === 0) return;
    const byMetric = Map.groupBy(series, ({ metric }) => metric.name);
    for (const kpi of kpis) {
      const ofMetric = byMetric.get(kpi.metric) ?? [];
      this.#tileOf(kpi.name).update(kpi, kpiStateOf(kpi, ofMetric, slot, timeline.slotMs), kpiUnitOf(kpi, ofMetric));
    }
    for (const [name, { root }] of this.#tiles) {
      if (kpis.some((kpi) => kpi.name === name)) continue;
      root.remove();
      this.#tiles.delete(name);
    }
  }

  #tileOf(name: string): Tile {
    let tile = this.#tiles.get(name);
    if (tile === undefined) {
      tile = new Tile(name);
      this.#tiles.set(name, tile);
      this.#list.append(tile.root);
    }
    return tile;
  }
}

class Tile {
  readonly root: HTMLElement;
  readonly #statistic = element("span");
  readonly #value = element("strong");
  readonly #verdict = element("span", { class: "verdict" });
  readonly #limits = element("span", { class: "details" });

  constructor(name: string) {
    const heading = isolated(name.replaceAll("_", " "));
    const label = element("span", { class: "name", title: name }, heading, this.#statistic);
    this.root = element("li", {}, label, this.#value, this.#verdict, this.#limits);
  }

  update({ statistic, target, critical, metric, direction }: Kpi, { value, verdict }: KpiState, unit: string): void {
    const format = (number: number) => statistic === "rate" ? formatPerSecond(number, unit) : formatValue(number, unit);
    setVerdict(this.root, verdict);
    setText(this.#statistic, statistic === "p99" ? "p99" : "");
    setText(this.#value, format(value));
    setAttribute(this.#value, "title", `${statistic} of ${metric}: ${Number.isNaN(value) ? "no data" : value}`);
    setText(this.#verdict, VERDICTS[verdict]);
    const [within, beyond] = direction === "below" ? ["≤", ">"] : ["≥", "<"];
    const limits = [
      ...(target === undefined ? [] : [unbroken(`target ${within} ${format(target)}`)]),
      ...(critical === undefined ? [] : [unbroken(`critical ${beyond} ${format(critical)}`)]),
    ];
    setText(this.#limits, limits.join(", ") || "no thresholds");
  }
}

/** Keeps a limit on one line. */
function unbroken(text: string): string {
  return text.replaceAll(" ", "\u00a0");
}
