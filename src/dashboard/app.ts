/**
 * Connection of feed, view and sections. The page is drawn at most once per animation frame, and not while it is
 * hidden.
 *
 * @module
 */

import { element } from "./view/dom.ts";
import { FeedClient } from "./data/feed_client.ts";
import { groupSeries, labelNamesOf } from "./data/groups.ts";
import { LiveModel } from "./data/live_model.ts";
import { type Palette, paletteOf } from "./view/palette.ts";
import { pictureOf } from "./view/picture.ts";
import { matcherOf } from "./data/search.ts";
import { Board } from "./sections/board.ts";
import { StatusLine } from "./sections/header.ts";
import { KpiTiles } from "./sections/kpi_tiles.ts";
import { SelfSection } from "./sections/self_section.ts";
import { Toolbar } from "./sections/toolbar.ts";
import { TracesSection } from "./sections/traces_section.ts";
import { transportsTo } from "./data/transports.ts";
import { formatView, parseView, type ViewState } from "./view/view_state.ts";

/** Live dashboard. */
export class App {
  readonly #model = new LiveModel();
  readonly #systemDark = matchMedia("(prefers-color-scheme: dark)");
  readonly #status = new StatusLine();
  readonly #kpis = new KpiTiles();
  readonly #self = new SelfSection();
  readonly #toolbar: Toolbar;
  readonly #board: Board;
  readonly #traces: TracesSection;
  #view: ViewState = parseView(location.hash);
  #palette: Palette;
  /** Search and grouping for which the board was last built, as JSON. */
  #built = "";
  #revision = -1;
  /** Slot shown while the page is paused; −1 if it is not. */
  #pausedAt = -1;
  /** Whether the sections were drawn since the page was paused. */
  #isFrozen = false;
  #isDue = false;

  /**
   * Builds the page and connects to the live feed.
   *
   * @param header Parent of status and controls
   * @param main Parent of the sections
   * @param base Path at which the server's routes are mounted, without a trailing slash
   */
  constructor(header: HTMLElement, main: HTMLElement, base: string) {
    const skeleton = element("p", { class: "note waiting" }, "Waiting for data…");
    // Connects first: the server prepares the feed while the page is built, and no message arrives before that is done.
    new FeedClient({
      transports: transportsTo(base),
      onMessage: (message) => {
        this.#model.apply(message);
        if (message.type === "start") return;
        this.#schedule();
        if (!skeleton.isConnected) return;
        skeleton.remove();
        // Only now, so that traces do not delay the first numbers.
        this.#traces.start();
      },
      onState: (state) => this.#status.showFeed(state),
      schedule: (action, delayMs) => {
        const timer = setTimeout(action, delayMs);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    });
    this.#palette = paletteOf(this.#view.theme, this.#systemDark.matches);
    this.#toolbar = new Toolbar(this.#view, (change) => this.#change(change));
    this.#board = new Board((trace) => this.#change({ trace }), () => this.#schedule(true));
    this.#traces = new TracesSection(base, (trace) => this.#change({ trace }));
    header.append(this.#status.root, this.#toolbar.root);
    main.replaceChildren(skeleton, this.#kpis.root, this.#board.root, this.#traces.root, this.#self.root);
    this.#applyView();
    addEventListener("hashchange", () => this.#setView(parseView(location.hash)));
    this.#systemDark.addEventListener("change", () => this.#applyView());
    document.addEventListener("visibilitychange", () => this.#schedule());
  }

  #change(change: Partial<ViewState>): void {
    this.#setView({ ...this.#view, ...change });
    // Replaces the entry, so that typing does not fill the browser's history.
    const hash = formatView(this.#view);
    history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
  }

  #setView(view: ViewState): void {
    this.#view = view;
    this.#applyView();
  }

  #applyView(): void {
    const { theme, isPaused, trace } = this.#view;
    document.documentElement.dataset.theme = theme;
    this.#palette = paletteOf(theme, this.#systemDark.matches);
    if (!isPaused) this.#pausedAt = -1;
    this.#toolbar.update(this.#view);
    this.#traces.isPaused = isPaused;
    this.#traces.open(trace);
    this.#schedule(true);
  }

  /** Schedules a draw. While the page is paused, data is collected but only a change of the view is drawn. */
  #schedule(isForced = false): void {
    if (this.#isDue || document.hidden || (this.#view.isPaused && this.#pausedAt >= 0 && !isForced)) {
      return;
    }
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #draw(): void {
    const model = this.#model;
    const { isPaused } = this.#view;
    const latest = model.timeline?.latest ?? -1;
    if (isPaused && this.#pausedAt < 0) this.#pausedAt = latest;
    const slot = isPaused ? this.#pausedAt : latest;
    const picture = pictureOf(model, this.#view, this.#palette, slot);
    if (picture === undefined) return;
    this.#build();
    if (this.#board.draw(picture)) this.#schedule(true);
    if (isPaused && this.#isFrozen) return;
    this.#isFrozen = isPaused;
    this.#status.showHealth(model.health);
    this.#kpis.update(model, slot);
    this.#self.update(model.self, model.start?.framesLost ?? 0);
  }

  #build(): void {
    const { search, groupBy } = this.#view;
    const model = this.#model;
    const wanted = JSON.stringify([search, groupBy]);
    const hasOtherSeries = model.revision !== this.#revision;
    if (!hasOtherSeries && wanted === this.#built) return;
    if (hasOtherSeries) this.#toolbar.showLabels(labelNamesOf(model.series));
    this.#revision = model.revision;
    this.#built = wanted;
    this.#board.update(groupSeries(model.series, matcherOf(search), groupBy));
  }
}
