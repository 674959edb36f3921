/**
 * Builder of spans from the traced records of one thread. The records of a context define which trace its number refers
 * to; each timing with that number is a span of the trace. One of them may be the context's own span. It comes last,
 * but may be followed by timings that the program left running.
 *
 * Everything is bounded: past the limits, the oldest contexts are evicted. A timing whose context was evicted, or
 * overwritten in a full ring, is counted as orphaned.
 *
 * @module
 */

import { Fact, FAILED, Kind, OWN, WEIGHT_SHIFT } from "../../ring/layout.ts";
import type { Distribution } from "../series/distribution.ts";
import { RUN_TIMER, type Span, type SpanKind } from "../../model/spans.ts";
import { spanExemplar } from "../traces/span_exemplar.ts";
import type { Traces } from "../traces/traces.ts";
import type { ThreadState } from "./thread_state.ts";
import type { ThreadTime } from "./thread_time.ts";
import { POSITION, type TraceRecords } from "./trace_records.ts";

/** Maximum number of contexts whose own span has not arrived. */
const OPEN_MAX = 65_536;
/** Maximum number of contexts that are kept after their own span has arrived. */
const ENDED_MAX = 4_096;
const KIND_MASK = 2 ** WEIGHT_SHIFT - 1;
const DIGITS = new TextEncoder().encode("0123456789abcdef");

/** Trace and span that a context's number refers to. */
interface Context {
  readonly traceId: string;
  /** Id of its span. */
  spanId: string;
  /** Id of the parent span. */
  parentId: string | undefined;
}

/** Reader of the traced records of one thread. */
export class TraceReader {
  readonly #state: ThreadState;
  readonly #facts: Float64Array;
  readonly #time: ThreadTime;
  readonly #thread: string;
  readonly #traces: Traces;
  readonly #open: Map<number, Context> = new Map();
  readonly #ended: Map<number, Context> = new Map();

  /**
   * Creates a reader without contexts.
   *
   * @param facts Facts that the thread publishes about all its records, see `Fact`
   * @param time Conversion of the thread's times to the aggregator's clock
   * @param thread Name of the thread
   * @param traces Receives the spans
   */
  constructor(state: ThreadState, facts: Float64Array, time: ThreadTime, thread: string, traces: Traces) {
    this.#state = state;
    this.#facts = facts;
    this.#time = time;
    this.#thread = thread;
    this.#traces = traces;
  }

  /** Reads records in order. */
  read({ doubles, words, count }: TraceRecords): void {
    this.#time.look();
    for (let i = 0; i < count; i++) {
      const kind = words[i * 8 + 5] & KIND_MASK;
      const context = words[i * 8 + 6];
      switch (kind) {
        case Kind.context:
          this.#begin(context, hexOf(words, i * 8, 4));
          break;
        case Kind.contextParent:
          this.#note(context, { parentId: hexOf(words, i * 8, 2) });
          break;
        case Kind.contextSpan:
          this.#note(context, { spanId: hexOf(words, i * 8, 2) });
          break;
        default:
          this.#readTiming(
            kind,
            context,
            words[i * 8 + 4],
            words[i * 8 + POSITION],
            doubles[i * 4],
            doubles[i * 4 + 1],
          );
      }
    }
  }

  #readTiming(
    kind: number,
    number: number,
    seriesId: number,
    span: number,
    seconds: number,
    timeMs: number,
  ): void {
    const context = this.#open.get(number) ?? this.#ended.get(number);
    if (context === undefined) return this.#traces.countOrphan();
    const isOwn = (kind & OWN) !== 0;
    if (isOwn) this.#end(number, context);
    const entry = this.#state.distributionOf(seriesId);
    // The series was removed or reset while its record was on the way.
    if (entry === undefined) return;
    const { series, family: { definition: { name } } } = entry;
    const endMs = timeMs + this.#time.offsetMs;
    if (kind === Kind.start || kind === Kind.end) {
      this.#join(kind === Kind.end, context, series, name, span, endMs);
      return;
    }
    this.#add(context, series, {
      spanId: isOwn ? context.spanId : this.#spanId(span),
      parentId: isOwn ? context.parentId : context.spanId,
      name,
      endMs,
      seconds,
      isError: (kind & FAILED) !== 0,
    });
  }

  #join(isEnd: boolean, context: Context, series: Distribution, name: string, span: number, atMs: number): void {
    const key = `${name}${JSON.stringify(series.labels)}`;
    const { join } = this.#traces;
    const { traceId } = context;
    const durationMs = isEnd ? join.end(traceId, key, atMs, name) : join.start(traceId, key, atMs, name);
    if (durationMs === undefined) return;
    const seconds = durationMs / 1_000;
    series.record(seconds, 1, this.#state.nowMs());
    const endMs = isEnd ? atMs : atMs + durationMs;
    const parentId = context.spanId;
    this.#add(context, series, { spanId: this.#spanId(span), parentId, name, endMs, seconds, isError: false });
  }

  #add(
    { traceId }: Context,
    series: Distribution,
    { spanId, parentId, name, endMs, seconds, isError }: {
      spanId: string;
      parentId: string | undefined;
      name: string;
      endMs: number;
      seconds: number;
      isError: boolean;
    },
  ): void {
    const { labels } = series;
    const startMs = endMs - seconds * 1_000;
    const span: Span = {
      traceId,
      spanId,
      parentId,
      ...describe(name, labels),
      startMs,
      durationSeconds: seconds,
      labels,
      thread: this.#thread,
      isError,
    };
    const dated = this.#traces.add(span);
    if (dated !== undefined) series.offer(spanExemplar(dated));
  }

  #begin(number: number, traceId: string): void {
    if (this.#open.size >= OPEN_MAX) deleteOldest(this.#open);
    this.#open.set(number, { traceId, spanId: this.#spanId(number), parentId: undefined });
  }

  #note(number: number, facts: Partial<Context>): void {
    const context = this.#open.get(number);
    if (context !== undefined) Object.assign(context, facts);
  }

  #end(number: number, context: Context): void {
    if (!this.#open.delete(number)) return;
    if (this.#ended.size >= ENDED_MAX) deleteOldest(this.#ended);
    this.#ended.set(number, context);
  }

  #spanId(number: number): string {
    return idOf(this.#facts[Fact.salt], number);
  }
}

/** Kinds of spans by the name of their timer, for one side of a request. */
const KINDS: Readonly<Record<string, SpanKind>> = {
  http_server_request_duration: "server",
  http_client_request_duration: "client",
};

function describe(timer: string, labels: Span["labels"]): Pick<Span, "name" | "kind"> {
  const kind = KINDS[timer] ?? "internal";
  if (timer === RUN_TIMER) return { name: labels.trace ?? timer, kind };
  // OpenTelemetry's semantic conventions: the method, and the route if there is one.
  if (kind !== "internal") return { name: [labels.method, labels.route].filter(Boolean).join(" "), kind };
  return { name: timer, kind };
}

/** Returns the hexadecimal digits of an even number of words. */
function hexOf(words: Uint32Array, from: number, count: number): string {
  let text = "";
  for (let i = from; i < from + count; i += 2) text += idOf(words[i], words[i + 1]);
  return text;
}

/**
 * Returns sixteen digits as one string: a concatenation of two strings would retain both and take more than twice the
 * memory.
 */
function idOf(high: number, low: number): string {
  return String.fromCharCode(
    DIGITS[high >>> 28],
    DIGITS[(high >>> 24) & 15],
    DIGITS[(high >>> 20) & 15],
    DIGITS[(high >>> 16) & 15],
    DIGITS[(high >>> 12) & 15],
    DIGITS[(high >>> 8) & 15],
    DIGITS[(high >>> 4) & 15],
    DIGITS[high & 15],
    DIGITS[low >>> 28],
    DIGITS[(low >>> 24) & 15],
    DIGITS[(low >>> 20) & 15],
    DIGITS[(low >>> 16) & 15],
    DIGITS[(low >>> 12) & 15],
    DIGITS[(low >>> 8) & 15],
    DIGITS[(low >>> 4) & 15],
    DIGITS[low & 15],
  );
}

function deleteOldest(contexts: Map<number, Context>): void {
  for (const number of contexts.keys()) return void contexts.delete(number);
}
