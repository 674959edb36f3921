import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Standing, type TurnClock, Turns, type Waiting } from "../../../src/serve/connection/turns.ts";

/** A clock that goes on only when the test says so. */
class FakeClock implements TurnClock {
  nowMs = 0;
  #soon: (() => void)[] = [];
  readonly #later: Map<() => void, number> = new Map();

  now(): number {
    return this.nowMs;
  }

  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  later(callback: () => void, delayMs: number): () => void {
    this.#later.set(callback, this.nowMs + delayMs);
    return () => this.#later.delete(callback);
  }

  /** One turn of the event loop; whether there was anything to do. */
  turn(): boolean {
    const [due, soon] = [[...this.#later].filter(([, atMs]) => atMs <= this.nowMs), this.#soon.splice(0)];
    for (const [callback] of due) this.#later.delete(callback);
    for (const callback of [...due.map(([callback]) => callback), ...soon]) callback();
    return due.length + soon.length > 0;
  }

  /** Turns until there is nothing to do, or it is so late. */
  runUntil(endMs: number): void {
    while (this.nowMs < endMs) {
      if (this.turn()) continue;
      const nextMs = Math.min(...this.#later.values(), endMs);
      this.nowMs = Math.max(this.nowMs, nextMs);
    }
  }

  get isIdle(): boolean {
    return this.#soon.length + this.#later.size === 0;
  }
}

/** A connection that always has another request, which takes so long. */
function endless(turns: Turns, clock: FakeClock, standing: Standing, stepMs: number) {
  const connection = {
    standing,
    steps: 0,
    step() {
      connection.steps += 1;
      clock.nowMs += stepMs;
      turns.enter(connection);
    },
  };
  return connection;
}

Deno.test("Turns limits connections without credentials to a quarter of the time, however many and busy they are", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.1, max: 2, noNaN: true }), (count, stepMs) => {
      const clock = new FakeClock();
      const turns = new Turns(clock);
      const strangers = Array.from({ length: count }, () => endless(turns, clock, "stranger", stepMs));
      for (const stranger of strangers) turns.enter(stranger);
      clock.runUntil(10_000);
      const busyMs = strangers.reduce((total, { steps }) => total + steps, 0) * stepMs;
      assertEquals(Math.round(busyMs / 500), 5);
      const steps = strangers.map((each) => each.steps);
      assertEquals(Math.max(...steps) - Math.min(...steps) <= 1, true);
    }),
    { numRuns: 20 },
  );
});

Deno.test("Turns runs connections with credentials at once, while others wait for their budget", () => {
  const clock = new FakeClock();
  const turns = new Turns(clock);
  const stranger = endless(turns, clock, "stranger", 10);
  turns.enter(stranger);
  clock.turn();
  clock.turn();
  assertEquals(stranger.steps, 1);
  const known = endless(turns, clock, "known", 0);
  turns.enter(known);
  clock.turn();
  assertEquals([known.steps, stranger.steps], [1, 1]);
});

Deno.test("Turns runs some steps at each turn of the event loop, round-robin over the connections", () => {
  const clock = new FakeClock();
  const turns = new Turns(clock);
  const taken: number[] = [];
  const connections = Array.from({ length: 100 }, (_, i): Waiting => ({ standing: "new", step: () => taken.push(i) }));
  for (const connection of connections) turns.enter(connection);
  for (const connection of connections) turns.enter(connection);
  assertEquals(taken, []);
  const counts: number[] = [];
  while (clock.turn()) counts.push(taken.length);
  assertEquals([counts[0], counts.at(-1), taken], [32, 100, connections.map((_, i) => i)]);
});

Deno.test("Turns does nothing for a connection that has left, and nothing while none waits", () => {
  const clock = new FakeClock();
  const turns = new Turns(clock);
  const stranger = endless(turns, clock, "stranger", 10);
  turns.enter(stranger);
  turns.leave(stranger);
  while (clock.turn());
  assertEquals([stranger.steps, clock.isIdle], [0, true]);
  turns.enter(stranger);
  clock.turn();
  clock.turn();
  assertEquals([stranger.steps, clock.isIdle], [1, false]);
  turns.close();
  assertEquals(clock.isIdle, true);
});
