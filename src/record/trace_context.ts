/**
 * Contexts of traces: the ids of the trace and the current span, and the state that is propagated with them. There is
 * one object per context, kept by `AsyncLocalStorage`; ids become text only when they are read.
 *
 * @module
 */

const WORD_DIGITS = 8;
const HEX = 16;

/**
 * Context of a trace.
 *
 * Source: W3C Trace Context, level 1, "traceparent Header Field Values".
 */
export interface TraceContext {
  /** Id of the trace: 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Id of the current span, the parent of spans that start here: 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** Id of the span's parent; `undefined` for the first span of a trace. */
  readonly parentId: string | undefined;
  /** Whether the trace is recorded. Its ids are propagated either way. */
  readonly isSampled: boolean;
  /** Value of the `tracestate` header, from other systems; may be empty. */
  readonly tracestate: string;
  /** Whether the right half of the trace id is known to be random. Source: W3C Trace Context, level 2. */
  readonly hasRandomTraceId: boolean;
}

/** Parts of a {@linkcode RecordedContext}. */
export interface ContextParts {
  /** Id of the trace as four words, the upper one first. */
  readonly traceWords: Uint32Array;
  /** Id of the span as two words, the upper one first. */
  readonly spanWords: Uint32Array;
  /** Id of the span's parent; `undefined` for the first span of a trace. */
  readonly parentWords: Uint32Array | undefined;
  /** Number of the context in the ring; 0 if it is not recorded. */
  readonly number: number;
  /** Whether the trace is recorded. */
  readonly isSampled: boolean;
  /** Value of the `tracestate` header. */
  readonly tracestate: string;
  /** Whether the right half of the trace id is known to be random. */
  readonly hasRandomTraceId: boolean;
}

/** Context whose number timings write to the ring. */
export class RecordedContext implements TraceContext {
  /** Number of the context in the ring; 0 if it is not recorded. */
  readonly number: number;
  readonly traceWords: Uint32Array;
  readonly spanWords: Uint32Array;
  /** Whether the trace is recorded. */
  readonly isSampled: boolean;
  /** Value of the `tracestate` header. */
  readonly tracestate: string;
  /** Whether the right half of the trace id is known to be random. */
  readonly hasRandomTraceId: boolean;
  readonly #parentWords: Uint32Array | undefined;

  /** Creates a context from its parts. */
  constructor(parts: ContextParts) {
    const { number, traceWords, spanWords, parentWords, isSampled, tracestate, hasRandomTraceId } = parts;
    this.number = number;
    this.traceWords = traceWords;
    this.spanWords = spanWords;
    this.#parentWords = parentWords;
    this.isSampled = isSampled;
    this.tracestate = tracestate;
    this.hasRandomTraceId = hasRandomTraceId;
  }

  get traceId(): string {
    return toHex(this.traceWords);
  }

  get spanId(): string {
    return toHex(this.spanWords);
  }

  get parentId(): string | undefined {
    return this.#parentWords === undefined ? undefined : toHex(this.#parentWords);
  }
}

/** Converts an id to text: eight digits per word. */
export function toHex(words: Uint32Array): string {
  let text = "";
  for (const word of words) text += word.toString(HEX).padStart(WORD_DIGITS, "0");
  return text;
}

/** Parses an id: eight digits per word. */
export function fromHex(text: string): Uint32Array {
  const words = new Uint32Array(text.length / WORD_DIGITS);
  for (let i = 0; i < words.length; i++) {
    words[i] = Number.parseInt(text.slice(i * WORD_DIGITS, (i + 1) * WORD_DIGITS), HEX);
  }
  return words;
}
