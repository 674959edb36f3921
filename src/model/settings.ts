/**
 * Settings of recording, as every recording thread receives them. Plain data: they are sent to threads whole.
 *
 * @module
 */

import type { InstrumentDefaults, OverflowPolicy } from "./model.ts";
import type { TracerSettings } from "./spans.ts";

/** Settings that all recording threads share. */
export interface RecordSettings {
  /** Policy of a full ring. */
  readonly overflow: OverflowPolicy;
  /** Milliseconds between drains when little happens. */
  readonly drainIntervalMs: number;
  /** Series before new label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Unicode code points that a label value may have. */
  readonly labelValueMax: number;
  /** Defaults of instruments. */
  readonly defaults: InstrumentDefaults;
  /** Which traces are recorded. */
  readonly tracer: TracerSettings;
}
