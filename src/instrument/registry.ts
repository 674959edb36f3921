/**
 * Instruments of one thread, by name. Creating one twice with the same definition returns the same instrument; another
 * definition is an error, even if only the exposed names clash.
 *
 * @module
 */

import { checkFunction } from "../check/checks.ts";
import { rangeError, typeError } from "../check/errors.ts";
import { differencesOf } from "../model/definition_differences.ts";
import type { Kpi } from "../model/kpi.ts";
import type { Announcement, Definition, InstrumentDefaults, InstrumentType } from "../model/model.ts";
import type { Recorder } from "../record/recorder.ts";
import { DISABLED } from "../ring/control.ts";
import { Count } from "../ring/layout.ts";
import { sampleNameError, sampleNames } from "../model/sample_names.ts";
import type { BoundHandle } from "./bound.ts";
import { Collectors, type CollectParts } from "./collect.ts";
import { CellCounter } from "./counter.ts";
import { define, isSameDefinition, type RawOptions } from "./definition.ts";
import { type BindSeries, Family } from "./family.ts";
import { CellGauge, StampedGauge } from "./gauge.ts";
import { RingHistogram } from "./histogram.ts";
import { withKpis } from "./kpi.ts";
import { RingTimer } from "./ring_timer.ts";
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

/** Largest number per thread: enough for any program, and a bound for one that derives names from its input. */
const INSTRUMENTS_MAX = 10_000;

interface Registered {
  readonly number: number;
  readonly definition: Definition;
  readonly hasLabels: boolean;
  /** Handle, or family if the instrument has labels. */
  readonly instrument: unknown;
}

/** Instruments of one thread. */
export class Registry {
  readonly #recorder: Recorder;
  /** Defaults of omitted options. */
  readonly defaults: InstrumentDefaults;
  readonly #byName: Map<string, Registered> = new Map();
  /** Definition of the instrument that writes a sample name. */
  readonly #sampleNames: Map<string, Definition> = new Map();
  /** Definition that reserves a sample name, for an instrument of another thread or a later one. */
  readonly #reserved: Map<string, Definition> = new Map();
  readonly #collectors: Collectors;
  #kpis: ReadonlyMap<string, Kpi> = new Map();

  constructor(recorder: Recorder, defaults: InstrumentDefaults = {}) {
    this.#recorder = recorder;
    this.defaults = defaults;
    this.#collectors = new Collectors(() => recorder.counts[Count.collectFailed] += 1);
    recorder.tracing.onActive = () => this.#traceTimers();
  }

  /** Whether the caller is the callback of a gauge, or asynchronous work that one started. */
  get isInsideCollect(): boolean {
    return this.#collectors.isInside;
  }

  /**
   * Returns the instrument of a name, or creates it. The last `collect` callback replaces earlier ones.
   *
   * @throws {TypeError} If an option has the wrong type or is unknown, or the definitions clash
   * @throws {RangeError} If an option is out of range, or there are too many instruments
   */
  getOrCreate(type: InstrumentType, name: string, options: RawOptions): unknown {
    const definition = define(type, name, options, this.defaults);
    const hasLabels = options.labels !== undefined;
    const { collect } = options;
    checkCollect(definition, collect);
    const existing = this.#byName.get(name);
    if (existing !== undefined) {
      if (isSameDefinition(existing.definition, definition) && existing.hasLabels === hasLabels) {
        this.#setCollect(name, existing.instrument, collect);
        return existing.instrument;
      }
      const differences = differencesOf(existing.definition, definition);
      // An empty list of labels makes a family, too.
      const what = differences.length > 0 ? differences.join(", ") : "labels";
      const must = `equal that of the ${describe(existing)}, but differs in ${what}`;
      throw typeError(`create ${type} ${name}`, "its definition", must, { ...options });
    }
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
    this.#byName.set(name, { number, definition, hasLabels, instrument });
    this.#setCollect(name, instrument, collect);
    return instrument;
  }

  /** Finds the instrument of a name; `undefined` if there is none. */
  find(name: string): unknown {
    return this.#byName.get(name)?.instrument;
  }

  /**
   * Removes an instrument with all its series, on all threads.
   *
   * @returns Whether it existed
   */
  remove(name: string): boolean {
    const registered = this.#byName.get(name);
    if (registered !== undefined) this.#drop(registered);
    return registered !== undefined;
  }

  /** Removes an instrument that was removed on another thread. */
  noteRemoved(number: number): void {
    const registered = this.#byName.values().find((each) => each.number === number);
    if (registered !== undefined) this.#drop(registered);
  }

  #drop({ number, definition, instrument }: Registered): void {
    const { name } = definition;
    this.#collectors.delete(name);
    this.#byName.delete(name);
    for (const sampleName of sampleNames(definition)) this.#sampleNames.delete(sampleName);
    if (instrument instanceof Family) instrument.end();
    else (instrument as BoundHandle).detach();
    this.#recorder.undefine(number);
  }

  /** Reserves the names of an instrument that is created later, or by another thread. */
  reserve(definition: Definition): void {
    for (const name of sampleNames(definition)) this.#reserved.set(name, definition);
  }

  /**
   * Declares key performance indicators.
   *
   * @throws {TypeError} If a member has the wrong type
   * @throws {RangeError} If a member is out of range, or there are too many indicators
   */
  declareKpis(declared: readonly Kpi[]): void {
    this.#kpis = withKpis(this.#kpis, declared);
    this.#recorder.declare(declared.map(({ name }) => this.#kpis.get(name)).filter((kpi) => kpi !== undefined));
  }

  /** Calls the callbacks of gauges that are due. */
  collect(): void {
    if (this.#isEnabled) this.#collectors.tick();
  }

  /** Calls all callbacks, for a read; returns a promise to wait for, if there is any. */
  collectToRead(): Promise<void> | undefined {
    return this.#isEnabled ? this.#collectors.read() : undefined;
  }

  /** Removes all callbacks. */
  endCollect(): void {
    this.#collectors.close();
  }

  get #isEnabled(): boolean {
    return this.#recorder.sampler.word[0] !== DISABLED;
  }

  #setCollect(name: string, instrument: unknown, collect: CollectParts["collect"] | undefined): void {
    if (collect === undefined) return;
    const take = instrument instanceof Family
      ? () => true
      : (result: unknown) => setTo(instrument as CellGauge, result);
    this.#collectors.set(name, { collect, instrument, take });
  }

  #seriesClassOf({ type, aggregator = "sum" }: Definition): SeriesClass {
    if (type === "timer" && this.#recorder.tracing.isActive) return TracedTimer;
    return aggregator === "sum" ? SERIES_CLASSES[type] : StampedGauge;
  }

  /** Makes all timers read the current trace context. */
  #traceTimers(): void {
    for (const registered of this.#byName.values()) {
      for (const [, handle] of entriesOf(registered)) if (handle instanceof RingTimer) TracedTimer.adopt(handle);
    }
  }

  /** Throws if there are too many instruments; a reserved one always has room. */
  #checkRoom({ type, name, exposedName }: Definition): void {
    if (this.#reserved.get(exposedName)?.name === name) return;
    const count = this.#byName.size + 1;
    if (count <= INSTRUMENTS_MAX) return;
    throw rangeError(`create ${type} ${name}`, "the number of instruments", `be at most ${INSTRUMENTS_MAX}`, count);
  }

  /** Stops recording; all series keep their state. */
  freeze(): void {
    for (const registered of this.#byName.values()) {
      for (const [, handle] of entriesOf(registered)) handle.freeze();
    }
  }

  /** Returns all announcements that a new aggregator needs. */
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
      const reserver = this.#reserved.get(name);
      const isOwn = reserver?.name === definition.name && isSameDefinition(reserver, definition);
      const owner = this.#sampleNames.get(name) ?? (isOwn ? undefined : reserver);
      if (owner !== undefined) throw sampleNameError(definition, owner, name);
    }
    for (const name of names) this.#sampleNames.set(name, definition);
  }
}

function checkCollect(
  { name }: Definition,
  collect: unknown,
): asserts collect is CollectParts["collect"] | undefined {
  if (collect !== undefined) checkFunction({ action: `create gauge ${name}`, path: "collect" }, collect);
}

/**
 * Applies the result of a callback; `undefined` means that the callback has set the gauge itself, or leaves it
 * unchanged.
 */
function setTo(gauge: CellGauge, result: unknown): boolean {
  if (result === undefined) return true;
  if (typeof result !== "number" || !Number.isFinite(result)) return false;
  gauge.set(result);
  return true;
}

/** Returns the handles of an instrument and their label values. */
function entriesOf({ instrument }: Registered): Iterable<[readonly string[] | undefined, BoundHandle]> {
  return instrument instanceof Family ? instrument.entries() : [[[], instrument as BoundHandle]];
}

function describe({ definition: { type, labelNames, unit }, hasLabels }: Registered): string {
  const labels = hasLabels ? ` with labels ${labelNames.join(", ")}` : "";
  return `${type}${labels}${unit === "" ? "" : ` in ${unit}`} of that name`;
}
