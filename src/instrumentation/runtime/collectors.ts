/**
 * Collectors of one thread, because heap, garbage collection and event loop can only be observed from inside it. Their
 * timers do not keep the program alive. A failure is counted, and the collector continues.
 *
 * @module
 */

import type { Counter, CounterFamily } from "../../instrument/counter.ts";
import type { Registry } from "../../instrument/registry.ts";
import type { Timer, TimerFamily } from "../../instrument/timer.ts";
import type { RuntimeChoice } from "../../model/runtime_choice.ts";
import { loadV8 } from "../../platform/node_builtins.ts";
import { isDeno } from "../../platform/runtime.ts";
import { unrefTimer } from "../../platform/unref_timer.ts";
import { EventLoopSampler } from "./event_loop.ts";
import { GcWatch, type ObserveCollection } from "./gc.ts";
import { HeapGauges } from "./heap.ts";

/** Interval between readings of the heap. */
const HEAP_INTERVAL_MS = 1_000;
/** Interval between reports of collections. Stopping a profiler takes some 70 µs per collection, so batches stay small. */
const GC_INTERVAL_MS = 100;

/** Bucket bounds in seconds: 100 µs to 10 s. */
const PAUSE_BUCKETS: readonly number[] = [1e-4, 2.5e-4, 5e-4, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05]
  .concat([0.1, 0.25, 0.5, 1, 2.5, 5, 10]);

/** Collector that is polled. */
interface Polled {
  /** Collects. */
  readonly collect: () => void;
  /** Collects for the last time. */
  readonly close: () => void;
}

/** Running collectors of one thread. */
export class ThreadCollectors {
  readonly #registry: Registry;
  readonly #thread: string;
  readonly #polled: Polled[] = [];
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #sampler: EventLoopSampler | undefined;

  /**
   * Starts the chosen collectors of threads, not those of the process.
   *
   * @param registry Registry of their instruments
   * @param thread Value of their label `thread`
   */
  constructor({ heap, gc, eventLoop }: RuntimeChoice, registry: Registry, thread: string) {
    this.#registry = registry;
    this.#thread = thread;
    if (heap) this.#watchHeap();
    if (gc) this.#watchGc();
    if (eventLoop) this.#watchEventLoop();
  }

  /** Collects everything before a scrape or snapshot. */
  collect(): void {
    for (const { collect } of this.#polled) collect();
  }

  /** Collects everything and stops. A second call has no effect. */
  close(): void {
    this.#sampler?.stop();
    this.#timers.forEach(clearInterval);
    for (const { close } of this.#polled.splice(0)) close();
  }

  #watchHeap(): void {
    const gauges = new HeapGauges(loadV8(), this.#registry, this.#thread);
    const read = () => gauges.read();
    this.#poll("heap", { collect: read, close: read }, HEAP_INTERVAL_MS);
    gauges.read();
  }

  #watchGc(): void {
    const { GCProfiler } = loadV8();
    const watch = new GcWatch(() => new GCProfiler(), this.#collectionObserver());
    this.#poll("gc", { collect: () => watch.rotate(), close: () => watch.close() }, GC_INTERVAL_MS);
  }

  #watchEventLoop(): void {
    const family = this.#timerFamily("deno_eventloop_lag_seconds", "Delay of timers in the event loop", ["thread"]);
    const lag = family.with({ thread: this.#thread });
    const failures = this.#failuresOf("eventLoop");
    this.#sampler = new EventLoopSampler({
      observe: (seconds) => lag.observe(seconds),
      onFailure: () => failures.inc(),
    });
  }

  #collectionObserver(): ObserveCollection {
    const labels = ["kind", "thread"] as const;
    const family = this.#timerFamily("deno_gc_duration_seconds", "Duration of garbage collections", labels);
    const byKind = new Map<string, Timer>();
    return (kind, seconds) => {
      let timer = byKind.get(kind);
      if (timer === undefined) byKind.set(kind, timer = family.with({ kind, thread: this.#thread }));
      timer.observe(seconds);
    };
  }

  #poll(collector: keyof RuntimeChoice, { collect, close }: Polled, intervalMs: number): void {
    const failures = this.#failuresOf(collector);
    const guarded = (action: () => void) => () => {
      try {
        action();
      } catch {
        failures.inc();
      }
    };
    const polled = { collect: guarded(collect), close: guarded(close) };
    const timer = setInterval(polled.collect, intervalMs);
    unrefTimer(timer);
    this.#timers.push(timer);
    this.#polled.push(polled);
  }

  /** Creates a family of critical timers, because sampling would discard most of the rare, long durations. */
  #timerFamily<Label extends string>(name: string, help: string, labels: readonly Label[]): TimerFamily<Label> {
    const options = { help, labels, buckets: PAUSE_BUCKETS, critical: true };
    return this.#registry.getOrCreate("timer", name, options) as TimerFamily<Label>;
  }

  #failuresOf(collector: keyof RuntimeChoice): Counter {
    const help = "Failures of collectors of runtime metrics";
    const options = { help, labels: ["collector"] };
    const name = "deno_collector_failures_total";
    return (this.#registry.getOrCreate("counter", name, options) as CounterFamily<"collector">).with({ collector });
  }
}

/** Starts the chosen collectors of this thread; `undefined` if none is chosen, or the runtime is not Deno. */
export function startCollectors(
  choice: RuntimeChoice,
  registry: Registry,
  thread: string,
): ThreadCollectors | undefined {
  const { heap, gc, eventLoop } = choice;
  // Other runtimes lack these V8 functions, or return other units.
  if (!isDeno()) return undefined;
  return heap || gc || eventLoop ? new ThreadCollectors(choice, registry, thread) : undefined;
}
