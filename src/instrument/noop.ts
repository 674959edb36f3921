/**
 * Instruments that record nothing, so that a library can always be instrumented, whether or not its users want metrics.
 *
 * @module
 */

import type { Counter } from "./counter.ts";
import type { InstrumentFamily } from "./family.ts";
import type { Gauge } from "./gauge.ts";
import type { Histogram } from "./histogram.ts";
import type { Summary } from "./summary.ts";
import type { Timer } from "./timer.ts";
import type { TimerScope } from "./timer_scope.ts";

const NOOP_SCOPE: TimerScope = Object.freeze({ end() {}, [Symbol.dispose]() {} });

/** Handle of every type, and a family whose only handle is itself. */
class NoopInstrument implements Counter, Gauge, Histogram, Timer, Summary, InstrumentFamily<string, NoopInstrument> {
  inc(): void {}
  incWithExemplar(): void {}
  dec(): void {}
  set(): void {}
  setToCurrentTime(): void {}
  observe(): void {}
  observeWithExemplar(): void {}
  observeCritical(): void {}
  start(): number {
    return 0;
  }
  startCritical(): number {
    return 0;
  }
  end(): void {}
  endCritical(): void {}
  endWithExemplar(): void {}
  endSpan(): void {}
  startInTrace(): void {}
  endInTrace(): void {}
  span(): TimerScope {
    return NOOP_SCOPE;
  }
  wrap<This, Args extends unknown[], Result>(
    operation: (this: This, ...args: Args) => Result,
  ): (this: This, ...args: Args) => Result {
    return operation;
  }
  time<Result>(operation: () => Result): Result {
    return operation();
  }
  with(): this {
    return this;
  }
  remove(): boolean {
    return false;
  }
  clear(): void {}
  reset(): void {}
}

/** Instrument that records nothing. */
export const NOOP_INSTRUMENT: NoopInstrument = new NoopInstrument();
