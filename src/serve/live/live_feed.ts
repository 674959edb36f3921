/**
 * Server's side of a feed: requests a frame at each tick, and sends it to all clients of the feed.
 *
 * Requests are made one after the other, so that the frames of a client continue its beginning.
 *
 * @module
 */

import { LIVE, type LiveAnswer, type LiveReader } from "../../model/live_request.ts";
import type { LiveClient } from "./live_client.ts";
import { Message } from "./live_message.ts";
import type { LivePace } from "./live_pace.ts";
import type { LiveQuery } from "./live_query.ts";

/** Feed with its clients. */
export class LiveFeed {
  readonly #source: LiveReader;
  readonly #query: LiveQuery;
  readonly #pace: LivePace;
  readonly #look: () => void;
  /** Unique name, because two servers of the same metrics have separate feeds. */
  readonly #name: string = crypto.randomUUID();
  readonly #clients: Set<LiveClient> = new Set();
  /** Number of clients, including those about to join. */
  #places = 0;
  #framesLost = 0;
  /** Settles once the previous request is answered. */
  #last: Promise<unknown> = Promise.resolve();
  #dueMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds of the aggregator's thread that the last tick and the last beginning have taken. */
  #tickMs = 0;
  #beginMs = 0;
  /** Timer that is set while clients wait to begin, shared by all of them. */
  #beginTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Creates an idle feed.
   *
   * @param pace Schedule of its runs
   * @param look Called before each tick, to check all clients
   */
  constructor(source: LiveReader, query: LiveQuery, pace: LivePace, look: () => void) {
    this.#source = source;
    this.#query = query;
    this.#pace = pace;
    this.#look = look;
  }

  /** Whether it has no clients, including those about to join. */
  get isEmpty(): boolean {
    return this.#places === 0;
  }

  get clients(): ReadonlySet<LiveClient> {
    return this.#clients;
  }

  /** Reserves a place for a client, which {@linkcode leave} releases. */
  reserve(): void {
    this.#places += 1;
  }

  /**
   * Tests whether the feed can be followed.
   *
   * @throws {RangeError} If the window does not exist
   * @throws {Error} If the metrics cannot be reached, or are closed
   */
  async try(): Promise<void> {
    const answer = await this.#ask(false, false);
    if (answer === undefined) throw new Error("Cannot follow metrics live: they are closed");
    this.#pace.settle(0, answer.costMs);
  }

  /** Sends a beginning to a client with a place. */
  join(client: LiveClient): void {
    this.#clients.add(client);
    this.#beginSoon();
    if (this.#timer !== undefined) return;
    this.#dueMs = performance.now();
    this.#schedule();
  }

  /** Releases a place; the last one ends the feed. */
  leave(client: LiveClient | undefined): void {
    if (client !== undefined) this.#clients.delete(client);
    this.#places -= 1;
    if (this.#places > 0) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#beginTimer);
    this.#timer = this.#beginTimer = undefined;
    // A failure is harmless: the aggregator drops the feed after a while.
    this.#ask(false, false).catch(() => {});
  }

  /** Sends a beginning to waiting clients as soon as the pace permits. */
  #beginSoon(): void {
    if (this.#beginTimer !== undefined) return;
    const reservedMs = this.#beginMs;
    this.#beginTimer = setTimeout(async () => {
      // Clients that join from now on may be too late for this run.
      this.#beginTimer = undefined;
      // A source that fails, such as a restarting aggregator, is tried again at a tick.
      this.#beginMs = await this.#go(false, reservedMs).catch(() => reservedMs);
    }, this.#pace.reserve(reservedMs));
  }

  /** Schedules the next tick; a late one delays the following ones, so that they do not accumulate. */
  #schedule(): void {
    const nowMs = performance.now();
    this.#dueMs = Math.max(this.#dueMs + this.#query.intervalMs, nowMs);
    this.#timer = setTimeout(() => this.#tick(), this.#dueMs - nowMs);
  }

  /** Runs a tick as soon as the pace permits. */
  #tick(): void {
    const reservedMs = this.#tickMs;
    const timer = this.#timer = setTimeout(async () => {
      this.#look();
      // The last client may have left.
      if (this.#timer !== timer) return;
      this.#tickMs = await this.#go(true, reservedMs).catch(() => reservedMs);
      // It may have ended in the meantime, and perhaps begun again.
      if (this.#timer === timer) this.#schedule();
    }, this.#pace.reserve(reservedMs));
  }

  /** Runs a request; returns the milliseconds of the thread that it has taken. */
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
    // The requester handles the failure.
    this.#last = answer.catch(() => {});
    return answer;
  }

  #end(): void {
    for (const client of this.#clients) client.end();
  }
}
