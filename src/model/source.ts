/**
 * What can be scraped, and how it is asked.
 *
 * @module
 */

import type { Definitions } from "./definitions.ts";
import type { InstrumentDiagnostics, PerformanceDiagnostics } from "./diagnostics.ts";
import { typeError } from "../check/errors.ts";
import type { Health } from "./health_status.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TraceDetail, TraceList, TraceQuery } from "./spans.ts";

const ACTION = "scrape";

/** What a scrape asks for. */
export interface ExposeRequest {
  /** The value of an HTTP `Accept` header; without it, Prometheus text. */
  readonly accept?: string;
  /** The exposed names of what is wanted; everything if there are none. */
  readonly names?: readonly string[];
}

/**
 * Checks what a program asks for; with more in it, it could not be sent to a worker.
 *
 * @throws {TypeError} If something has the wrong type
 */
export function checkExposeRequest(request: ExposeRequest): ExposeRequest {
  if (typeof request !== "object" || request === null) throw typeError(ACTION, "options", "be an object", request);
  const { accept, names } = request;
  if (accept !== undefined && typeof accept !== "string") throw typeError(ACTION, "accept", "be a string", accept);
  if (names !== undefined && !(Array.isArray(names) && [...names].every((name) => typeof name === "string"))) {
    throw typeError(ACTION, "names", "be an array of names", names);
  }
  return { accept, names };
}

/** What a scrape gives. */
export interface Exposition {
  /** The text, UTF-8, or protobuf messages. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Its media type. */
  readonly contentType: string;
}

/** What can be scraped: the metrics of this thread, or the aggregator itself. */
export interface MetricsSource {
  /** The exposition in the format that is accepted. */
  expose(request: ExposeRequest): Promise<Exposition>;
  /**
   * Tells that nobody reads the body of an exposition any more, so that the next one may be written over it. Nothing has
   * to tell; bodies are garbage as any other then.
   */
  reuse?(exposition: Exposition): void;
  /** Everything at this moment. */
  snapshot(): Promise<Snapshot>;
  /** How well things go. */
  health(): Promise<Health>;
  /** The instruments and their series. */
  instruments(): Promise<readonly InstrumentDiagnostics[]>;
  /** What the program has said of what it measures. */
  definitions(): Promise<Definitions>;
  /** How the data path does. */
  performance(): Promise<PerformanceDiagnostics>;
  /**
   * The traces that are kept: the slowest and the recent ones.
   *
   * @throws {TypeError} If the limit is no number
   * @throws {RangeError} If the limit is out of range
   */
  listTraces(query?: TraceQuery): Promise<TraceList>;
  /**
   * A trace with its stages and its end-to-end latency; `undefined` if it is not kept.
   *
   * @throws {TypeError} If the id is no trace id
   */
  findTrace(traceId: string): Promise<TraceDetail | undefined>;
}
