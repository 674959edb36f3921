/**
 * List of all readings of metrics. Messages between threads, the aggregator's handlers and the methods of metrics
 * follow from it: a new reading is a method of {@linkcode MetricsSource}, which the aggregator implements, and a row
 * here.
 *
 * @module
 */

import type { Snapshot, SnapshotMeta } from "../model/snapshot.ts";
import { checkExposeRequest, type Exposition, type MetricsSource } from "../model/source.ts";
import { checkTraceId, checkTraceQuery, type TraceList } from "../model/spans.ts";
import { wallTimestamp } from "../platform/wall_clock.ts";

/** Methods of a source that return readings. */
export type Readings = Omit<MetricsSource, "reuse">;
/** Name of a reading. */
export type ReadingName = keyof Readings;
/** Argument of a reading. */
export type ReadingArgument<Name extends ReadingName> = Parameters<Readings[Name]>[0];
/** Result of a reading. */
export type ReadingResult<Name extends ReadingName> = Awaited<ReturnType<Readings[Name]>>;

/** State of an aggregator at its end. */
export interface LastState {
  /** Last snapshot. */
  readonly snapshot: Snapshot;
  /** Last exposition, as Prometheus text. */
  readonly exposition: Exposition;
}

/** Entry of a reading in {@linkcode READINGS}. */
export interface Reading<Name extends ReadingName> {
  /** Checks the program's argument and copies the part that may be posted to another thread. */
  readonly check?: (argument: ReadingArgument<Name>) => ReadingArgument<Name>;
  /** Returns the result of closed metrics; without it, they reject the reading. */
  readonly afterClose?: (last: LastState) => ReadingResult<Name>;
  /** Returns the result of metrics that record nothing; that of `expose` depends on the accepted format. */
  readonly nothing: Name extends "expose" ? undefined : () => ReadingResult<Name>;
}

const NO_RECORDS: SnapshotMeta = Object.freeze({ recorded: 0, dropped: 0, sampledOut: 0, series: 0, overflowed: 0 });
const NO_TRACES: TraceList = Object.freeze({
  slowest: [],
  recent: [],
  unmatched: [],
  counts: {
    spans: 0,
    droppedSpans: { trace_full: 0, memory: 0, invalid: 0, orphaned: 0 },
    traces: 0,
    evictedTraces: 0,
    waiting: 0,
    startsWithoutEnd: 0,
    endsWithoutStart: 0,
  },
});

/** All readings. */
export const READINGS: { readonly [Name in ReadingName]: Reading<Name> } = {
  expose: { check: checkExposeRequest, afterClose: ({ exposition }) => exposition, nothing: undefined },
  snapshot: {
    afterClose: ({ snapshot }) => snapshot,
    nothing: () => ({ timestamp: wallTimestamp(), uptimeSeconds: 0, metrics: [], meta: NO_RECORDS }),
  },
  health: { nothing: () => ({ status: "HEALTHY", reasons: [], checks: [], isReady: true, uptimeSeconds: 0 }) },
  instruments: { nothing: () => [] },
  definitions: { nothing: () => ({ instruments: [], kpis: [], windows: [], health: {}, hasSelfMetrics: false }) },
  performance: {
    nothing: () => ({
      aggregation: "inline",
      clock: "none",
      ringCapacity: 0,
      ringOccupancyRatio: 0,
      drainIntervalMs: 0,
      drains: 0,
      drainDurationSeconds: {},
      scrapeDurationSeconds: {},
      meta: NO_RECORDS,
      rejected: {},
      aggregatorRestarts: 0,
      histogramRecordsLost: 0,
    }),
  },
  listTraces: {
    check: (query) => query === undefined ? undefined : checkTraceQuery(query),
    nothing: () => NO_TRACES,
  },
  findTrace: { check: checkTraceId, nothing: () => undefined },
};

/** Names of all readings. */
export const READING_NAMES: readonly ReadingName[] = Object.keys(READINGS) as ReadingName[];
