/**
 * All clients of the live feed: so many at most, each at the feed that it asks for, and those that show no sign of life
 * are found. Clients that ask for the same share a feed; there are so many feeds at most, and there is one budget for
 * what they all hold in memory and one for what they take of the aggregator's thread.
 *
 * @module
 */

import type { LiveReader } from "../../model/live_request.ts";
import { LiveBytes } from "./live_bytes.ts";
import { LiveClient, type Outlet } from "./live_client.ts";
import { LiveFeed } from "./live_feed.ts";
import { LivePace } from "./live_pace.ts";
import type { LiveQuery } from "./live_query.ts";
import { HttpProblem } from "../http/problem.ts";

/** How many clients there may be, and how long they may take. */
export interface LiveLimits {
  /** Clients at the same time. */
  readonly liveClientsMax: number;
  /** Milliseconds that a client may take to come, and then take nothing of what waits for it. */
  readonly scrapeTimeoutMs: number;
  /** Milliseconds between two looks for signs of life. */
  readonly beatIntervalMs?: number;
  /** Bytes that may wait for all clients together. */
  readonly liveBytesMax?: number;
}

/** A place among the clients. */
export interface Place {
  /** Where what waits for the client is counted. */
  readonly account: LiveBytes;
  /** Sends to a client from now on. */
  take(outlet: Outlet): void;
  /** Gives it to others; may be called again. */
  leave(): void;
}

/** Proxies let go of connections that are silent for half a minute. */
const BEAT_INTERVAL_MS = 15_000;
/** Different queries at the same time: several people who look at several things. Each is read and kept by itself. */
const QUERIES_MAX = 16;
/** Some beginnings of some thousand distributions, or sixteen clients that are slow. */
const BYTES_MAX = 2 ** 24;
/** A new query is refused while feeds are further behind than this. */
const DELAY_MAX_MS = 2_000;
const RETRY_AFTER = { "retry-after": "5" };

/** The clients. */
export class LiveHub {
  readonly #source: LiveReader | undefined;
  readonly #limits: LiveLimits;
  /** By what is asked for. */
  readonly #feeds: Map<string, LiveFeed> = new Map();
  readonly #account: LiveBytes = new LiveBytes();
  readonly #pace: LivePace = new LivePace();
  #clients = 0;
  #beats: ReturnType<typeof setInterval> | undefined;
  #isClosed = false;

  /** Has no clients, and can have none without a source. */
  constructor(source: LiveReader | undefined, limits: LiveLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** How many clients there are, those about to come among them. */
  get clients(): number {
    return this.#clients;
  }

  /** Bytes that wait for all of them. */
  get bytes(): number {
    return this.#all().reduce((total, { copiedBytes }) => total + copiedBytes, this.#account.held);
  }

  /**
   * Admits a client.
   *
   * @throws {HttpProblem} If there are too many, or too many different queries, or there is nothing that it could be sent
   */
  async admit(query: LiveQuery): Promise<Place> {
    const source = this.#source;
    if (source === undefined) throw new HttpProblem(501, "these metrics have no live feed");
    if (this.#isClosed) throw new HttpProblem(503, "the server is closed");
    const { liveClientsMax } = this.#limits;
    if (this.#clients >= liveClientsMax) {
      throw new HttpProblem(503, `${liveClientsMax} clients follow the metrics already`, RETRY_AFTER);
    }
    const key = JSON.stringify(query);
    if (!this.#feeds.has(key)) this.#checkRoom();
    const place = this.#reserve(source, query, key);
    try {
      await place.feed.try();
    } catch (error) {
      place.leave();
      if (error instanceof RangeError) throw new HttpProblem(400, error.message);
      throw new HttpProblem(503, error instanceof Error ? error.message : String(error), RETRY_AFTER);
    }
    return place;
  }

  /** Ends all of them, in an orderly way; none is admitted any more. */
  close(): void {
    this.#isClosed = true;
    for (const client of this.#all()) client.end();
  }

  /** Clients of a feed that is there cost little. */
  #checkRoom(): void {
    if (this.#feeds.size >= QUERIES_MAX) {
      throw new HttpProblem(503, `${QUERIES_MAX} different queries are followed already`, RETRY_AFTER);
    }
    if (this.#pace.delayMs > DELAY_MAX_MS) {
      throw new HttpProblem(503, "the live feed has too much to do for a further query", RETRY_AFTER);
    }
  }

  #reserve(source: LiveReader, query: LiveQuery, key: string): Place & { readonly feed: LiveFeed } {
    const feed = this.#feeds.get(key) ?? new LiveFeed(source, query, this.#pace, () => this.#look());
    this.#feeds.set(key, feed);
    feed.reserve();
    this.#count(1);
    let client: LiveClient | undefined;
    let hasLeft = false;
    const leave = () => {
      if (hasLeft) return;
      hasLeft = true;
      clearTimeout(timer);
      feed.leave(client);
      if (feed.isEmpty && this.#feeds.get(key) === feed) this.#feeds.delete(key);
      this.#count(-1);
    };
    // Of a connection that is lost before it is a WebSocket, Deno says nothing.
    const timer = setTimeout(leave, this.#limits.scrapeTimeoutMs);
    return {
      feed,
      account: this.#account,
      leave,
      take: (outlet) => {
        clearTimeout(timer);
        // It may have gone, or the server may have been closed, while it was admitted.
        if (hasLeft || this.#isClosed) return outlet.end();
        feed.join(client = new LiveClient(outlet, this.#limits.scrapeTimeoutMs));
      },
    };
  }

  /** Nothing runs while there is nobody. */
  #count(change: 1 | -1): void {
    this.#clients += change;
    if (this.#clients > 0) {
      this.#beats ??= setInterval(() => this.#beat(), this.#limits.beatIntervalMs ?? BEAT_INTERVAL_MS);
    } else {
      clearInterval(this.#beats);
      this.#beats = undefined;
    }
  }

  #beat(): void {
    for (const client of this.#all()) if (!client.beat()) client.terminate();
  }

  /** Ends clients that take nothing, and those that have been behind for longest while too much waits for all. */
  #look(): void {
    const nowMs = performance.now();
    for (const client of this.#all()) if (!client.look(nowMs)) client.terminate();
    const { liveBytesMax = BYTES_MAX } = this.#limits;
    if (this.bytes <= liveBytesMax) return;
    const waiting = this.#all().filter(({ bufferedBytes }) => bufferedBytes > 0);
    waiting.sort((a, b) => b.drainedAtMs - a.drainedAtMs);
    // A single one begins with what there is, however much that is.
    while (waiting.length > 1 && this.bytes > liveBytesMax) waiting.pop()!.terminate();
  }

  #all(): LiveClient[] {
    return this.#feeds.values().flatMap(({ clients }) => clients).toArray();
  }
}
