/**
 * Card of a distribution: statistics, SLO, percentiles over time, heat map and throughput.
 *
 * @module
 */

import {
  gainedCounts,
  gainedLine,
  type Line,
  mapColumns,
  QuantileLines,
  rateLine,
  valueLine,
} from "../data/columns.ts";
import { QUANTILE_WINDOW_MS } from "../data/bucket_history.ts";
import { totalOf } from "../data/bucket_keys.ts";
import { element, FoldedTable, setText, type TableContent } from "../view/dom.ts";
import { formatCount, formatRate, formatShare, formatTime, formatValue } from "../view/format.ts";
import type { Group, MetricGroups } from "../data/groups.ts";
import { exemplarsOfCell, type HeatCells, heatCellsOf, rowRange } from "../data/heat_cells.ts";
import type { History } from "../data/history.ts";
import type { Picture } from "../view/picture.ts";
import { Gauge } from "../plots/gauge.ts";
import { HEAT_ROWS_MAX, type HeatCell, HeatMap } from "../plots/heat_map.ts";
import { LinePlot, type Threshold } from "../plots/line_plot.ts";
import { DRAWN_QUANTILES, quantileName } from "../data/quantiles.ts";
import { latestOf, windowOf } from "../data/merged_window.ts";
import { sloStateOf } from "../data/slo_state.ts";
import type { Panel } from "./panel.ts";
import { ExemplarList } from "./exemplar_list.ts";
import { StatsRow } from "./stats_row.ts";
import { joined, thresholdsOf } from "./thresholds.ts";

const NAMES = DRAWN_QUANTILES.map(quantileName);
const TABLE_ROWS = 60;

/** Panel of a distribution, or of several merged series. */
export class DistributionPanel implements Panel {
  readonly #caption = caption("");
  readonly #stats = new StatsRow();
  readonly #gauge: Gauge | undefined;
  readonly #percentiles: LinePlot;
  readonly #throughput: LinePlot;
  readonly #heat: HeatMap | undefined;
  readonly #exemplars: ExemplarList;
  readonly #table: FoldedTable;
  #group: Group;
  #quantiles: QuantileLines;
  #picture: Picture | undefined;
  #lines: readonly Line[] = [];
  #rates: Line = [];
  #cells: HeatCells | undefined;

  /**
   * Fills a card, without drawing.
   *
   * @param onTrace Called with the id of a trace to open
   */
  constructor(card: HTMLElement, groups: MetricGroups, onTrace: (traceId: string) => void) {
    [this.#group] = groups.groups;
    const { metric } = this.#group;
    this.#quantiles = this.#createLines();
    const host = (name: string) => element("div", { class: "plot", role: "img", "aria-label": name });
    const heatMapName = metric.unit === "seconds" ? "Latency heat map" : "Heat map";
    const [percentiles, throughput] = [host(`Percentiles of ${metric.name}`), host(`Throughput of ${metric.name}`)];
    this.#gauge = metric.slo && new Gauge();
    this.#exemplars = new ExemplarList(metric.unit, onTrace);
    if (metric.schema !== undefined) {
      this.#heat = new HeatMap(`${heatMapName}: ${metric.name}`, metric.unit, (cell) => this.#openCell(cell));
    }
    this.#table = new FoldedTable(`Percentiles and throughput of ${metric.name}`, () => this.#tableContent());
    card.append(
      ...(this.#gauge === undefined ? [] : [this.#gauge.root]),
      this.#caption,
      this.#stats.root,
      caption(`Percentiles${metric.schema === undefined ? "" : ` (${QUANTILE_WINDOW_MS / 1_000} s window)`}`),
      percentiles,
      ...(this.#heat === undefined ? [] : [caption(heatMapName), this.#heat.root, this.#exemplars.root]),
      caption("Throughput"),
      throughput,
      this.#table.root,
    );
    const format = (value: number) => formatValue(value, metric.unit);
    const isBinary = metric.unit === "bytes";
    const style = { format, isLogarithmic: true, isBinary, hasDashes: true, heightPx: 180 };
    this.#percentiles = new LinePlot(percentiles, style);
    this.#throughput = new LinePlot(throughput, { format: (rate) => formatRate(rate), isFilled: true, heightPx: 90 });
  }

  setGroups({ groups: [group] }: MetricGroups): void {
    this.#group = group;
    this.#quantiles = this.#createLines();
  }

  showNumbers({ columns, window }: Picture): void {
    const { metric, series } = this.#group;
    const stats = windowOf(this.#group, columns, window);
    if (stats !== undefined) this.#stats.update(stats, metric.unit);
    setText(this.#caption, `Last ${window}`);
    if (metric.slo === undefined) return;
    const objective = `SLO ${formatShare(metric.slo.target)} within ${
      formatValue(metric.slo.thresholdSeconds, "seconds")
    }`;
    this.#gauge?.update(sloStateOf(metric.slo, latestOf(series)), objective);
  }

  draw(picture: Picture): void {
    const { columns, known } = picture;
    const { series, metric } = this.#group;
    this.#picture = picture;
    if (!picture.isPaused || this.#stats.isEmpty) this.showNumbers(picture);
    const kpis = picture.kpisOf(metric.name);
    this.#lines = this.#linesOf(picture).map((line) => line.map((value, i) => known[i] ? value : null));
    this.#rates = rateLine(series.map(({ values }) => values), columns);
    const violations = series.flatMap(({ distribution }): History[] =>
      distribution?.violations === undefined ? [] : [distribution.violations]
    );
    this.#percentiles.draw(picture, {
      names: NAMES,
      lines: this.#lines.map((line) => line.map((value) => value !== null && value > 0 ? value : null)),
      thresholds: joined([...this.#objective(), ...thresholdsOf(kpis, "p99")]),
      breaches: violations.length > 0 ? gainedLine(violations, columns) : undefined,
    });
    this.#throughput.draw(picture, {
      names: ["throughput"],
      lines: [this.#rates],
      thresholds: thresholdsOf(kpis, "rate"),
    });
    this.#drawHeat(picture);
    this.#table.update();
  }

  close(): void {
    this.#percentiles.close();
    this.#throughput.close();
    this.#heat?.close();
  }

  #createLines(): QuantileLines {
    return new QuantileLines(this.#group.series, this.#group.metric.schema ?? 0);
  }

  /** Returns the percentiles; without buckets those of the window, the highest of all series at each time. */
  #linesOf({ columns }: Picture): Line[] {
    const { series, metric } = this.#group;
    if (metric.schema !== undefined) return this.#quantiles.at(columns);
    return DRAWN_QUANTILES.map((_, quantile) => {
      const lines = series.flatMap(({ distribution }) => {
        const history = distribution?.quantiles?.[quantile];
        return history === undefined ? [] : [valueLine(history, columns)];
      });
      return mapColumns(columns, () => null).map((_, i) =>
        lines.reduce<number | null>((max, line) => line[i] === null ? max : Math.max(max ?? -Infinity, line[i]), null)
      );
    });
  }

  #objective(): Threshold[] {
    const { slo } = this.#group.metric;
    return slo === undefined ? [] : [{ value: slo.thresholdSeconds, label: "SLO", severity: "target" }];
  }

  #drawHeat(picture: Picture): void {
    if (this.#heat === undefined) return;
    const { metric, series } = this.#group;
    const { columns } = picture;
    const counts = mapColumns(columns, (_from, _to, column) => gainedCounts(series, column, columns.slots));
    this.#cells = heatCellsOf(counts, metric.schema ?? 0, HEAT_ROWS_MAX, columns.keysPerBucket);
    this.#heat.draw(picture, this.#cells);
  }

  #openCell({ column, row }: HeatCell): void {
    if (this.#picture === undefined || this.#cells === undefined) return;
    const { times, columns } = this.#picture;
    const toMs = times[column] * 1_000;
    const fromMs = toMs - columns.slots * columns.slotMs;
    const exemplars = this.#group.series.flatMap(({ distribution }) => distribution?.exemplars ?? []);
    const range = rowRange(this.#cells, row);
    this.#exemplars.show(exemplarsOfCell(exemplars, range, fromMs, toMs, this.#cells.schema), range, toMs);
  }

  #tableContent(): TableContent {
    const { times = [], columns } = this.#picture ?? {};
    const { unit } = this.#group.metric;
    const rows = times.map((seconds, i) => {
      const values = columns && gainedCounts(this.#group.series, columns.first + i, columns.slots);
      return [
        formatTime(seconds * 1_000),
        ...this.#lines.map((line) => formatValue(line[i], unit)),
        formatRate(this.#rates[i]),
        values === undefined ? "" : formatCount(totalOf(values)),
      ];
    });
    return { head: ["Time", ...NAMES, "Rate", "Count"], rows: rows.slice(-TABLE_ROWS).toReversed() };
  }
}

function caption(text: string): HTMLElement {
  return element("p", { class: "caption" }, text);
}
