/**
 * Card of a counter or gauge: rates or values over time, with one line per series.
 *
 * @module
 */

import { type Line, rateLine, valueLine } from "../data/columns.ts";
import { element, FoldedTable, setText, type TableContent } from "../view/dom.ts";
import { formatLabels, formatPerSecond, formatTime, formatValue } from "../view/format.ts";
import type { Group, MetricGroups } from "../data/groups.ts";
import type { Picture } from "../view/picture.ts";
import { LinePlot } from "../plots/line_plot.ts";
import type { Panel } from "./panel.ts";
import { thresholdsOf } from "./thresholds.ts";

/** Maximum number of lines that can be distinguished. */
const LINES_MAX = 8;
const TABLE_ROWS = 60;
const NAME_LENGTH_MAX = 60;

/** Panel of a counter or gauge. */
export class ScalarPanel implements Panel {
  readonly #plot: LinePlot;
  readonly #now: HTMLElement;
  readonly #more: HTMLElement;
  readonly #table: FoldedTable;
  readonly #isCounter: boolean;
  readonly #format: (value: number | null) => string;
  #groups: readonly Group[];
  #drawn: readonly { readonly name: string; readonly line: Line }[] = [];
  #times: readonly number[] = [];

  /** Fills a card, without drawing. */
  constructor(card: HTMLElement, groups: MetricGroups) {
    const { metric } = groups;
    this.#groups = groups.groups;
    this.#isCounter = metric.type === "counter";
    this.#format = this.#isCounter
      ? (value) => formatPerSecond(value, metric.unit)
      : (value) => formatValue(value, metric.unit);
    const host = element("div", { class: "plot", role: "img", "aria-label": `${metric.name} over time` });
    this.#now = element("dl", { class: "stats" });
    this.#more = element("p", { class: "help" });
    this.#table = new FoldedTable(`${metric.name} over time`, () => this.#tableContent());
    card.append(this.#now, host, this.#more, this.#table.root);
    this.#plot = new LinePlot(host, {
      format: this.#format,
      isBinary: metric.unit === "bytes",
      isFilled: true,
      heightPx: 160,
    });
  }

  setGroups({ groups }: MetricGroups): void {
    this.#groups = groups;
  }

  showNumbers(picture: Picture): void {
    if (this.#groups.length > 1) return;
    const rate = this.#isCounter ? lastOf(this.#lineOf(this.#groups[0], picture)) : NaN;
    this.#showNow(picture.columns.lastSlot, rate);
  }

  draw(picture: Picture): void {
    const { columns, times, kpisOf } = picture;
    this.#times = times;
    const all = this.#groups.map((group) => ({ group, line: this.#lineOf(group, picture) }));
    const isCut = all.length > LINES_MAX;
    const shown = isCut ? all.toSorted((one, other) => lastOf(other.line) - lastOf(one.line)).slice(0, LINES_MAX) : all;
    this.#drawn = shown.map(({ group, line }) => ({ name: nameOf(group), line }));
    const kpis = kpisOf(this.#groups[0].metric.name);
    this.#plot.draw(picture, {
      names: this.#drawn.map(({ name }) => shortened(name)),
      lines: this.#drawn.map(({ line }) => line),
      thresholds: thresholdsOf(kpis, this.#isCounter ? "rate" : "value"),
    });
    setText(this.#more, isCut ? `Top ${LINES_MAX} of ${all.length} series` : "");
    this.#showNow(columns.lastSlot, lastOf(this.#drawn[0].line));
    this.#table.update();
  }

  close(): void {
    this.#plot.close();
  }

  #lineOf({ series }: Group, { columns }: Picture): Line {
    return this.#isCounter
      ? rateLine(series.map(({ values }) => values), columns)
      : valueLine(series[0].values, columns);
  }

  /** Shows the exact value of the frame, which is also that of the snapshot. */
  #showNow(slot: number, rate: number): void {
    if (this.#groups.length > 1) return;
    const [{ series, metric }] = this.#groups;
    const value = series.reduce((sum, { values }) => sum + values.at(slot), 0);
    const stat = (name: string, key: string, text: string, exact: number | null) =>
      element("div", {}, element("dt", {}, name), element("dd", { "data-stat": key, title: String(exact) }, text));
    this.#now.replaceChildren(
      stat(this.#isCounter ? "total" : "value", "value", formatValue(value, metric.unit), value),
      ...(this.#isCounter ? [stat("rate", "rate", this.#format(rate), rate)] : []),
    );
  }

  #tableContent(): TableContent {
    const rows = this.#times.map((
      seconds,
      i,
    ) => [formatTime(seconds * 1_000), ...this.#drawn.map(({ line }) => this.#format(line[i]))]);
    return { head: ["Time", ...this.#drawn.map(({ name }) => name)], rows: rows.slice(-TABLE_ROWS).toReversed() };
  }
}

function nameOf({ labels, metric }: Group): string {
  return formatLabels(labels) || metric.name;
}

/** Shortens a name for the legend; the table has the full name. */
function shortened(name: string): string {
  return name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX)}…` : name;
}

function lastOf(line: Line): number {
  return line.findLast((value) => value !== null) ?? NaN;
}
