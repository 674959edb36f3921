/**
 * Where in a trace something happens: the trace, the span that is under way, and what to tell others of both. One object a
 * context, kept by `AsyncLocalStorage`; ids become text only where somebody reads them.
 *
 * @module
 */

const WORD_DIGITS = 8;
const HEX = 16;

/**
 * A place in a trace.
 *
 * Source: W3C Trace Context, level 1, "traceparent Header Field Values".
 */
export interface TraceContext {
  /** The trace: 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** The span that is under way here, which is the parent of what begins: 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** The span that this one is a part of; `undefined` for the first of a trace. */
  readonly parentId: string | undefined;
  /** Whether the trace is recorded. Its ids go on either way. */
  readonly isSampled: boolean;
  /** What other systems say of the trace, as the `tracestate` header has it; empty if nothing. */
  readonly tracestate: string;
  /** Whether the right half of the trace id is known to be random. Source: W3C Trace Context, level 2. */
  readonly hasRandomTraceId: boolean;
}

/** What a {@linkcode RecordedContext} is made from. */
export interface ContextParts {
  /** The trace's id as four words, the upper one first. */
  readonly traceWords: Uint32Array;
  /** The id of its span as two words, the upper one first. */
  readonly spanWords: Uint32Array;
  /** The id of its span's parent, if it has one. */
  readonly parentWords: Uint32Array | undefined;
  /** Its number in the ring; 0 if nothing is recorded of it. */
  readonly number: number;
  /** See {@linkcode TraceContext.isSampled}. */
  readonly isSampled: boolean;
  /** See {@linkcode TraceContext.tracestate}. */
  readonly tracestate: string;
  /** See {@linkcode TraceContext.hasRandomTraceId}. */
  readonly hasRandomTraceId: boolean;
}

/** A context that timings are recorded in. */
export class RecordedContext implements TraceContext {
  /** Its number in the ring; 0 if nothing is recorded of it. */
  readonly number: number;
  /** See {@linkcode ContextParts.traceWords}. */
  readonly traceWords: Uint32Array;
  /** See {@linkcode ContextParts.spanWords}. */
  readonly spanWords: Uint32Array;
  /** See {@linkcode TraceContext.isSampled}. */
  readonly isSampled: boolean;
  /** See {@linkcode TraceContext.tracestate}. */
  readonly tracestate: string;
  /** See {@linkcode TraceContext.hasRandomTraceId}. */
  readonly hasRandomTraceId: boolean;
  readonly #parentWords: Uint32Array | undefined;

  /** A context of these ids. */
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

  /** See {@linkcode TraceContext.traceId}. */
  get traceId(): string {
    return toHex(this.traceWords);
  }

  /** See {@linkcode TraceContext.spanId}. */
  get spanId(): string {
    return toHex(this.spanWords);
  }

  /** See {@linkcode TraceContext.parentId}. */
  get parentId(): string | undefined {
    return this.#parentWords === undefined ? undefined : toHex(this.#parentWords);
  }
}

/** An id as text: eight digits a word. */
export function toHex(words: Uint32Array): string {
  let text = "";
  for (const word of words) text += word.toString(HEX).padStart(WORD_DIGITS, "0");
  return text;
}

/** An id from its text, eight digits a word. */
export function fromHex(text: string): Uint32Array {
  const words = new Uint32Array(text.length / WORD_DIGITS);
  for (let i = 0; i < words.length; i++) {
    words[i] = Number.parseInt(text.slice(i * WORD_DIGITS, (i + 1) * WORD_DIGITS), HEX);
  }
  return words;
}
