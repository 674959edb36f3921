/**
 * A feed, as who serves sees it: asks for a frame at each tick, and sends it to all of its clients.
 *
 * It asks one thing after the other, so that what a client begins with is what its next frame goes on from.
 *
 * @module
 */

import { LIVE, type LiveAnswer, type LiveReader } from "../../model/live_request.ts";
import type { LiveClient } from "./live_client.ts";
import { Message } from "./live_message.ts";
import type { LivePace } from "./live_pace.ts";
import type { LiveQuery } from "./live_query.ts";

/** A feed with its clients. */
export class LiveFeed {
  readonly #source: LiveReader;
  readonly #query: LiveQuery;
  readonly #pace: LivePace;
  readonly #look: () => void;
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
  /** What the last tick and the last beginning have taken of the thread. */
  #tickMs = 0;
  #beginMs = 0;
  /** Runs while clients wait to begin; one for all of them. */
  #beginTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * A feed without clients, which does nothing.
   *
   * @param pace Says when it may run
   * @param look Called before each tick, to look at all clients there are
   */
  constructor(source: LiveReader, query: LiveQuery, pace: LivePace, look: () => void) {
    this.#source = source;
    this.#query = query;
    this.#pace = pace;
    this.#look = look;
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
    const answer = await this.#ask(false, false);
    if (answer === undefined) throw new Error("Cannot follow metrics live: they are closed");
    this.#pace.settle(0, answer.costMs);
  }

  /** Has a client begin, which has a place. */
  join(client: LiveClient): void {
    this.#clients.add(client);
    this.#beginSoon();
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
    clearTimeout(this.#beginTimer);
    this.#timer = this.#beginTimer = undefined;
    // If that is not heard, it is forgotten in a while.
    this.#ask(false, false).catch(() => {});
  }

  /** Has clients begin that have come, as soon as there is time for it. */
  #beginSoon(): void {
    if (this.#beginTimer !== undefined) return;
    const reservedMs = this.#beginMs;
    this.#beginTimer = setTimeout(async () => {
      // Who comes from now on may be too late for this one.
      this.#beginTimer = undefined;
      // Who could not be asked, such as an aggregator that is started again, can be at a tick.
      this.#beginMs = await this.#go(false, reservedMs).catch(() => reservedMs);
    }, this.#pace.reserve(reservedMs));
  }

  /** A tick that comes late puts off those behind it, so that they do not pile up. */
  #schedule(): void {
    const nowMs = performance.now();
    this.#dueMs = Math.max(this.#dueMs + this.#query.intervalMs, nowMs);
    this.#timer = setTimeout(() => this.#tick(), this.#dueMs - nowMs);
  }

  /** Waits until there is time for it, and moves on. */
  #tick(): void {
    const reservedMs = this.#tickMs;
    const timer = this.#timer = setTimeout(async () => {
      this.#look();
      // That may have been the last client.
      if (this.#timer !== timer) return;
      this.#tickMs = await this.#go(true, reservedMs).catch(() => reservedMs);
      // Unless it has ended meanwhile, and perhaps begun again.
      if (this.#timer === timer) this.#schedule();
    }, this.#pace.reserve(reservedMs));
  }

  /** What it has taken of the thread, in milliseconds. */
  async #go(isTick: boolean, reservedMs: number): Promise<number> {
    const needsBeginning = this.#clients.values().some((client) => client.needsBeginning);
    const answer = await this.#ask(isTick, needsBeginning);
    if (answer === undefined) {
      this.#end();
      return 0;
    }
    const startMs = performance.now();
    this.#send(answer);
    const costMs = answer.costMs + performance.now() - startMs;
    this.#pace.settle(reservedMs, costMs);
    return costMs;
  }

  #send({ isNew, frame, beginning }: LiveAnswer): void {
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

  #end(): void {
    for (const client of this.#clients) client.end();
  }
}
