/**
 * Feeds of an aggregator, by request. A feed exists only while it has clients: it ends when its last client leaves, or
 * after a while without requests.
 *
 * @module
 */

import { rangeError } from "../../check/errors.ts";
import type { MetricFamily } from "../../model/families.ts";
import type { LiveAnswer, LiveRequest } from "../../model/live_request.ts";
import type { SelfFamilies, SelfMeasured } from "../../model/self_metrics.ts";
import { Feed } from "./feed.ts";
import type { LiveSource } from "./live_source.ts";

/** Window of a feed whose request names none, if that window exists. */
const WINDOW_USUAL = "1m";
/** Maximum bytes of all feeds together; the first one is not limited if it is alone. */
const BYTES_MAX = 2 ** 24;
/** Number of intervals without a request, at least a fixed time, after which a feed ends. */
const INTERVALS_QUIET_MAX = 5;
const QUIET_MIN_MS = 30_000;

interface Entry {
  readonly feed: Feed;
  readonly quietMaxMs: number;
  clients: number;
  askedAtMs: number;
}

/** All feeds of an aggregator. */
export class Feeds implements SelfMeasured {
  readonly #source: LiveSource;
  readonly #entries: Map<string, Entry> = new Map();
  #framesLost = 0;
  #wasUsed = false;

  /** Creates an empty set of feeds. */
  constructor(source: LiveSource) {
    this.#source = source;
  }

  /** Number of clients of all feeds. */
  get clients(): number {
    this.#endQuiet();
    return this.#entries.values().reduce((total, { clients }) => total + clients, 0);
  }

  /** Number of frames that slow clients have lost. */
  get framesLost(): number {
    return this.#framesLost;
  }

  /** Estimated memory of all feeds in bytes. */
  get bytes(): number {
    return this.#entries.values().reduce((total, { feed }) => total + feed.bytes, 0);
  }

  selfMetrics(families: SelfFamilies): MetricFamily[] {
    if (!this.#wasUsed) return [];
    return [
      families.gauge("hotpath_live_clients", "Clients of the live feed", this.clients),
      families.counter(
        "hotpath_live_frames_lost_total",
        "Frames lost by slow clients of the live feed",
        this.framesLost,
      ),
    ];
  }

  /** Answers a request, see `LiveReader`. */
  answer(request: LiveRequest): LiveAnswer | undefined {
    const startMs = this.#source.nowMs();
    const answer = this.#answer(request);
    return answer && { ...answer, costMs: this.#source.nowMs() - startMs };
  }

  #answer(request: LiveRequest): Omit<LiveAnswer, "costMs"> | undefined {
    const { feed: name, isTick, needsBeginning, clients, framesLost } = request;
    this.#endQuiet();
    this.#framesLost += framesLost;
    if (clients === 0) {
      this.#entries.delete(name);
      return { isNew: false };
    }
    const existing = this.#entries.get(name);
    const entry = existing ?? this.#begin(request);
    entry.clients = clients;
    entry.askedAtMs = this.#source.nowMs();
    const { feed } = entry;
    const isNew = existing === undefined;
    const frame = isTick && !isNew ? feed.next() : undefined;
    if (this.#isOneTooMany(entry)) {
      this.#entries.delete(name);
      if (isNew) throw new Error("Cannot follow metrics live: other clients already follow too many series");
      return undefined;
    }
    return {
      isNew,
      ...(frame !== undefined && { frame: JSON.stringify(frame) }),
      ...((needsBeginning || isTick && isNew) && {
        beginning: { start: feed.start(), frame: JSON.stringify(feed.whole()) },
      }),
    };
  }

  /** Whether all feeds together exceed the limit, and this one is not the first. */
  #isOneTooMany(entry: Entry): boolean {
    return this.#entries.values().next().value !== entry && this.bytes > BYTES_MAX;
  }

  #begin({ feed: name, intervalMs, window = this.#windowUsual(), names }: LiveRequest): Entry {
    const { windows } = this.#source;
    // Without windows, none can be missing.
    if (windows.length > 0 && !windows.includes(window)) {
      throw rangeError("follow metrics live", "window", `be one of ${windows.join(", ")}`, window);
    }
    const entry = {
      feed: new Feed(this.#source, { intervalMs, window, names }),
      quietMaxMs: Math.max(QUIET_MIN_MS, intervalMs * INTERVALS_QUIET_MAX),
      clients: 0,
      askedAtMs: 0,
    };
    this.#entries.set(name, entry);
    this.#wasUsed = true;
    return entry;
  }

  #windowUsual(): string {
    const { windows } = this.#source;
    return windows.includes(WINDOW_USUAL) ? WINDOW_USUAL : windows.at(-1) ?? "";
  }

  /** Ends feeds without requests, because the thread that made them may have failed. */
  #endQuiet(): void {
    const nowMs = this.#source.nowMs();
    for (const [name, { askedAtMs, quietMaxMs }] of this.#entries) {
      if (nowMs - askedAtMs > quietMaxMs) this.#entries.delete(name);
    }
  }
}
