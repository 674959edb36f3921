/**
 * Traces of one thread: the current context, and the numbers of contexts in the ring. Nothing is traced until the first
 * context is opened; until then, a timing costs no more than without traces.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { Fact, Kind } from "../ring/layout.ts";
import type { Producer } from "../ring/producer.ts";
import { WallOrigin } from "../platform/wall_clock.ts";
import type { Clock } from "./clock.ts";
import { RecordedContext } from "./trace_context.ts";

/** Random words per draw, each of which costs a system call. */
const RANDOM_WORDS = 512;
const TRACE_WORDS = 4;
/** Number that no context has. */
const NO_NUMBER = 0;

/** Span of another library, such as OpenTelemetry. */
export interface ForeignSpan {
  /** Id of the trace, as four words. */
  readonly traceWords: Uint32Array;
  /** Id of the span, as two words. */
  readonly spanWords: Uint32Array;
  /** Whether the library records the span. */
  readonly isSampled: boolean;
  /** Value of the `tracestate` header. */
  readonly tracestate: string;
  /** Whether the right half of the trace id is known to be random. */
  readonly hasRandomTraceId: boolean;
}

/** Origin of a context. */
export interface ContextOrigin {
  /** Id of the trace, as four words; a new trace by default. */
  readonly traceWords?: Uint32Array;
  /** Id of the span's parent, as two words. */
  readonly parentWords?: Uint32Array;
  /** Whether the trace is recorded. */
  readonly isSampled: boolean;
  /** Value of the `tracestate` header. */
  readonly tracestate: string;
  /** Whether the right half of the trace id is known to be random; ignored for a new trace, whose id is random. */
  readonly hasRandomTraceId: boolean;
}

/** Traces of one thread. */
export class Tracing {
  /** Storage of the current context. */
  readonly storage: AsyncLocalStorage<RecordedContext> = new AsyncLocalStorage();
  /** Called once, when the first context is opened. */
  onActive: () => void = () => {};
  /** Finds the context of another library's current span, for use where there is no current context. */
  foreign: (() => RecordedContext | undefined) | undefined;
  readonly #clock: Clock;
  readonly #producer: Producer;
  readonly #random: Uint32Array<ArrayBuffer> = new Uint32Array(RANDOM_WORDS);
  #randomUsed = RANDOM_WORDS;
  #salt = 0;
  #isActive = false;
  #origin: WallOrigin | undefined;

  /** Creates a tracing that is inactive until {@linkcode Tracing.activate}. */
  constructor(clock: Clock, producer: Producer) {
    this.#clock = clock;
    this.#producer = producer;
  }

  /** Whether timings must look for a context. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** Current context. */
  get current(): RecordedContext | undefined {
    if (!this.#isActive) return undefined;
    const context = this.storage.getStore();
    return context === undefined && this.foreign !== undefined ? this.foreign() : context;
  }

  /** Makes timings look for a context from now on. */
  activate(): void {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#salt = this.#randomWord() || 1;
    this.noteTime();
    // Written after the time, because the salt shows the reader that the time is valid.
    this.#producer.facts[Fact.salt] = this.#salt;
    this.onActive();
  }

  /**
   * Writes the clock's time, and its offset from the time of day, for the aggregator; does nothing before anything is
   * traced.
   */
  noteTime(): void {
    if (!this.#isActive) return;
    this.#origin ??= new WallOrigin(() => this.#clock.now());
    const { facts } = this.#producer;
    // A reader that has read the previous time detects by this that the clock was read again.
    facts[Fact.clockMs] = NaN;
    facts[Fact.originMs] = this.#origin.check();
    facts[Fact.clockMs] = this.#clock.now();
  }

  /** Opens a context with a new span. */
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

  /** Opens a context for a span of another library. */
  adopt(span: ForeignSpan): RecordedContext {
    this.activate();
    const { traceWords, spanWords, isSampled } = span;
    const number = isSampled ? this.#announce(traceWords) : 0;
    if (isSampled) this.#producer.pushContext(Kind.contextSpan, number, spanWords);
    return new RecordedContext({ ...span, number, parentWords: undefined });
  }

  /** Writes a record that assigns a number to a trace: its position in the ring, which no other context has. */
  #announce(traceWords: Uint32Array): number {
    const producer = this.#producer;
    // Skips the position that equals the number of no context.
    if (producer.head === NO_NUMBER) producer.pushContext(Kind.context, NO_NUMBER, traceWords);
    const { head } = producer;
    producer.pushContext(Kind.context, head, traceWords);
    return head;
  }

  /** Returns a random number, uniform in [0, 1), to choose the traces that are recorded. */
  random(): number {
    return this.#randomWord() / 2 ** 32;
  }

  #newTrace(): Uint32Array {
    const words = new Uint32Array(TRACE_WORDS);
    for (let i = 0; i < TRACE_WORDS; i++) words[i] = this.#randomWord();
    // An id of zeros is invalid.
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
