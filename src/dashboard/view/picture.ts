/**
 * What all plots of one moment share.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import { type Columns, columnsOf, knownColumns, timesOf } from "../data/columns.ts";
import type { LiveModel } from "../data/live_model.ts";
import type { Palette } from "./palette.ts";
import type { Timeline } from "../data/timeline.ts";
import type { ViewState } from "./view_state.ts";

/** A moment, and how it is looked at. */
export interface Picture {
  /** What is plotted. */
  readonly columns: Columns;
  /** When each column ends, in seconds since the epoch. */
  readonly times: readonly number[];
  /** Whether a frame has come in it. */
  readonly known: readonly boolean[];
  /** The time axis. */
  readonly timeline: Timeline;
  /** Colours. */
  readonly palette: Palette;
  /** Whether it stands while time goes on. */
  readonly isPaused: boolean;
  /** The name of the sliding window. */
  readonly window: string;
  /** By metric, indicators. */
  readonly kpisOf: (metric: string) => readonly Kpi[];
}

/** The moment at a slot; `undefined` before the feed has begun. */
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
