/**
 * A line to the aggregator in its worker: requests and their answers, announcements, and the end. If the worker fails,
 * the line is suspended until there is another one. Requests that last are then asked again; all others are refused.
 * What comes by the port of an earlier worker is not heard any more once there is a later one.
 * It never keeps the program alive, except while it is held or a request is under way.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";
import type { Answer, AttachedToAggregator, MainToAggregator, RequestMessage } from "./protocol.ts";

/** How many requests may be under way at a time. */
const REQUESTS_MAX = 1_000;
/** Those that are asked once, and that nothing may prevent. */
const LAST_REQUESTS: readonly string[] = ["close", "leave", "unlisten"];
/** How many workers may fail under a request that lasts. */
const FAILURES_MAX = 10;

/** The aggregator cannot be reached, now or for good. */
export class UnreachableError extends Error {}

interface Pending {
  readonly message: RequestMessage<string>;
  readonly lasts: boolean;
  /** How many workers have failed under it. */
  failures: number;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** One thread's end of a line; `Table` lists its requests, `Message` is what comes by it other than answers. */
export class RequestChannel<
  Table extends { [Name in keyof Table]: [argument: unknown, answer: unknown] },
  Message extends { readonly type: string },
> {
  #port: NodeMessagePort;
  readonly #onMessage: (message: Message) => void;
  readonly #pending: Map<number, Pending> = new Map();
  /** Why the aggregator cannot be reached; `undefined` as long as it can. */
  #reason: string | undefined;
  #failure: UnreachableError | undefined;
  #hasEnded = false;
  #nextId = 0;
  #holds = 0;

  /**
   * Takes over a port.
   *
   * @param port The port
   * @param onMessage Told of everything but answers
   */
  constructor(port: NodeMessagePort, onMessage: (message: Message) => void) {
    this.#onMessage = onMessage;
    this.#port = this.#open(port);
  }

  /** Why the aggregator cannot be reached; `undefined` as long as it can. */
  get failure(): UnreachableError | undefined {
    if (this.#reason === undefined) return undefined;
    // Made only if somebody asks: its stack takes kilobytes, and each thread that goes closes a line.
    return this.#failure ??= new UnreachableError(`Cannot reach the aggregator: ${this.#reason}`);
  }

  /** Whether it will never be reached again. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether it is held, or a request is under way. */
  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** Says something that has no answer; nothing while the aggregator cannot be reached. */
  say(message: MainToAggregator | AttachedToAggregator, transfer: readonly NodeMessagePort[] = []): void {
    if (this.#reason === undefined) this.#port.postMessage(message, transfer);
  }

  /**
   * Asks, and keeps the program alive until the answer is there.
   *
   * @param lasts Whether it waits for the next worker while there is none, and is asked again if its worker fails
   * @throws {UnreachableError} If the aggregator cannot be reached, or too many workers have failed under a request that
   * lasts
   */
  async request<Name extends keyof Table & string>(
    name: Name,
    argument: Table[Name][0],
    lasts: boolean = false,
  ): Promise<Table[Name][1]> {
    if (this.#reason !== undefined && (this.#hasEnded || !lasts)) throw this.failure;
    if (this.#pending.size >= REQUESTS_MAX && !LAST_REQUESTS.includes(name)) {
      throw new Error(`Cannot reach the aggregator: ${REQUESTS_MAX} requests wait for it already`);
    }
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const message: RequestMessage<string> = { type: "request", id, name, argument };
    this.#pending.set(id, { message, lasts, failures: 0, resolve, reject });
    this.hold();
    try {
      if (this.#reason === undefined) this.#port.postMessage(message);
      return await promise as Table[Name][1];
    } finally {
      this.#pending.delete(id);
      this.release();
    }
  }

  /** Keeps the program alive until {@linkcode release}; calls add up. */
  hold(): void {
    this.#holds += 1;
    this.#keepAlive();
  }

  /** Takes one {@linkcode hold} back. */
  release(): void {
    this.#holds -= 1;
    this.#keepAlive();
  }

  /** Refuses everything until it is resumed, and what is not answered yet, except for requests that last. */
  suspend(reason: string): void {
    if (!this.#hasEnded) this.#refuse(reason);
  }

  /**
   * Goes on by another port.
   *
   * @param greeting What is said first
   */
  resume(port: NodeMessagePort, greeting?: AttachedToAggregator): void {
    if (this.#hasEnded) return port.close();
    // What the worker before has not answered, it never will.
    this.#refuse("its worker has ended");
    this.#reason = undefined;
    const before = this.#port;
    this.#port = this.#open(port);
    before.close();
    if (greeting !== undefined) this.say(greeting);
    for (const { message } of this.#pending.values()) port.postMessage(message);
  }

  /** Refuses everything from now on, and what is not answered yet. Only the first reason counts. */
  fail(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#refuse(reason);
  }

  /** Ends the line. */
  close(): void {
    this.fail("it is closed");
    this.#port.close();
  }

  #open(port: NodeMessagePort): NodeMessagePort {
    // In a web worker it has no `on`.
    const target: EventTarget = port as unknown as MessagePort;
    target.addEventListener("message", (event) => {
      // What a worker that has failed still says is not said by the one that has replaced it.
      if (port !== this.#port) return;
      this.#receive((event as MessageEvent<Message | Answer>).data);
    });
    port.start();
    if (this.#holds === 0) port.unref();
    return port;
  }

  #refuse(reason: string): void {
    const isNew = this.#reason === undefined;
    this.#reason = reason;
    this.#failure = undefined;
    for (const [id, pending] of this.#pending) {
      if (isNew) pending.failures += 1;
      if (pending.lasts && !this.#hasEnded && pending.failures < FAILURES_MAX) continue;
      this.#pending.delete(id);
      pending.reject(this.failure!);
    }
    this.#keepAlive();
  }

  #keepAlive(): void {
    if (this.#holds > 0 && this.#reason === undefined) this.#port.ref();
    else this.#port.unref();
  }

  #receive(message: Message | Answer): void {
    if (isReply(message)) this.#pending.get(message.id)?.resolve(message.answer);
    else if (isRefusal(message)) this.#pending.get(message.id)?.reject(rebuilt(message.name, message.message));
    else this.#onMessage(message);
  }
}

function isReply(message: { readonly type: string }): message is Extract<Answer, { type: "reply" }> {
  return message.type === "reply";
}

function isRefusal(message: { readonly type: string }): message is Extract<Answer, { type: "refusal" }> {
  return message.type === "refusal";
}

/** An error as it was in the worker; the classes that a caller may tell apart keep their class. */
function rebuilt(name: string, message: string): Error {
  if (name === "RangeError") return new RangeError(message);
  if (name === "TypeError") return new TypeError(message);
  const error = new Error(message);
  error.name = name;
  return error;
}
