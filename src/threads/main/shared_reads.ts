/**
 * Readings of an aggregator in a worker. Of equal readings, at most one is sent at a time; those requested meanwhile
 * share the next one. However many are requested at once, two are made.
 *
 * A reading is joined only before it is sent, so an answer is never older than its request.
 *
 * @module
 */

import { READING_NAMES, type ReadingArgument, type ReadingName } from "../../api/readings.ts";

/** Sends a reading to the aggregator. */
export type SendReading = (name: ReadingName, argument: ReadingArgument<ReadingName>) => Promise<unknown>;

/** Equal readings that were not sent yet, and share one answer. */
interface Waiting {
  readonly answer: PromiseWithResolvers<unknown>;
  readonly send: () => Promise<unknown>;
  callers: number;
}

/** Whether a request is a reading. */
export function isReading(name: string): name is ReadingName {
  return (READING_NAMES as readonly string[]).includes(name);
}

/** Readings by their name and argument. */
export class SharedReads {
  readonly #send: SendReading;
  /** Key of each reading that was sent and not answered, with those that wait for it, if any. */
  readonly #byKey: Map<string, Waiting | undefined> = new Map();

  /** Creates an empty set. */
  constructor(send: SendReading) {
    this.#send = send;
  }

  /** Returns a reading that no other caller may change: a caller that shares an answer receives a copy. */
  async read(name: ReadingName, argument: ReadingArgument<ReadingName>): Promise<unknown> {
    const key = `${name} ${JSON.stringify(argument)}`;
    const send = () => this.#send(name, argument);
    if (!this.#byKey.has(key)) return await this.#sendFirst(key, send);
    let waiting = this.#byKey.get(key);
    if (waiting === undefined) {
      waiting = { answer: Promise.withResolvers(), send, callers: 0 };
      this.#byKey.set(key, waiting);
    }
    waiting.callers += 1;
    const answer = await waiting.answer.promise;
    return waiting.callers === 1 ? answer : structuredClone(answer);
  }

  /** Sends all readings that wait, so that they precede a request that ends the aggregator. */
  sendAll(): void {
    for (const [key, waiting] of this.#byKey) {
      this.#byKey.set(key, undefined);
      waiting?.answer.resolve(waiting.send());
    }
  }

  async #sendFirst(key: string, send: () => Promise<unknown>): Promise<unknown> {
    this.#byKey.set(key, undefined);
    try {
      return await send();
    } finally {
      this.#sendNext(key);
    }
  }

  #sendNext(key: string): void {
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) this.#byKey.delete(key);
    else waiting.answer.resolve(this.#sendFirst(key, waiting.send));
  }
}
