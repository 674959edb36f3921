/**
 * Methods that create, find and remove instruments, for the metrics of every recording thread.
 *
 * @module
 */

import type { CounterOptions } from "../instrument/counter.ts";
import type { GaugeFamilyOptions, GaugeOptions } from "../instrument/gauge.ts";
import { type InfoOptions, setInfo } from "../instrument/info.ts";
import type { LabelSet } from "../instrument/labels.ts";
import type { HistogramOptions } from "../instrument/histogram.ts";
import type { Registry } from "../instrument/registry.ts";
import type { SummaryOptions } from "../instrument/summary.ts";
import type { TimerOptions } from "../instrument/timer.ts";
import type { Kpi } from "../model/kpi.ts";
import type { Metrics } from "./metrics.ts";

/** Methods for instruments. */
export type Instruments = Pick<
  Metrics,
  "counter" | "gauge" | "histogram" | "timer" | "summary" | "info" | "find" | "remove" | "declareKpis"
>;

/** Key of the method that returns the registry of the thread. */
export const REGISTRY: unique symbol = Symbol("hotpath.registry");

interface HasRegistry {
  [REGISTRY](): Registry;
}

/** Adds the methods for instruments to a class; its subclasses have the registry. */
export function withInstruments<Instance extends object>(
  Base: abstract new () => Instance,
): abstract new () => Instance & Instruments & HasRegistry {
  abstract class WithInstruments extends (Base as abstract new () => object) implements HasRegistry {
    abstract [REGISTRY](): Registry;

    counter(name: string, options: CounterOptions = {}): unknown {
      return this[REGISTRY]().getOrCreate("counter", name, options);
    }

    gauge(name: string, options: GaugeOptions | GaugeFamilyOptions<string> = {}): unknown {
      return this[REGISTRY]().getOrCreate("gauge", name, options);
    }

    histogram(name: string, options: HistogramOptions = {}): unknown {
      return this[REGISTRY]().getOrCreate("histogram", name, options);
    }

    timer(name: string, options: TimerOptions = {}): unknown {
      return this[REGISTRY]().getOrCreate("timer", name, options);
    }

    summary(name: string, options: SummaryOptions = {}): unknown {
      return this[REGISTRY]().getOrCreate("summary", name, options);
    }

    info(name: string, labels: LabelSet<string>, options: InfoOptions = {}): void {
      setInfo(this[REGISTRY](), name, labels, options);
    }

    find(name: string): unknown {
      return this[REGISTRY]().find(name);
    }

    remove(name: string): boolean {
      return this[REGISTRY]().remove(name);
    }

    declareKpis(kpis: readonly Kpi[]): void {
      this[REGISTRY]().declareKpis(kpis);
    }
  }
  return WithInstruments as unknown as abstract new () => Instance & Instruments & HasRegistry;
}
