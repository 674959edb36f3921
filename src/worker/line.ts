/**
 * A line to the aggregator in its worker: requests and their answers, announcements, and the end.
 * It never keeps the program alive, except while it is held or a request is under way.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";
import type { Announcement } from "../model.ts";
import type { FromThread, FromWorker, ToWorker } from "./protocol.ts";

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** One thread's end of a line; `Table` lists its requests. */
export class Line<Table extends { [Name in keyof Table]: [argument: unknown, answer: unknown] }> {
  readonly #port: NodeMessagePort;
  readonly #onMessage: (message: FromWorker) => void;
  readonly #pending: Map<number, Pending> = new Map();
  #failure: Error | undefined;
  #nextId = 0;
  #holds = 0;

  /**
   * Takes over a port.
   *
   * @param port The port; in a web worker it has no `on`, so it is listened to as an event target
   * @param onMessage Told of everything but answers
   */
  constructor(port: NodeMessagePort, onMessage: (message: FromWorker) => void) {
    this.#port = port;
    this.#onMessage = onMessage;
    const target: EventTarget = port as unknown as MessagePort;
    target.addEventListener("message", (event) => this.#receive((event as MessageEvent<FromWorker>).data));
    port.start();
    port.unref();
  }

  /** Why the aggregator cannot be reached; `undefined` as long as it can. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Tells of an instrument or series. */
  announce(news: Announcement): void {
    this.say({ type: "announce", news });
  }

  /** Says something that has no answer. */
  say(message: ToWorker | FromThread, transfer: readonly NodeMessagePort[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  /** Asks, and keeps the program alive until the answer is there. */
  async request<Name extends keyof Table>(name: Name, argument: Table[Name][0]): Promise<Table[Name][1]> {
    if (this.#failure !== undefined) throw this.#failure;
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { resolve, reject });
    this.hold();
    try {
      this.#port.postMessage({ type: "request", id, name, argument });
      return await promise as Table[Name][1];
    } finally {
      this.#pending.delete(id);
      this.release();
    }
  }

  /** Keeps the program alive until {@linkcode release}; calls add up. */
  hold(): void {
    if (this.#holds++ === 0) this.#port.ref();
  }

  /** Takes one {@linkcode hold} back. */
  release(): void {
    if (--this.#holds === 0) this.#port.unref();
  }

  /** Refuses everything from now on, and what is not answered yet. Only the first reason counts. */
  fail(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new Error(`Cannot reach the aggregator: ${reason}`);
    for (const { reject } of this.#pending.values()) reject(this.#failure);
  }

  /** Ends the line. */
  close(): void {
    this.fail("it is closed");
    this.#port.close();
  }

  #receive(message: FromWorker): void {
    if (message.type === "reply") this.#pending.get(message.id)?.resolve(message.answer);
    else if (message.type === "refusal") this.#pending.get(message.id)?.reject(rebuilt(message.name, message.message));
    else this.#onMessage(message);
  }
}

/** An error as it was in the worker; the classes that a caller may tell apart keep their class. */
function rebuilt(name: string, message: string): Error {
  if (name === "RangeError") return new RangeError(message);
  if (name === "TypeError") return new TypeError(message);
  const error = new Error(message);
  error.name = name;
  return error;
}
