/**
 * The indicators at a glance.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import { element, isolated, setAttribute, setText } from "../view/dom.ts";
import { formatPerSecond, formatValue } from "../view/format.ts";
import { type KpiState, kpiStateOf, type KpiVerdict } from "../data/kpi_state.ts";
import type { LiveModel, SeriesState } from "../data/live_model.ts";

const VERDICTS: Readonly<Record<KpiVerdict, string>> = {
  well: "● well",
  warning: "▲ warning",
  critical: "■ critical",
  "no data": "○ no data",
  "not judged": "",
};

const UNITS = ["seconds", "bytes", "ratio"];

/** A row of tiles. */
export class KpiTiles {
  /** What to put into the page. */
  readonly root: HTMLElement;
  readonly #list: HTMLElement = element("ul", { class: "tiles" });
  readonly #tiles: Map<string, Tile> = new Map();

  /** Hidden, as long as there are none. */
  constructor() {
    const heading = element("h2", { id: "section-kpis" }, "Key indicators");
    this.root = element("section", { "aria-labelledby": "section-kpis", hidden: true }, heading, this.#list);
  }

  /** Shows how indicators do at a slot. */
  update({ kpis, series, timeline }: LiveModel, slot: number): void {
    if (timeline === undefined) return;
    this.root.hidden = kpis.length === 0;
    if (kpis.length === 0) return;
    const byMetric = Map.groupBy(series, ({ metric }) => metric.name);
    for (const kpi of kpis) {
      const ofMetric = byMetric.get(kpi.metric) ?? [];
      this.#tileOf(kpi.name).update(kpi, kpiStateOf(kpi, ofMetric, slot, timeline.slotMs), unitOf(kpi, ofMetric));
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
  readonly #value = element("strong");
  readonly #verdict = element("span", { class: "verdict" });
  readonly #limits = element("span", { class: "details" });

  constructor(name: string) {
    const heading = element("span", { class: "name", title: name }, isolated(name.replaceAll("_", " ")));
    this.root = element("li", {}, heading, this.#value, this.#verdict, this.#limits);
  }

  update({ statistic, target, critical, metric, direction }: Kpi, { value, verdict }: KpiState, unit: string): void {
    const format = (number: number) => statistic === "rate" ? formatPerSecond(number, unit) : formatValue(number, unit);
    setAttribute(this.root, "data-verdict", verdict.replace(" ", "-"));
    setText(this.#value, format(value));
    setAttribute(this.#value, "title", `${statistic} of ${metric}: ${value}`);
    setText(this.#verdict, VERDICTS[verdict]);
    const sign = direction === "below" ? "≤" : "≥";
    const limits = [
      ...(target === undefined ? [] : [unbroken(`target ${sign} ${format(target)}`)]),
      ...(critical === undefined ? [] : [unbroken(`critical ${format(critical)}`)]),
    ];
    setText(this.#limits, limits.join(", ") || "no threshold");
  }
}

/** By the name, as long as there is no series: base units stand at the end of it. */
function unitOf(kpi: Kpi, series: readonly SeriesState[]): string {
  return series[0]?.metric.unit ?? UNITS.find((unit) => kpi.metric.endsWith(`_${unit}`)) ?? "";
}

/** A limit is cut between lines before it and after it, not within. */
function unbroken(text: string): string {
  return text.replaceAll(" ", "\u00a0");
}
