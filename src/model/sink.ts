/**
 * Sinks, through which everything leaves by push. The aggregator has a list of them and does not know their
 * destinations.
 *
 * @module
 */

import type { PerformanceDiagnostics } from "./diagnostics.ts";
import type { SelfMeasured } from "./self_metrics.ts";
import type { Span } from "./spans.ts";

/** Sends spans somewhere. Nothing of it throws, rejects or waits for a network, and what waits in it is bounded. */
export interface SpanSink extends SelfMeasured {
  /** Name of its kind, as in settings. */
  readonly name: string;
  /** Its part of the diagnostics. */
  readonly diagnostics: Partial<PerformanceDiagnostics>;
  /** Takes a span to be sent later, or counts why not. */
  add(span: Span): void;
  /** Takes no more spans; resolves once those that wait are delivered or given up, within a time-out. */
  close(): Promise<void>;
}
