/**
 * Interface of scrape sources, and the request of a scrape.
 *
 * @module
 */

import type { Definitions } from "./definitions.ts";
import type { InstrumentDiagnostics, PerformanceDiagnostics } from "./diagnostics.ts";
import { checkList, checkString, optional } from "../check/checks.ts";
import { checkObject, checkOptions } from "../check/options.ts";
import type { Health } from "./health_status.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TraceDetail, TraceList, TraceQuery } from "./spans.ts";

const ACTION = "scrape";
const REQUEST = { accept: optional(checkString), names: optional(checkList(checkString, "be an array of names")) };

/** Request of a scrape. */
export interface ExposeRequest {
  /** Value of an HTTP `Accept` header; Prometheus text if omitted. */
  readonly accept?: string;
  /** Exposed names to include; all if empty. */
  readonly names?: readonly string[];
}

/**
 * Checks the request of a program and copies its known fields, so that it can be sent to a worker.
 *
 * @throws {TypeError} If a field has the wrong type
 */
export function checkExposeRequest(request: ExposeRequest): ExposeRequest {
  const { accept, names } = checkObject({ action: ACTION, path: "" }, request);
  return checkOptions(ACTION, { accept, names }, REQUEST);
}

/** Result of a scrape. */
export interface Exposition {
  /** Text in UTF-8, or protobuf messages. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Media type of the body. */
  readonly contentType: string;
}

/** Source of scrapes: the metrics of this thread, or the aggregator itself. */
export interface MetricsSource {
  /** Encodes all metrics in the format that the client accepts. */
  expose(request: ExposeRequest): Promise<Exposition>;
  /**
   * Releases the body of an exposition that is no longer read, so that the next one may overwrite it. Optional: other
   * bodies are garbage-collected.
   */
  reuse?(exposition: Exposition): void;
  /** Returns all metrics at this moment. */
  snapshot(): Promise<Snapshot>;
  /** Returns the health. */
  health(): Promise<Health>;
  /** Returns the instruments with their series counts. */
  instruments(): Promise<readonly InstrumentDiagnostics[]>;
  /** Returns the definitions of the program. */
  definitions(): Promise<Definitions>;
  /** Returns the state of the data path. */
  performance(): Promise<PerformanceDiagnostics>;
  /**
   * Returns the traces that are kept: the slowest and the recent ones.
   *
   * @throws {TypeError} If the limit is not a number
   * @throws {RangeError} If the limit is out of range
   */
  listTraces(query?: TraceQuery): Promise<TraceList>;
  /**
   * Returns a trace with its stages and its end-to-end latency; `undefined` if it is not kept.
   *
   * @throws {TypeError} If the id is not a trace id
   */
  findTrace(traceId: string): Promise<TraceDetail | undefined>;
}
