/**
 * Sinks, which push data out of the program. The aggregator has a list of them and does not know their destinations.
 *
 * @module
 */

import type { PerformanceDiagnostics } from "./diagnostics.ts";
import type { SelfMeasured } from "./self_metrics.ts";
import type { Span } from "./spans.ts";

/** Sender of spans. Its methods do not throw, reject or wait for a network, and its queue is bounded. */
export interface SpanSink extends SelfMeasured {
  /** Name of its kind, as in the settings. */
  readonly name: string;
  /** Contribution to the diagnostics. */
  readonly diagnostics: Partial<PerformanceDiagnostics>;
  /** Queues a span, or counts the reason why not. */
  add(span: Span): void;
  /** Stops taking spans; resolves once queued ones are delivered or given up, within a time-out. */
  close(): Promise<void>;
}
