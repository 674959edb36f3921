/**
 * Clients of the live feed, limited in number, each on the feed of its query, with heartbeats that find dead ones.
 * Clients with the same query share a feed; the number of feeds, the memory of all of them, and their time on the
 * aggregator's thread are limited.
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

/** Limits of the clients. */
export interface LiveLimits {
  /** Maximum number of clients. */
  readonly liveClientsMax: number;
  /** Milliseconds that a client may take to join, and then to read some of what waits for it. */
  readonly scrapeTimeoutMs: number;
  /** Milliseconds between two heartbeats. */
  readonly heartbeatIntervalMs?: number;
  /** Bytes that may wait for all clients together. */
  readonly liveBytesMax?: number;
}

/** Place among the clients. */
export interface Place {
  /** Account of the bytes that wait for the client. */
  readonly account: LiveBytes;
  /** Starts sending to a client. */
  take(outlet: Outlet): void;
  /** Releases the place; may be called again. */
  leave(): void;
}

/** Milliseconds between heartbeats. Proxies close connections that are silent for half a minute. */
const HEARTBEAT_INTERVAL_MS = 15_000;
/** Maximum number of different queries, enough for several people. Each one is read and kept separately. */
const QUERIES_MAX = 16;
/** Maximum waiting bytes: some beginnings of a few thousand distributions, or sixteen slow clients. */
const BYTES_MAX = 2 ** 24;
/** Delay of the feeds above which a new query is refused. */
const DELAY_MAX_MS = 2_000;
const RETRY_AFTER = { "retry-after": "5" };

/** Set of clients. */
export class LiveHub {
  readonly #source: LiveReader | undefined;
  readonly #limits: LiveLimits;
  /** Feeds by query. */
  readonly #feeds: Map<string, LiveFeed> = new Map();
  readonly #account: LiveBytes = new LiveBytes();
  readonly #pace: LivePace = new LivePace();
  #clients = 0;
  #heartbeats: ReturnType<typeof setInterval> | undefined;
  #isClosed = false;

  /** Creates an empty set, which admits no clients without a source. */
  constructor(source: LiveReader | undefined, limits: LiveLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** Number of clients, including those about to join. */
  get clients(): number {
    return this.#clients;
  }

  /** Bytes that wait for all clients. */
  get bytes(): number {
    return this.#all().reduce((total, { copiedBytes }) => total + copiedBytes, this.#account.held);
  }

  /**
   * Admits a client.
   *
   * @throws {HttpProblem} If there are too many clients or different queries, or the metrics have no live feed
   */
  async admit(query: LiveQuery): Promise<Place> {
    const source = this.#source;
    if (source === undefined) throw new HttpProblem(501, "these metrics have no live feed");
    if (this.#isClosed) throw new HttpProblem(503, "the server is closed");
    const { liveClientsMax } = this.#limits;
    if (this.#clients >= liveClientsMax) {
      throw new HttpProblem(503, `the limit of ${liveClientsMax} clients of the live feed is reached`, RETRY_AFTER);
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

  /** Ends all clients in an orderly way, and admits no more. */
  close(): void {
    this.#isClosed = true;
    for (const client of this.#all()) client.end();
  }

  /** Checks the limits. Clients of an existing feed cost little. */
  #checkRoom(): void {
    if (this.#feeds.size >= QUERIES_MAX) {
      throw new HttpProblem(503, `the limit of ${QUERIES_MAX} different queries is reached`, RETRY_AFTER);
    }
    if (this.#pace.delayMs > DELAY_MAX_MS) {
      throw new HttpProblem(503, "the live feed is too busy for another query", RETRY_AFTER);
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
    // Deno does not report a connection that is lost before it becomes a WebSocket.
    const timer = setTimeout(leave, this.#limits.scrapeTimeoutMs);
    return {
      feed,
      account: this.#account,
      leave,
      take: (outlet) => {
        clearTimeout(timer);
        // The client may have left, or the server may have been closed, in the meantime.
        if (hasLeft || this.#isClosed) return outlet.end();
        feed.join(client = new LiveClient(outlet, this.#limits.scrapeTimeoutMs));
      },
    };
  }

  /** Counts clients. Timers run only while there are some. */
  #count(change: 1 | -1): void {
    this.#clients += change;
    if (this.#clients > 0) {
      this.#heartbeats ??= setInterval(
        () => this.#heartbeat(),
        this.#limits.heartbeatIntervalMs ?? HEARTBEAT_INTERVAL_MS,
      );
    } else {
      clearInterval(this.#heartbeats);
      this.#heartbeats = undefined;
    }
  }

  #heartbeat(): void {
    for (const client of this.#all()) if (!client.heartbeat()) client.terminate();
  }

  /** Ends clients that read nothing, and those that have been behind for longest while too much waits in total. */
  #look(): void {
    const nowMs = performance.now();
    for (const client of this.#all()) if (!client.look(nowMs)) client.terminate();
    const { liveBytesMax = BYTES_MAX } = this.#limits;
    if (this.bytes <= liveBytesMax) return;
    const waiting = this.#all().filter(({ bufferedBytes }) => bufferedBytes > 0);
    waiting.sort((a, b) => b.drainedAtMs - a.drainedAtMs);
    // A single client gets its beginning, whatever its size.
    while (waiting.length > 1 && this.bytes > liveBytesMax) waiting.pop()!.terminate();
  }

  #all(): LiveClient[] {
    return this.#feeds.values().flatMap(({ clients }) => clients).toArray();
  }
}
