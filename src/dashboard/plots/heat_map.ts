/**
 * Heat map of a distribution: the number of values by time and size. The pointer or the arrow keys select a cell, whose
 * content is described below.
 *
 * @module
 */

import { element, setText } from "../view/dom.ts";
import { formatCount, formatTime, formatValue } from "../view/format.ts";
import { type HeatCells, rowRange } from "../data/heat_cells.ts";
import type { Palette } from "../view/palette.ts";
import type { Picture } from "../view/picture.ts";
import { AXIS_FONT, BOTTOM_PX, gapsOf, LEFT_PX, RIGHT_PX, roundTimes, TIME_PX, TOP_PX } from "./axes.ts";

const HEIGHT_PX = 160;
/** Minimum height of a row in pixels, below which it would be hard to point at. */
const ROW_PX = 4;
const LABEL_PX = 34;

/** Maximum number of rows. */
export const HEAT_ROWS_MAX: number = Math.floor((HEIGHT_PX - TOP_PX - BOTTOM_PX) / ROW_PX);

/** Position of a cell. */
export interface HeatCell {
  /** Column, from the left. */
  readonly column: number;
  /** Row, from the bottom. */
  readonly row: number;
}

/** Heat map of a distribution. */
export class HeatMap {
  /** Element to place in the page. */
  readonly root: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #pixels: HTMLCanvasElement;
  readonly #readout: HTMLElement;
  readonly #unit: string;
  readonly #resizing: ResizeObserver;
  #cells: HeatCells | undefined;
  #picture: Picture | undefined;
  #selected: HeatCell | undefined;

  /**
   * Creates an empty heat map.
   *
   * @param name Accessible name
   * @param unit Unit of the values
   * @param onOpen Called with a cell that was clicked, or on which Enter was pressed
   */
  constructor(name: string, unit: string, onOpen: (cell: HeatCell) => void) {
    this.#unit = unit;
    this.#canvas = element("canvas", { tabindex: 0, role: "img", "aria-label": name });
    this.#context = this.#canvas.getContext("2d") as CanvasRenderingContext2D;
    this.#pixels = element("canvas");
    this.#readout = element("p", { class: "readout" }, "\u00a0");
    this.root = element("div", { class: "heat" }, this.#canvas, this.#readout);
    this.#canvas.addEventListener("pointermove", (event) => this.#select(this.#cellAt(event)));
    this.#canvas.addEventListener("pointerleave", () => this.#select(undefined));
    this.#canvas.addEventListener("click", (event) => {
      const cell = this.#cellAt(event);
      if (cell !== undefined) onOpen(cell);
    });
    this.#canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.#selected !== undefined) onOpen(this.#selected);
      else if (this.#move(event.key)) event.preventDefault();
    });
    this.#resizing = new ResizeObserver(() => this.#redraw());
    this.#resizing.observe(this.root);
  }

  /** Draws the cells of a picture. */
  draw(picture: Picture, cells: HeatCells): void {
    this.#picture = picture;
    this.#cells = cells;
    this.#redraw();
  }

  /** Stops observing its size. */
  close(): void {
    this.#resizing.disconnect();
  }

  #redraw(): void {
    const [picture, cells, context] = [this.#picture, this.#cells, this.#context];
    const widthPx = this.root.clientWidth;
    if (picture === undefined || cells === undefined || widthPx === 0) return;
    const scale = devicePixelRatio;
    const [width, height] = [Math.round(widthPx * scale), Math.round(HEIGHT_PX * scale)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      [this.#canvas.width, this.#canvas.height] = [width, height];
      this.#canvas.style.height = `${HEIGHT_PX}px`;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, widthPx, HEIGHT_PX);
    this.#drawGaps(picture);
    if (cells.rows > 0) {
      paint(this.#pixels, cells, picture.palette);
      context.imageSmoothingEnabled = false;
      const { left, top, plotWidth, plotHeight } = this.#box();
      context.drawImage(this.#pixels, left, top, plotWidth, plotHeight);
    }
    this.#drawAxes(picture, cells);
    this.#readOut();
  }

  #box(): { left: number; top: number; plotWidth: number; plotHeight: number } {
    const plotWidth = Math.max(1, this.root.clientWidth - LEFT_PX - RIGHT_PX);
    return { left: LEFT_PX, top: TOP_PX, plotWidth, plotHeight: HEIGHT_PX - TOP_PX - BOTTOM_PX };
  }

  #drawGaps({ known, palette }: Picture): void {
    const { left, top, plotWidth, plotHeight } = this.#box();
    const columnWidth = plotWidth / known.length;
    this.#context.fillStyle = palette.gap;
    for (const [first, last] of gapsOf(known)) {
      this.#context.fillRect(left + first * columnWidth, top, (last - first + 1) * columnWidth, plotHeight);
    }
  }

  #drawAxes({ times, palette }: Picture, cells: HeatCells): void {
    const { left, top, plotWidth, plotHeight } = this.#box();
    const context = this.#context;
    context.font = AXIS_FONT;
    context.fillStyle = palette.text;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const labels = Math.min(cells.rows, Math.floor(plotHeight / LABEL_PX));
    for (let i = 0; i <= labels && cells.rows > 0; i++) {
      const row = Math.min(cells.rows - 1, Math.round(i * cells.rows / labels));
      const { low, high } = rowRange(cells, row);
      const y = top + plotHeight - Math.min(cells.rows, i * cells.rows / labels) / cells.rows * plotHeight;
      context.fillText(formatValue(i === labels ? high : low, this.#unit), left - 8, y);
    }
    context.textAlign = "center";
    if (cells.rows === 0) context.fillText("No data", left + plotWidth / 2, top + plotHeight / 2);
    context.textBaseline = "top";
    const [from, to] = [times[0], times[times.length - 1]];
    for (const seconds of roundTimes(from, to, plotWidth / TIME_PX)) {
      const x = left + (seconds - from) / (to - from) * plotWidth;
      context.fillText(formatTime(seconds * 1_000), x, top + plotHeight + 7);
    }
  }

  #cellAt({ offsetX, offsetY }: MouseEvent): HeatCell | undefined {
    if (this.#cells === undefined) return undefined;
    const { left, top, plotWidth, plotHeight } = this.#box();
    const column = Math.floor((offsetX - left) / plotWidth * this.#cells.columns);
    const row = Math.floor((top + plotHeight - offsetY) / plotHeight * this.#cells.rows);
    const isInside = column >= 0 && column < this.#cells.columns && row >= 0 && row < this.#cells.rows;
    return isInside ? { column, row } : undefined;
  }

  #move(key: string): boolean {
    const [right, up] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key] ?? [0, 0];
    if ((right === 0 && up === 0) || this.#cells === undefined) return false;
    const { columns, rows } = this.#cells;
    const { column, row } = this.#selected ?? { column: columns - 1, row: 0 };
    const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
    this.#select({ column: within(column + right, columns), row: within(row + up, rows) });
    return true;
  }

  #select(cell: HeatCell | undefined): void {
    this.#selected = cell;
    this.#readOut();
  }

  #readOut(): void {
    const [cell, cells, times] = [this.#selected, this.#cells, this.#picture?.times];
    if (cell === undefined || cells === undefined || times === undefined || cell.row >= cells.rows) {
      setText(this.#readout, "\u00a0");
      return;
    }
    const { low, high } = rowRange(cells, cell.row);
    const count = cells.counts[cell.column * cells.rows + cell.row];
    const values = `${formatCount(count)} ${count === 1 ? "value" : "values"}`;
    const range = `${formatValue(low, this.#unit)} to ${formatValue(high, this.#unit)}`;
    setText(this.#readout, `${values} at ${formatTime(times[cell.column] * 1_000)}, ${range}`);
  }
}

/** Paints one pixel per cell, coloured by the logarithm of the count. */
function paint(canvas: HTMLCanvasElement, cells: HeatCells, { heat }: Palette): void {
  const { columns, rows, counts, countMax } = cells;
  [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const image = context.createImageData(columns, rows);
  const full = Math.log1p(countMax);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const count = counts[column * rows + row];
      if (count === 0) continue;
      const share = full === 0 ? 1 : Math.log1p(count) / full;
      const [red, green, blue] = heat[Math.min(heat.length - 1, Math.floor(share * heat.length))];
      const at = ((rows - 1 - row) * columns + column) * 4;
      image.data.set([red, green, blue, 255], at);
    }
  }
  context.putImageData(image, 0, 0);
}
