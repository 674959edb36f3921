/**
 * Channel to the aggregator in its worker: requests with their answers, and messages without answers. If the worker
 * fails, the channel is suspended until there is another worker. Lasting requests are then sent again; all others are
 * rejected. Messages on the port of an earlier worker are ignored once there is a later one.
 *
 * The channel keeps the program alive only while it is held or a request is pending.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";
import type { Answer, AttachedToAggregator, MainToAggregator, RequestMessage } from "./protocol.ts";

/** Largest number of pending requests. Equal readings of the main thread count at most twice, see `SharedReads`. */
const REQUESTS_MAX = 1_000;
/** Requests that are sent at most once, and allowed beyond that limit. */
const LAST_REQUESTS: readonly string[] = ["close", "leave", "unlisten"];
/** Number of workers that may fail while a lasting request is pending. */
const FAILURES_MAX = 10;

/** Error of a request while the aggregator cannot be reached, temporarily or permanently. */
export class UnreachableError extends Error {}

interface Pending {
  readonly message: RequestMessage<string>;
  readonly lasts: boolean;
  /** Number of workers that have failed since the request was first sent. */
  failures: number;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** One thread's end of a channel. `Table` lists its requests, `Message` the messages that are not answers. */
export class RequestChannel<
  Table extends { [Name in keyof Table]: [argument: unknown, answer: unknown] },
  Message extends { readonly type: string },
> {
  #port: NodeMessagePort;
  readonly #onMessage: (message: Message) => void;
  readonly #pending: Map<number, Pending> = new Map();
  /** Reason why the aggregator cannot be reached; `undefined` while it can. */
  #reason: string | undefined;
  #failure: UnreachableError | undefined;
  #hasEnded = false;
  #nextId = 0;
  #holds = 0;

  /**
   * Creates a channel on a port.
   *
   * @param port Port to the aggregator
   * @param onMessage Called with each message that is not an answer
   */
  constructor(port: NodeMessagePort, onMessage: (message: Message) => void) {
    this.#onMessage = onMessage;
    this.#port = this.#open(port);
  }

  /** Error with the reason why the aggregator cannot be reached; `undefined` while it can. */
  get failure(): UnreachableError | undefined {
    if (this.#reason === undefined) return undefined;
    // Created on demand, because its stack takes kilobytes, and each departing thread closes a channel.
    return this.#failure ??= new UnreachableError(`Cannot reach the aggregator: ${this.#reason}`);
  }

  /** Whether the aggregator will never be reached again. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether the channel is held, or a request is pending. */
  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** Sends a message without an answer; does nothing while the aggregator cannot be reached. */
  send(message: MainToAggregator | AttachedToAggregator, transfer: readonly NodeMessagePort[] = []): void {
    if (this.#reason === undefined) this.#port.postMessage(message, transfer);
  }

  /**
   * Sends a request, and keeps the program alive until it is answered.
   *
   * @param lasts Whether the request waits while there is no worker, and is sent again if its worker fails
   * @throws {UnreachableError} If the aggregator cannot be reached, or too many workers have failed meanwhile
   * @throws {Error} If too many requests are pending, or the aggregator refuses this one
   */
  async request<Name extends keyof Table & string>(
    name: Name,
    argument: Table[Name][0],
    lasts: boolean = false,
  ): Promise<Table[Name][1]> {
    if (this.#reason !== undefined && (this.#hasEnded || !lasts)) throw this.failure;
    if (this.#pending.size >= REQUESTS_MAX && !LAST_REQUESTS.includes(name)) {
      throw new Error(`Cannot reach the aggregator: ${REQUESTS_MAX} requests are already pending`);
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

  /** Keeps the program alive until {@linkcode release}; calls are counted. */
  hold(): void {
    this.#holds += 1;
    this.#keepAlive();
  }

  /** Undoes one {@linkcode hold}. */
  release(): void {
    this.#holds -= 1;
    this.#keepAlive();
  }

  /** Rejects requests, pending ones too, until the channel is resumed; lasting requests wait. */
  suspend(reason: string): void {
    if (!this.#hasEnded) this.#refuse(reason);
  }

  /**
   * Continues with another port, and sends the pending requests on it.
   *
   * @param greeting First message
   */
  resume(port: NodeMessagePort, greeting?: AttachedToAggregator): void {
    if (this.#hasEnded) return port.close();
    // The previous worker will not answer any more.
    this.#refuse("its worker has ended");
    this.#reason = undefined;
    const before = this.#port;
    this.#port = this.#open(port);
    before.close();
    if (greeting !== undefined) this.send(greeting);
    for (const { message } of this.#pending.values()) port.postMessage(message);
  }

  /** Rejects all requests from now on, pending ones too. Only the first reason counts. */
  fail(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#refuse(reason);
  }

  /** Fails permanently and closes the port. */
  close(): void {
    this.fail("it is closed");
    this.#port.close();
  }

  #open(port: NodeMessagePort): NodeMessagePort {
    // A port has no `on` in a web worker.
    const target: EventTarget = port as unknown as MessagePort;
    target.addEventListener("message", (event) => {
      // A failed worker may still send messages after another one has replaced it.
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

/** Recreates an error of the worker with its class, by which callers distinguish errors. */
function rebuilt(name: string, message: string): Error {
  if (name === "RangeError") return new RangeError(message);
  if (name === "TypeError") return new TypeError(message);
  const error = new Error(message);
  error.name = name;
  return error;
}
