/**
 * The stages of a trace as bars on one time axis.
 *
 * @module
 */

import type { TraceDetail, TraceStage } from "../../model/spans.ts";

/** The bar of a stage. */
export interface Bar {
  /** The stage. */
  readonly stage: TraceStage;
  /** How deep it lies in others; 0 for the outermost. */
  readonly depth: number;
  /** Where it begins, as a share of the trace. */
  readonly start: number;
  /** How long it is, as a share of the trace. */
  readonly length: number;
}

/** One bar a stage, in the order of the trace. */
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

/** Parents that are not there, or go round in circles, end the count. */
function depthOf(spanId: string, parents: ReadonlyMap<string, string | null>): number {
  const seen = new Set([spanId]);
  for (let at = parents.get(spanId); at !== null && at !== undefined; at = parents.get(at)) {
    if (!parents.has(at) || seen.has(at)) break;
    seen.add(at);
  }
  return seen.size - 1;
}
