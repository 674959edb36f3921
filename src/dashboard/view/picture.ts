/**
 * State of the page that all plots of one drawing share.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import { type Columns, columnsOf, knownColumns, timesOf } from "../data/columns.ts";
import type { LiveModel } from "../data/live_model.ts";
import type { Palette } from "./palette.ts";
import type { Timeline } from "../data/timeline.ts";
import type { ViewState } from "./view_state.ts";

/** State of a view at one moment. */
export interface Picture {
  /** Columns of the plots. */
  readonly columns: Columns;
  /** End of each column, in seconds since the epoch. */
  readonly times: readonly number[];
  /** Whether a frame was received in each column. */
  readonly known: readonly boolean[];
  /** Time axis. */
  readonly timeline: Timeline;
  /** Colours. */
  readonly palette: Palette;
  /** Whether the page is paused. */
  readonly isPaused: boolean;
  /** Name of the sliding window. */
  readonly window: string;
  /** Returns the KPIs of a metric. */
  readonly kpisOf: (metric: string) => readonly Kpi[];
}

/** Returns the picture at a slot; `undefined` before the first frame. */
export function pictureOf(model: LiveModel, view: ViewState, palette: Palette, slot: number): Picture | undefined {
  const { timeline, start, kpis } = model;
  if (timeline === undefined || start === undefined || slot < 0) return undefined;
  const columns = columnsOf(view.range, timeline, slot);
  return {
    columns,
    times: timesOf(columns),
    known: knownColumns(columns, timeline),
    timeline,
    palette,
    isPaused: view.isPaused,
    window: start.window,
    kpisOf: (metric) => kpis.filter((kpi) => kpi.metric === metric),
  };
}
