/**
 * Waterfall of a trace: its stages as bars on a time axis.
 *
 * @module
 */

import type { TraceDetail, TraceStage } from "../../model/spans.ts";

/** Bar of a stage. */
export interface Bar {
  /** Stage. */
  readonly stage: TraceStage;
  /** Nesting depth; 0 for a root. */
  readonly depth: number;
  /** Start, as a share of the trace. */
  readonly start: number;
  /** Length, as a share of the trace. */
  readonly length: number;
}

/** Returns a bar for each stage, in the order of the trace. */
export function barsOf({ stages, endToEndSeconds }: TraceDetail): Bar[] {
  const parents = new Map(stages.map(({ spanId, parentId }) => [spanId, parentId]));
  const share = (seconds: number) => endToEndSeconds > 0 ? Math.min(1, Math.max(0, seconds / endToEndSeconds)) : 0;
  return stages.map((stage) => ({
    stage,
    depth: depthOf(stage.spanId, parents),
    start: share(stage.startOffsetSeconds),
    length: share(stage.durationSeconds),
  }));
}

/** Counts the ancestors of a stage, up to one that is unknown or repeats. */
function depthOf(spanId: string, parents: ReadonlyMap<string, string | null>): number {
  const seen = new Set([spanId]);
  for (let at = parents.get(spanId); at !== null && at !== undefined; at = parents.get(at)) {
    if (!parents.has(at) || seen.has(at)) break;
    seen.add(at);
  }
  return seen.size - 1;
}
