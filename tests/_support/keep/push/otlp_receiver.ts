/**
 * A collector that answers as configured, and timers that the test runs.
 *
 * @module
 */

import type { Timers } from "../../../../src/keep/push/sender.ts";
import { type DecodedRequest, type DecodedSpan, decodeTraceRequest } from "./otlp_decoder.ts";

/** Returns the answer to a request. */
export type Answer = () => Response | Promise<Response>;

/** A received request. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly message: DecodedRequest;
}

const POLLS_MAX = 5_000;

/** Takes requests on a free port. */
export class OtlpReceiver implements AsyncDisposable {
  /** Requests received so far. */
  readonly requests: ReceivedRequest[] = [];
  /** Maximum number of concurrent requests. */
  openMax = 0;
  /** Requests that could not be decoded. */
  readonly errors: unknown[] = [];
  readonly #answers: Answer[];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #open = 0;

  /** Starts to listen; requests get these answers, one each, and those after them success. */
  constructor(...answers: readonly Answer[]) {
    this.#answers = [...answers];
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#receive(request),
    );
  }

  /** Address that it listens on, without a path. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** All spans, in the order that they came in. */
  get spans(): DecodedSpan[] {
    return this.requests.flatMap(({ message }) => message.resourceSpans.flatMap(spansOf));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    if (this.errors.length > 0) throw new AggregateError(this.errors, "Cannot decode");
  }

  async #receive(request: Request): Promise<Response> {
    this.openMax = Math.max(this.openMax, ++this.#open);
    try {
      const { method, headers } = request;
      const message = decodeTraceRequest(await request.text());
      this.requests.push({ method, path: new URL(request.url).pathname, headers, message });
      return await (this.#answers.shift() ?? succeed)();
    } catch (error) {
      this.errors.push(error);
      return new Response(null, { status: 500 });
    } finally {
      this.#open--;
    }
  }
}

/** Timers that a test runs. */
export class ManualTimers implements Timers {
  readonly #timers = new Map<number, { readonly action: () => void; readonly atMs: number }>();
  #nowMs = 0;
  #next = 0;

  /** How long those that wait still wait, in the order that they were set. */
  get delaysMs(): number[] {
    return [...this.#timers.values()].map(({ atMs }) => atMs - this.#nowMs);
  }

  set(action: () => void, delayMs: number): unknown {
    this.#timers.set(++this.#next, { action, atMs: this.#nowMs + delayMs });
    return this.#next;
  }

  clear(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#nowMs += ms;
    for (const [timer, { action, atMs }] of [...this.#timers]) {
      if (atMs > this.#nowMs || !this.#timers.delete(timer)) continue;
      action();
    }
  }
}

/** Waits for something that will come. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let polls = POLLS_MAX; polls > 0; polls--) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("Cannot wait any longer");
}

function succeed(): Response {
  return Response.json({});
}

function spansOf({ scopeSpans }: DecodedRequest["resourceSpans"][number]): DecodedSpan[] {
  return scopeSpans.flatMap(({ spans }) => spans);
}
