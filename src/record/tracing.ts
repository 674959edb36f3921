/**
 * The traces of one thread: which context is the present one, and the numbers that contexts and their timings go by.
 * Nothing is traced until the first context is opened; until then a timing costs what it costs without traces.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { Fact, Kind } from "../ring/layout.ts";
import type { Producer } from "../ring/producer.ts";
import { WallOrigin } from "../platform/wall_clock.ts";
import type { Clock } from "./clock.ts";
import { RecordedContext } from "./trace_context.ts";

/** Random words that are drawn at a time: each draw costs a call to the system. */
const RANDOM_WORDS = 512;
const TRACE_WORDS = 4;
/** The number of no context. */
const NO_NUMBER = 0;

/** A span of somebody else's, such as OpenTelemetry's. */
export interface ForeignSpan {
  /** Its trace, as four words. */
  readonly traceWords: Uint32Array;
  /** Its id, as two words. */
  readonly spanWords: Uint32Array;
  /** Whether it is recorded there. */
  readonly isSampled: boolean;
  /** What other systems say of the trace. */
  readonly tracestate: string;
  /** See `TraceContext.hasRandomTraceId`. */
  readonly hasRandomTraceId: boolean;
}

/** What a context follows from. */
export interface ContextOrigin {
  /** The trace that it belongs to, as four words; a new one if there is none. */
  readonly traceWords?: Uint32Array;
  /** The span that it is a part of, as two words. */
  readonly parentWords?: Uint32Array;
  /** Whether it is recorded. */
  readonly isSampled: boolean;
  /** What other systems say of the trace. */
  readonly tracestate: string;
  /** See `TraceContext.hasRandomTraceId`; of no account for a new trace, whose id is. */
  readonly hasRandomTraceId: boolean;
}

/** The traces of one thread. */
export class Tracing {
  /** The context of what runs. */
  readonly storage: AsyncLocalStorage<RecordedContext> = new AsyncLocalStorage();
  /** Told once, when the first context is opened. */
  onActive: () => void = () => {};
  /** Finds the context of a span of somebody else's where there is none of our own. */
  foreign: (() => RecordedContext | undefined) | undefined;
  readonly #clock: Clock;
  readonly #producer: Producer;
  readonly #random: Uint32Array<ArrayBuffer> = new Uint32Array(RANDOM_WORDS);
  #randomUsed = RANDOM_WORDS;
  #salt = 0;
  #isActive = false;
  #origin: WallOrigin | undefined;

  /** Nothing is traced yet. */
  constructor(clock: Clock, producer: Producer) {
    this.#clock = clock;
    this.#producer = producer;
  }

  /** Whether timings have to look for a context. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** The context of what runs. */
  get current(): RecordedContext | undefined {
    if (!this.#isActive) return undefined;
    const context = this.storage.getStore();
    return context === undefined && this.foreign !== undefined ? this.foreign() : context;
  }

  /** From now on, timings look for a context. */
  activate(): void {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#salt = this.#randomWord() || 1;
    this.noteTime();
    // After the time, because this says that the time is there.
    this.#producer.facts[Fact.salt] = this.#salt;
    this.onActive();
  }

  /** Writes down what the clock shows and how that compares with the time of day, once anything is traced. */
  noteTime(): void {
    if (!this.#isActive) return;
    this.#origin ??= new WallOrigin(() => this.#clock.now());
    const { facts } = this.#producer;
    // So that a reader which saw what was written before knows that the clock was read after that.
    facts[Fact.clockMs] = NaN;
    facts[Fact.originMs] = this.#origin.check();
    facts[Fact.clockMs] = this.#clock.now();
  }

  /** Opens a context with a span of its own. */
  open(origin: ContextOrigin): RecordedContext {
    this.activate();
    const { traceWords = this.#newTrace(), parentWords, isSampled, tracestate } = origin;
    const hasRandomTraceId = origin.traceWords === undefined || origin.hasRandomTraceId;
    const number = isSampled ? this.#announce(traceWords) : 0;
    if (isSampled && parentWords !== undefined) this.#producer.pushContext(Kind.contextParent, number, parentWords);
    const spanWords = Uint32Array.of(this.#salt, isSampled ? number : this.#randomWord());
    return new RecordedContext({
      number,
      traceWords,
      spanWords,
      parentWords,
      isSampled,
      tracestate,
      hasRandomTraceId,
    });
  }

  /** Opens a context that goes by somebody else's span. */
  adopt(span: ForeignSpan): RecordedContext {
    this.activate();
    const { traceWords, spanWords, isSampled } = span;
    const number = isSampled ? this.#announce(traceWords) : 0;
    if (isSampled) this.#producer.pushContext(Kind.contextSpan, number, spanWords);
    return new RecordedContext({ ...span, number, parentWords: undefined });
  }

  /** Writes that a number stands for a trace from now on: that of its place in the ring, which no other span has. */
  #announce(traceWords: Uint32Array): number {
    const producer = this.#producer;
    // Nothing can stand at the place that would be taken for no context.
    if (producer.head === NO_NUMBER) producer.pushContext(Kind.context, NO_NUMBER, traceWords);
    const { head } = producer;
    producer.pushContext(Kind.context, head, traceWords);
    return head;
  }

  /** Uniform in [0, 1), for whoever decides which traces are recorded. */
  random(): number {
    return this.#randomWord() / 2 ** 32;
  }

  #newTrace(): Uint32Array {
    const words = new Uint32Array(TRACE_WORDS);
    for (let i = 0; i < TRACE_WORDS; i++) words[i] = this.#randomWord();
    // All zeros is no id.
    if (words[TRACE_WORDS - 1] === 0) words[TRACE_WORDS - 1] = 1;
    return words;
  }

  #randomWord(): number {
    if (this.#randomUsed === RANDOM_WORDS) {
      crypto.getRandomValues(this.#random);
      this.#randomUsed = 0;
    }
    return this.#random[this.#randomUsed++];
  }
}
