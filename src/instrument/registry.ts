/**
 * The instruments of one thread, by name. Creating one twice with the same definition gives the
 * same instrument; with another definition it is an error, also when only the exposed names clash.
 *
 * @module
 */

import { rangeError, typeError } from "../errors.ts";
import type { Kpi } from "../kpi.ts";
import type { Announcement, Definition, InstrumentDefaults, InstrumentType } from "../model.ts";
import type { Recorder } from "../record/recorder.ts";
import { DISABLED } from "../ring/control.ts";
import { Count } from "../ring/layout.ts";
import { sampleNameError, sampleNames } from "../sample_names.ts";
import type { BoundHandle } from "./bound.ts";
import { CellCounter } from "./counter.ts";
import { define, isSameDefinition, type RawOptions } from "./definition.ts";
import { type BindSeries, Family } from "./family.ts";
import { CellGauge, StampedGauge } from "./gauge.ts";
import { RingHistogram } from "./histogram.ts";
import { withKpis } from "./kpi.ts";
import { RingTimer } from "./timer.ts";
import { TracedTimer } from "./traced_timer.ts";

type SeriesClass = new (
  recorder: Recorder,
  instrument: number,
  labelValues: readonly string[] | undefined,
  isCritical: boolean,
  criticalAbove: number | undefined,
) => BoundHandle;

const SERIES_CLASSES: Readonly<Record<InstrumentType, SeriesClass>> = {
  counter: CellCounter,
  gauge: CellGauge,
  histogram: RingHistogram,
  timer: RingTimer,
  summary: RingHistogram,
};

/** Instruments of one thread: enough for any program, and a bound for one that makes names out of its input. */
const INSTRUMENTS_MAX = 10_000;

interface Registered {
  readonly number: number;
  readonly definition: Definition;
  readonly hasLabels: boolean;
  readonly collect: unknown;
  /** A handle, or a family of them if it has labels. */
  readonly instrument: unknown;
}

/** A gauge's callback: gives its value, or sets those of the family that it is given. */
type Collect = (family?: unknown) => unknown;

/** Asks a callback and sets what it is for; gives whether that went well. */
type Collector = () => boolean;

/** The instruments of one thread. */
export class Registry {
  readonly #recorder: Recorder;
  readonly #defaults: InstrumentDefaults;
  readonly #byName: Map<string, Registered> = new Map();
  /** By sample name: the instrument that writes it. */
  readonly #sampleNames: Map<string, Definition> = new Map();
  readonly #collectors: Collector[] = [];
  #kpis: ReadonlyMap<string, Kpi> = new Map();

  /** Without instruments. */
  constructor(recorder: Recorder, defaults: InstrumentDefaults = {}) {
    this.#recorder = recorder;
    this.#defaults = defaults;
    recorder.tracing.onActive = () => this.#traceTimers();
  }

  /**
   * The instrument of a name: the one there is, or a new one.
   *
   * @throws {TypeError} If an option has the wrong type or is unknown, or the definitions clash
   * @throws {RangeError} If an option is out of range, or there are too many instruments
   */
  getOrCreate(type: InstrumentType, name: string, options: RawOptions): unknown {
    const definition = define(type, name, options, this.#defaults);
    const hasLabels = options.labels !== undefined;
    const { collect } = options;
    const existing = this.#byName.get(name);
    if (existing !== undefined) {
      if (
        isSameDefinition(existing.definition, definition) && existing.hasLabels === hasLabels &&
        existing.collect === collect
      ) return existing.instrument;
      throw typeError(`create ${type} ${name}`, "its definition", `equal that of the ${describe(existing)}`, {
        ...options,
      });
    }
    checkCollect(definition, collect);
    this.#checkRoom(definition);
    this.#reserveSampleNames(definition);
    const number = this.#recorder.define(definition);
    const bind: BindSeries<BoundHandle> = (values) => {
      const Series = this.#seriesClassOf(definition);
      return new Series(this.#recorder, number, values, definition.isCritical, definition.slo?.criticalSeconds);
    };
    const instrument = hasLabels
      ? new Family(definition.exposedName, definition.labelNames, this.#recorder, bind)
      : bind([]);
    this.#byName.set(name, { number, definition, hasLabels, collect, instrument });
    if (collect !== undefined) this.#collectors.push(collectorOf(instrument, collect));
    return instrument;
  }

  /**
   * Declares key performance indicators.
   *
   * @throws {TypeError} If something has the wrong type
   * @throws {RangeError} If something is out of range, or there are too many
   */
  declareKpis(declared: readonly Kpi[]): void {
    this.#kpis = withKpis(this.#kpis, declared);
    this.#recorder.declare(declared.map(({ name }) => this.#kpis.get(name)).filter((kpi) => kpi !== undefined));
  }

  /** Asks the gauges that have a callback. */
  collect(): void {
    if (this.#recorder.sampler.word[0] === DISABLED) return;
    for (const collect of this.#collectors) {
      if (!collect()) this.#recorder.counts[Count.collectFailed] += 1;
    }
  }

  #seriesClassOf({ type, aggregator = "sum" }: Definition): SeriesClass {
    if (type === "timer" && this.#recorder.tracing.isActive) return TracedTimer;
    return aggregator === "sum" ? SERIES_CLASSES[type] : StampedGauge;
  }

  /** From now on, timings look for a trace. */
  #traceTimers(): void {
    for (const registered of this.#byName.values()) {
      for (const [, handle] of entriesOf(registered)) if (handle instanceof RingTimer) TracedTimer.adopt(handle);
    }
  }

  #checkRoom({ type, name }: Definition): void {
    const count = this.#byName.size + 1;
    if (count <= INSTRUMENTS_MAX) return;
    throw rangeError(`create ${type} ${name}`, "the number of instruments", `be at most ${INSTRUMENTS_MAX}`, count);
  }

  /** Records nothing from now on; all series stay as they are. */
  freeze(): void {
    for (const registered of this.#byName.values()) {
      for (const [, handle] of entriesOf(registered)) handle.freeze();
    }
  }

  /** All that an aggregator must be told that knows nothing yet. */
  announcements(): Announcement[] {
    const registered = [...this.#byName.values()];
    const definitions = registered.map(({ number, definition }): Announcement => {
      return { kind: "instrument", instrument: number, definition };
    });
    const series = registered.flatMap((each) =>
      Array.from(entriesOf(each), ([labelValues, handle]) => handle.announcement(each.number, labelValues))
    );
    const kpis: Announcement[] = this.#kpis.size > 0 ? [{ kind: "kpis", kpis: [...this.#kpis.values()] }] : [];
    return [...definitions, ...kpis, ...this.#recorder.chunkAnnouncements(), ...series, ...this.#recorder.removals()];
  }

  #reserveSampleNames(definition: Definition): void {
    const names = sampleNames(definition);
    for (const name of names) {
      const owner = this.#sampleNames.get(name);
      if (owner !== undefined) throw sampleNameError(definition, owner, name);
    }
    for (const name of names) this.#sampleNames.set(name, definition);
  }
}

function checkCollect({ name }: Definition, collect: unknown): asserts collect is Collect | undefined {
  if (collect === undefined || typeof collect === "function") return;
  throw typeError(`create gauge ${name}`, "collect", "be a function", collect);
}

function collectorOf(instrument: unknown, collect: Collect): Collector {
  return () => {
    try {
      if (instrument instanceof Family) {
        collect(instrument);
        return true;
      }
      const value = collect();
      if (typeof value !== "number" || !Number.isFinite(value)) return false;
      (instrument as CellGauge).set(value);
      return true;
    } catch {
      return false;
    }
  };
}

/** The handles of an instrument, and their label values. */
function entriesOf({ instrument }: Registered): Iterable<[readonly string[] | undefined, BoundHandle]> {
  return instrument instanceof Family ? instrument.entries() : [[[], instrument as BoundHandle]];
}

function describe({ definition: { type, labelNames, unit }, hasLabels }: Registered): string {
  const labels = hasLabels ? ` with labels ${labelNames.join(", ")}` : "";
  return `${type}${labels}${unit === "" ? "" : ` in ${unit}`} of that name`;
}
