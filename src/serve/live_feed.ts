/**
 * A feed, as who serves sees it: asks for a frame at each tick, and sends it to all of its clients.
 *
 * It asks one thing after the other, so that what a client begins with is what its next frame goes on from.
 *
 * @module
 */

import { LIVE, type LiveAnswer, type LiveReader } from "../live_request.ts";
import type { LiveClient } from "./live_client.ts";
import { Message } from "./live_message.ts";
import type { LiveQuery } from "./live_query.ts";

/** A feed with its clients. */
export class LiveFeed {
  readonly #source: LiveReader;
  readonly #query: LiveQuery;
  /** Nobody else's: two servers of the same metrics have feeds of their own. */
  readonly #name: string = crypto.randomUUID();
  readonly #clients: Set<LiveClient> = new Set();
  /** Clients, and those that are about to come. */
  #places = 0;
  #framesLost = 0;
  /** Settles when what was asked before is answered. */
  #last: Promise<unknown> = Promise.resolve();
  #dueMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** A feed without clients, which does nothing. */
  constructor(source: LiveReader, query: LiveQuery) {
    this.#source = source;
    this.#query = query;
  }

  /** Whether nobody follows it, and nobody is about to. */
  get isEmpty(): boolean {
    return this.#places === 0;
  }

  /** Its clients. */
  get clients(): ReadonlySet<LiveClient> {
    return this.#clients;
  }

  /** Keeps a place for a client to come; to be given up by {@linkcode leave}. */
  reserve(): void {
    this.#places += 1;
  }

  /**
   * Tries whether it can be followed.
   *
   * @throws {RangeError} If there is no such window
   * @throws {Error} If it cannot be reached, or has ended
   */
  async try(): Promise<void> {
    if (await this.#ask(false, false) === undefined) throw new Error("Cannot follow metrics live: they are closed");
  }

  /** Has a client begin, which has a place. */
  join(client: LiveClient): void {
    this.#clients.add(client);
    // Who could not be asked, such as an aggregator that is started again, can be at a tick.
    this.#go(false).catch(() => {});
    if (this.#timer !== undefined) return;
    this.#dueMs = performance.now();
    this.#schedule();
  }

  /** Gives up a place; with the last one, it ends. */
  leave(client: LiveClient | undefined): void {
    if (client !== undefined) this.#clients.delete(client);
    this.#places -= 1;
    if (this.#places > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // If that is not heard, it is forgotten in a while.
    this.#ask(false, false).catch(() => {});
  }

  /** A tick that comes late puts off those behind it, so that they do not pile up. */
  #schedule(): void {
    const nowMs = performance.now();
    this.#dueMs = Math.max(this.#dueMs + this.#query.intervalMs, nowMs);
    const timer = this.#timer = setTimeout(async () => {
      await this.#go(true).catch(() => {});
      this.#cutOff();
      // Unless it has ended meanwhile, and perhaps begun again.
      if (this.#timer === timer) this.#schedule();
    }, this.#dueMs - nowMs);
  }

  async #go(isTick: boolean): Promise<void> {
    const needsBeginning = this.#clients.values().some((client) => client.needsBeginning);
    const answer = await this.#ask(isTick, needsBeginning);
    if (answer === undefined) return this.#end();
    const { isNew, frame, beginning } = answer;
    if (isNew) { for (const client of this.#clients) client.interrupt(); }
    if (frame !== undefined) this.#offer(new Message("frame", frame));
    if (beginning !== undefined) this.#begin(beginning);
  }

  #offer(frame: Message): void {
    for (const client of this.#clients) this.#framesLost += client.offer(frame);
  }

  #begin({ start, frame }: NonNullable<LiveAnswer["beginning"]>): void {
    const messages = {
      start,
      message: new Message("start", JSON.stringify(start)),
      frame: new Message("frame", frame),
    };
    for (const client of this.#clients) if (client.needsBeginning) client.begin(messages);
  }

  #ask(isTick: boolean, needsBeginning: boolean): Promise<LiveAnswer | undefined> {
    const answer = this.#last.then(() => {
      const framesLost = this.#framesLost;
      this.#framesLost = 0;
      const clients = this.#places;
      return this.#source[LIVE]({ feed: this.#name, ...this.#query, isTick, needsBeginning, clients, framesLost });
    });
    // Whoever has asked hears of a failure.
    this.#last = answer.catch(() => {});
    return answer;
  }

  #cutOff(): void {
    const nowMs = performance.now();
    for (const client of this.#clients) if (client.isStuck(nowMs)) client.terminate();
  }

  #end(): void {
    for (const client of this.#clients) client.end();
  }
}
