/**
 * Lines over time.
 *
 * @module
 */

import uPlot from "uplot";
import type { Line } from "../data/columns.ts";
import { formatTime } from "../view/format.ts";
import type { Palette } from "../view/palette.ts";
import type { Picture } from "../view/picture.ts";
import {
  AXIS_FONT,
  BOTTOM_PX,
  gapsOf,
  LEFT_PX,
  POWERS_OF_TWO,
  RIGHT_PX,
  roundBytes,
  roundTimes,
  roundValues,
  TIME_PX,
  TOP_PX,
} from "./axes.ts";

/** Strokes that distinguish lines without colours. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [10, 2], [2, 2]];
/** Height of a value on the axis, in pixels. */
const VALUE_PX = 24;
/** Height of the label of a threshold, in pixels. */
const LABEL_PX = 13;
/** Multiple of the highest value up to which thresholds extend the axis; farther ones would flatten the lines. */
const THRESHOLD_REACH = 4;

/** Horizontal line at a threshold. */
export interface Threshold {
  /** Value of the threshold. */
  readonly value: number;
  /** Label of the line. */
  readonly label: string;
  /** Severity of a value beyond it. */
  readonly severity: "target" | "critical";
}

/** Style of a plot. */
export interface LinePlotStyle {
  /** Formats a value. */
  readonly format: (value: number) => string;
  /** Whether the axis is logarithmic. */
  readonly isLogarithmic?: boolean;
  /** Whether values are bytes, whose round numbers are powers of two. */
  readonly isBinary?: boolean;
  /** Whether all lines have different strokes, rather than only lines of the same colour. */
  readonly hasDashes?: boolean;
  /** Whether the area below a single line is filled. */
  readonly isFilled?: boolean;
  /** Height in pixels. */
  readonly heightPx: number;
}

/** Data of a plot. */
export interface LinePlotData {
  /** Names of the lines. */
  readonly names: readonly string[];
  /** Lines, with a value for each column. */
  readonly lines: readonly Line[];
  /** Thresholds. */
  readonly thresholds: readonly Threshold[];
  /** Number of values beyond the objective, by column. */
  readonly breaches?: Line;
}

/** Plot of lines over time. */
export class LinePlot {
  readonly #host: HTMLElement;
  readonly #style: LinePlotStyle;
  readonly #resizing: ResizeObserver;
  #plot: uPlot | undefined;
  #names: readonly string[] = [];
  #palette: Palette | undefined;
  #picture: Picture | undefined;
  #data: LinePlotData | undefined;
  #widthPx = 0;

  /** Creates an empty plot. */
  constructor(host: HTMLElement, style: LinePlotStyle) {
    this.#host = host;
    this.#style = style;
    this.#resizing = new ResizeObserver(() => this.#fit());
    this.#resizing.observe(host);
  }

  /** Draws the data of a picture. */
  draw(picture: Picture, data: LinePlotData): void {
    this.#picture = picture;
    this.#data = data;
    const isOther = data.names.join("\n") !== this.#names.join("\n") || picture.palette !== this.#palette;
    const isNew = this.#plot === undefined || isOther;
    if (isNew) this.#create(picture.palette, data.names);
    this.#plot?.setData([[...picture.times], ...data.lines] as uPlot.AlignedData);
    // A new plot clears its legend when it commits its first data, in a microtask.
    if (isNew) queueMicrotask(() => this.#showLatest());
    else this.#showLatest();
  }

  /** Removes the plot. */
  close(): void {
    this.#resizing.disconnect();
    this.#plot?.destroy();
  }

  /** Shows the latest values in the legend, unless the pointer selects a column. */
  #showLatest(): void {
    const { lines, names } = this.#data ?? {};
    if (this.#plot === undefined || lines === undefined || names === undefined) return;
    if (this.#plot.cursor.idx !== null && this.#plot.cursor.idx !== undefined) return;
    const known = lines.map((line) => line.findLastIndex((value) => value !== null));
    this.#plot.setLegend({ idx: Math.max(0, ...known) }, false);
  }

  #fit(): void {
    const widthPx = this.#host.clientWidth;
    if (widthPx === this.#widthPx || widthPx === 0) return;
    this.#widthPx = widthPx;
    this.#plot?.setSize({ width: widthPx, height: this.#style.heightPx });
  }

  #create(palette: Palette, names: readonly string[]): void {
    this.#plot?.destroy();
    this.#names = names;
    this.#palette = palette;
    this.#widthPx = this.#host.clientWidth;
    this.#plot = new uPlot(this.#optionsOf(palette, names), undefined, this.#host);
  }

  #optionsOf(palette: Palette, names: readonly string[]): uPlot.Options {
    const { format, isLogarithmic = false, isBinary = false, heightPx } = this.#style;
    const valuesMax = (heightPx - BOTTOM_PX) / VALUE_PX;
    const axis: uPlot.Axis = {
      stroke: palette.text,
      font: AXIS_FONT,
      grid: { stroke: palette.grid, width: 1 },
      ticks: { stroke: palette.grid, width: 1, size: 4 },
    };
    return {
      width: this.#widthPx,
      height: heightPx,
      padding: [TOP_PX, RIGHT_PX, 0, 0],
      cursor: { y: false, points: { size: 6 }, sync: { key: "times" }, drag: { x: false, y: false } },
      scales: {
        x: { time: true, range: () => this.#timeRange() },
        y: {
          distr: isLogarithmic ? 3 : 1,
          range: (_plot, min, max) => isLogarithmic ? this.#logarithmicRange(min, max) : this.#linearRange(min, max),
        },
      },
      axes: [
        {
          ...axis,
          size: BOTTOM_PX,
          gap: 3,
          splits: ({ width }) => roundTimes(...this.#timeRange(), (width - LEFT_PX - RIGHT_PX) / TIME_PX),
          values: (_plot, splits) => splits.map((seconds) => formatTime(seconds * 1_000)),
        },
        {
          ...axis,
          size: LEFT_PX,
          gap: 4,
          space: VALUE_PX,
          ...(isBinary && { incrs: [...POWERS_OF_TWO] }),
          ...(isLogarithmic && {
            splits: (_plot, _axis, low, high) => (isBinary ? roundBytes : roundValues)(low, high, valuesMax),
            filter: (_plot, splits) => splits,
          }),
          values: (_plot, splits) => splits.map((value) => value === null ? "" : format(value)),
        },
      ],
      series: [
        { label: "Time", value: (_plot, seconds) => seconds === null ? "" : formatTime(seconds * 1_000) },
        ...names.map((name, i) => this.#seriesOf(palette, name, i, names.length)),
      ],
      hooks: { drawClear: [(plot) => this.#drawGaps(plot)], draw: [(plot) => this.#drawMarks(plot)] },
    };
  }

  #seriesOf({ lines }: Palette, name: string, index: number, count: number): uPlot.Series {
    const { format, hasDashes = false, isFilled = false } = this.#style;
    const stroke = lines[index % lines.length];
    return {
      label: name,
      stroke,
      width: 1.5,
      dash: hasDashes
        ? [...DASHES[index % DASHES.length]]
        : [...DASHES[Math.floor(index / lines.length) % DASHES.length]],
      points: { show: false },
      spanGaps: false,
      value: (_plot, value) => value === null || value === undefined ? "–" : format(value),
      ...(isFilled && count === 1 && { fill: `${stroke}22` }),
    };
  }

  #timeRange(): [number, number] {
    const times = this.#picture?.times ?? [0, 1];
    return [times[0], times[times.length - 1]];
  }

  /** Returns the range of a linear axis, which includes zero. */
  #linearRange(min: number | null, max: number | null): [number, number] {
    const highest = Math.max(max ?? 0, 0);
    const thresholds = (this.#data?.thresholds ?? []).map(({ value }) => value)
      .filter((value) => highest === 0 || value <= THRESHOLD_REACH * highest);
    const top = Math.max(highest, ...thresholds);
    return [Math.min(min ?? 0, 0), top === 0 ? 1 : top * 1.08];
  }

  /** Returns the range of a logarithmic axis. */
  #logarithmicRange(min: number | null, max: number | null): [number, number] {
    const thresholds = (this.#data?.thresholds ?? []).map(({ value }) => value).filter((value) => value > 0);
    const low = Math.min(...thresholds, min ?? Infinity);
    const high = Math.max(...thresholds, max ?? -Infinity);
    if (!(low > 0 && high >= low)) return [1e-3, 1];
    return [low / 1.25, high * 1.25];
  }

  #drawGaps(plot: uPlot): void {
    const { times, known, palette } = this.#picture ?? {};
    if (times === undefined || known === undefined || palette === undefined) return;
    const { ctx, bbox } = plot;
    ctx.fillStyle = palette.gap;
    for (const [first, last] of gapsOf(known)) {
      const left = plot.valToPos(times[first - 1], "x", true);
      const right = plot.valToPos(times[last + 1], "x", true);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
  }

  #drawMarks(plot: uPlot): void {
    const { palette, times = [] } = this.#picture ?? {};
    const { thresholds = [], breaches = [] } = this.#data ?? {};
    if (palette === undefined) return;
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.font = `${10 * scale}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    for (const { value, label, severity } of thresholds) {
      const y = plot.valToPos(value, "y", true);
      ctx.strokeStyle = ctx.fillStyle = palette[severity];
      ctx.lineWidth = scale;
      ctx.setLineDash([4 * scale, 4 * scale]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      // Below the line if there is no room above it.
      const isAtTop = y - LABEL_PX * scale < bbox.top;
      ctx.textBaseline = isAtTop ? "top" : "bottom";
      ctx.fillText(label, bbox.left + 4 * scale, y + (isAtTop ? 2 : -1) * scale);
    }
    ctx.fillStyle = palette.critical;
    breaches.forEach((count, i) => {
      if (count === null || count === 0) return;
      const x = plot.valToPos(times[i], "x", true);
      const bottom = bbox.top + bbox.height;
      ctx.beginPath();
      ctx.moveTo(x, bottom - 7 * scale);
      ctx.lineTo(x - 4 * scale, bottom);
      ctx.lineTo(x + 4 * scale, bottom);
      ctx.fill();
    });
    ctx.restore();
  }
}
