/**
 * Settings of recording, sent to every recording thread. Plain data.
 *
 * @module
 */

import type { InstrumentDefaults, OverflowPolicy } from "./model.ts";
import type { TracerSettings } from "./spans.ts";

/** Settings that all recording threads share. */
export interface RecordSettings {
  /** Policy of a full ring. */
  readonly overflow: OverflowPolicy;
  /** Milliseconds between drains at low load. */
  readonly drainIntervalMs: number;
  /** Maximum number of series; further label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Maximum length of a label value in Unicode code points. */
  readonly labelValueMax: number;
  /** Defaults of instruments. */
  readonly defaults: InstrumentDefaults;
  /** Settings of the traces of a thread. */
  readonly tracer: TracerSettings;
}
