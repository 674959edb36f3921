import { assertEquals } from "@std/assert";
import {
  describeFeed,
  FeedClient,
  type FeedState,
  type TransportEvents,
} from "../../../src/dashboard/data/feed_client.ts";

/** Scripted transports, and a clock that a test advances. */
class Script {
  readonly attempts: { readonly name: string; readonly events: TransportEvents }[] = [];
  readonly closed: string[] = [];
  readonly states: FeedState[] = [];
  readonly messages: string[] = [];
  readonly feed: FeedClient;
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly action: () => void }[] = [];

  constructor(random = 1) {
    const transport = (name: string) => (events: TransportEvents) => {
      this.attempts.push({ name, events });
      return () => this.closed.push(name);
    };
    this.feed = new FeedClient({
      transports: [transport("socket"), transport("events")],
      onMessage: ({ type }) => this.messages.push(type),
      onState: (state) => this.states.push(state),
      schedule: (action, delayMs) => {
        const timer = { atMs: this.#nowMs + delayMs, action };
        this.#timers.push(timer);
        return () => this.#timers = this.#timers.filter((each) => each !== timer);
      },
      random: () => random,
    });
  }

  get names(): string[] {
    return this.attempts.map(({ name }) => name);
  }

  get last(): TransportEvents {
    return this.attempts[this.attempts.length - 1].events;
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers.toSorted((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#nowMs = next.atMs;
      next.action();
    }
    this.#nowMs = endMs;
  }

  begin(): void {
    this.last.onOpen();
    this.last.onText('{"type":"start","intervalMs":1000}');
  }

  /** Milliseconds until it tries again, after all transports have failed. */
  fail(): number {
    const { length } = this.attempts;
    this.last.onEnd();
    this.last.onEnd();
    assertEquals(this.attempts.length, length + 1);
    let waitedMs = 0;
    while (this.attempts.length === length + 1) {
      this.advance(100);
      waitedMs += 100;
    }
    return waitedMs;
  }
}

Deno.test("FeedClient is live with the first message of a WebSocket", () => {
  const script = new Script();
  script.begin();
  assertEquals([script.names, script.states.map(describeFeed)], [["socket"], ["Connecting…", "Live"]]);
  assertEquals(script.messages, ["start"]);
});

Deno.test("FeedClient falls back to events where a WebSocket cannot be opened", () => {
  const script = new Script();
  script.last.onEnd();
  script.begin();
  assertEquals([script.names, script.states.map(({ kind }) => kind)], [["socket", "events"], ["connecting", "live"]]);
});

Deno.test("FeedClient waits twice as long after each failure, up to ten seconds, and starts over after a success", () => {
  const script = new Script();
  assertEquals(Array.from({ length: 7 }, () => script.fail()), [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  script.begin();
  script.last.onEnd();
  script.advance(500);
  assertEquals(script.names[script.names.length - 1], "socket");
});

Deno.test("FeedClient waits at least half of that", () => {
  const script = new Script(0);
  const waited = Array.from({ length: 6 }, () => script.fail());
  assertEquals(waited, [300, 500, 1_000, 2_000, 4_000, 5_000]);
});

Deno.test("FeedClient counts down to its next attempt", () => {
  const script = new Script();
  Array.from({ length: 3 }, () => script.fail());
  script.last.onEnd();
  script.last.onEnd();
  script.states.length = 0;
  script.advance(3_999);
  assertEquals(script.states.map(describeFeed), [3, 2, 1].map((s) => `Disconnected, reconnecting in ${s} s`));
  script.advance(1);
  assertEquals(script.states.map(describeFeed).slice(3), ["Disconnected, reconnecting…"]);
});

Deno.test("FeedClient ends a silent connection", () => {
  const script = new Script();
  script.begin();
  script.advance(9_999);
  assertEquals(script.closed, []);
  script.advance(1);
  assertEquals([script.closed, script.states.map(({ kind }) => kind)], [["socket"], [
    "connecting",
    "live",
    "reconnecting",
  ]]);
});

Deno.test("FeedClient does nothing once it is closed", () => {
  const script = new Script();
  script.begin();
  script.feed.close();
  script.advance(60_000);
  assertEquals([script.closed, script.names], [["socket"], ["socket"]]);
});
