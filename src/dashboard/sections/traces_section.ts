/**
 * Slowest traces, and the waterfall of the open one.
 *
 * @module
 */

import type { TraceDetail, TraceList, TraceSummary } from "../../model/spans.ts";
import { element, isolated, setAttribute } from "../view/dom.ts";
import { formatLabels, formatTime, formatValue } from "../view/format.ts";
import { type Bar, barsOf } from "../data/waterfall.ts";

const REFRESH_MS = 5_000;
const LIMIT = 20;
const INDENT_REM = 0.75;
/** Positions of the times above the bars of a waterfall, as shares of the trace. */
const SCALE = [0, 0.25, 0.5, 0.75, 1];

/** Section of traces. */
export class TracesSection {
  /** Element to place in the page. */
  readonly root: HTMLElement;
  readonly #base: string;
  readonly #onOpen: (traceId: string) => void;
  readonly #rows = element("tbody");
  readonly #detail = element("div", { class: "waterfall", hidden: true });
  #open = "";
  #isPaused = false;

  /**
   * Creates a section that is hidden until there are traces.
   *
   * @param base Path at which the server's routes are mounted, without a trailing slash
   * @param onOpen Called with the id of the trace to open, or with an empty one to close
   */
  constructor(base: string, onOpen: (traceId: string) => void) {
    this.#base = base;
    this.#onOpen = onOpen;
    const head = ["Trace", "Start time", "Duration", "Spans"].map((name) => element("th", { scope: "col" }, name));
    const table = element(
      "table",
      { "aria-label": "Slowest traces" },
      element("thead", {}, element("tr", {}, ...head)),
      this.#rows,
    );
    const box = element(
      "div",
      { class: "scrolling", tabindex: 0, role: "region", "aria-label": "Slowest traces" },
      table,
    );
    const card = element("article", { class: "card" }, box, this.#detail);
    const heading = element("h2", { id: "section-traces" }, "Slowest traces");
    this.root = element("section", { "aria-labelledby": "section-traces", hidden: true }, heading, card);
  }

  /** Loads the list, now and every few seconds. */
  start(): void {
    this.#refresh();
    setInterval(() => this.#refresh(), REFRESH_MS);
  }

  /** Whether refreshing the list is paused. */
  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
  }

  /** Opens the waterfall of a trace, or closes it if the id is empty. */
  async open(traceId: string): Promise<void> {
    if (traceId === this.#open) return;
    this.#open = traceId;
    this.#detail.hidden = traceId === "";
    for (const button of this.#rows.querySelectorAll("button")) {
      setAttribute(button, "aria-pressed", String(button.dataset.trace === traceId));
    }
    if (traceId === "") return;
    this.root.hidden = false;
    this.#detail.replaceChildren(element("p", {}, "Loading trace…"));
    const trace = await this.#fetch<TraceDetail>(`/traces/${encodeURIComponent(traceId)}`);
    // Another trace may have been opened in the meantime.
    if (this.#open !== traceId) return;
    if (trace === undefined) {
      this.#detail.replaceChildren(element("p", {}, "Trace not found. It may have been evicted."));
    } else this.#show(trace);
    this.#detail.scrollIntoView({ block: "nearest" });
  }

  async #refresh(): Promise<void> {
    if (document.hidden || this.#isPaused) return;
    const list = await this.#fetch<TraceList>(`/traces?limit=${LIMIT}`);
    if (list === undefined) return;
    this.root.hidden = list.slowest.length === 0 && this.#open === "";
    const rows = list.slowest.map((trace) => this.#rowOf(trace));
    // A focused button must not be replaced.
    if (!this.#rows.contains(document.activeElement)) this.#rows.replaceChildren(...rows);
  }

  async #fetch<Body>(path: string): Promise<Body | undefined> {
    try {
      const response = await fetch(this.#base + path, { headers: { accept: "application/json" } });
      return response.ok ? await response.json() : undefined;
    } catch {
      // The status line already shows that the server is unreachable.
      return undefined;
    }
  }

  #rowOf({ traceId, name, startedAt, endToEndSeconds, spans }: TraceSummary): HTMLElement {
    const attributes = { type: "button", title: `${name} ${traceId}`, "data-trace": traceId };
    const open = element("button", { ...attributes, "aria-pressed": String(traceId === this.#open) }, isolated(name));
    open.addEventListener("click", () => this.#onOpen(traceId));
    return element(
      "tr",
      {},
      element("td", {}, open),
      element("td", {}, formatTime(Date.parse(startedAt))),
      element("td", { title: `${endToEndSeconds} s` }, formatValue(endToEndSeconds, "seconds")),
      element("td", {}, String(spans)),
    );
  }

  #show(trace: TraceDetail): void {
    const { name, traceId, endToEndSeconds } = trace;
    const close = element("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.#onOpen(""));
    const took = formatValue(endToEndSeconds, "seconds");
    const heading = element("h3", { title: traceId }, isolated(name), `, ${took}`);
    this.#detail.replaceChildren(
      heading,
      element("p", { class: "help" }, isolated(traceId)),
      scaleElement(endToEndSeconds),
      element("ol", {}, ...barsOf(trace).map(barElement)),
      close,
    );
  }
}

/** Returns the headings of the columns, with times above the bars. */
function scaleElement(endToEndSeconds: number): HTMLElement {
  const times = SCALE.map((share) => {
    const time = element("span", {}, formatValue(share * endToEndSeconds, "seconds"));
    time.style.left = `${share * 100}%`;
    return time;
  });
  return element(
    "div",
    { class: "scale", "aria-hidden": "true" },
    element("span"),
    element("span", { class: "times" }, ...times),
    element("span", { class: "start" }, "start"),
    element("span", { class: "duration" }, "duration"),
  );
}

function barElement({ stage, depth, start, length }: Bar): HTMLElement {
  const { name, durationSeconds, startOffsetSeconds, labels, thread, isError } = stage;
  const bar = element("span", { class: "bar", "data-error": isError });
  // A bar at the very end must be visible too.
  bar.style.left = `min(${start * 100}%, 100% - var(--bar-min))`;
  bar.style.width = `${length * 100}%`;
  const label = element("span", { class: "name" }, isolated(isError ? `${name} (error)` : name));
  label.style.paddingLeft = `${depth * INDENT_REM}rem`;
  const facts = [
    `${name}: ${durationSeconds} s, started at +${startOffsetSeconds} s, thread ${thread}`,
    formatLabels(labels),
  ];
  return element(
    "li",
    { title: facts.join("\n") },
    label,
    element("span", { class: "track" }, bar),
    element("span", { class: "start" }, `+${formatValue(startOffsetSeconds, "seconds")}`),
    element("span", { class: "duration" }, formatValue(durationSeconds, "seconds")),
  );
}
