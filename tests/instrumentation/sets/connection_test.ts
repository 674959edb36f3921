import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  attachMetrics,
  type CircuitBreakerState,
  type ConnectionCounts,
  type ConnectionMetrics,
  connectionMetrics,
  type ConnectionMetricsOptions,
  createMetrics,
  type Metrics,
  noopMetrics,
} from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { hasSeries, valueOf } from "../../_support/snapshots.ts";

const STATES: readonly CircuitBreakerState[] = ["closed", "open", "half-open"];

const NOTHING: ConnectionCounts = {
  connections: 0,
  disconnections: 0,
  activeConnections: 0,
  messagesSent: 0,
  messagesQueued: 0,
  messagesFailed: 0,
  retryAttempts: 0,
  retrySuccesses: 0,
  retryFailures: 0,
  retrySuccessRate: 0,
  circuitBreakerStateChanges: 0,
  circuitBreakerState: "closed",
};

/** By call: the key of the dictionary, and the counter, that it adds to. */
const EVENTS = {
  connection: ["connections", "connection_opened_total"],
  disconnection: ["disconnections", "connection_closed_total"],
  messageSent: ["messagesSent", "connection_messages_sent_total"],
  messageQueued: ["messagesQueued", "connection_messages_queued_total"],
  messageFailed: ["messagesFailed", "connection_messages_failed_total"],
  retryAttempt: ["retryAttempts", "connection_retry_attempts_total"],
  retrySuccess: ["retrySuccesses", "connection_retry_successes_total"],
  retryFailure: ["retryFailures", "connection_retry_failures_total"],
} as const;
type EventName = keyof typeof EVENTS;
const NAMES = Object.keys(EVENTS) as EventName[];

type Step = EventName | "reset" | readonly [CircuitBreakerState, CircuitBreakerState];

/** Counts of a hand-written class. */
function expected(steps: readonly Step[]): ConnectionCounts {
  const counts: { -readonly [Key in keyof ConnectionCounts]: ConnectionCounts[Key] } = { ...NOTHING };
  for (const step of steps) {
    if (step === "reset") {
      const { activeConnections, circuitBreakerState } = counts;
      Object.assign(counts, NOTHING, { activeConnections, circuitBreakerState });
    } else if (typeof step === "string") {
      counts[EVENTS[step][0]] += 1;
      if (step === "connection") counts.activeConnections += 1;
      if (step === "disconnection" && counts.activeConnections > 0) counts.activeConnections -= 1;
    } else {
      counts.circuitBreakerStateChanges += 1;
      counts.circuitBreakerState = step[1];
    }
  }
  counts.retrySuccessRate = counts.retryAttempts === 0 ? 0 : counts.retrySuccesses / counts.retryAttempts;
  return counts;
}

function play(set: ConnectionMetrics, steps: readonly Step[]): void {
  for (const step of steps) {
    if (typeof step === "string") set[step]();
    else set.circuitBreakerStateChange(...step);
  }
}

/** The same numbers as they are scraped. */
async function exposed(metrics: Metrics): Promise<ConnectionCounts> {
  const snapshot = await metrics.snapshot();
  const counts = Object.fromEntries(NAMES.map((name) => [EVENTS[name][0], valueOf(snapshot, EVENTS[name][1])]));
  const changes = STATES.flatMap((from) => STATES.map((to) => ({ from, to }))).filter((labels) =>
    hasSeries(snapshot, "connection_circuit_breaker_state_changes_total", labels)
  );
  const states = STATES.filter((state) => valueOf(snapshot, "connection_circuit_breaker_state", { state }) === 1);
  assertEquals(states.length, 1);
  return {
    ...counts as unknown as ConnectionCounts,
    activeConnections: valueOf(snapshot, "connection_active"),
    retrySuccessRate: valueOf(snapshot, "connection_retry_success_ratio"),
    circuitBreakerStateChanges: changes.reduce(
      (sum, labels) => sum + valueOf(snapshot, "connection_circuit_breaker_state_changes_total", labels),
      0,
    ),
    circuitBreakerState: states[0],
  };
}

Deno.test("connectionMetrics counts like a hand-written class, in toObject and in scrapes", async () => {
  const step = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom<Step>(...NAMES) },
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...STATES), fc.constantFrom(...STATES)) },
    { weight: 1, arbitrary: fc.constant<Step>("reset") },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
      await using test = inlineMetrics();
      const set = connectionMetrics(test.metrics);
      play(set, steps);
      assertEquals(set.toObject(), expected(steps));
      assertEquals(await exposed(test.metrics), expected(steps));
    }),
    { numRuns: 50 },
  );
});

Deno.test("connectionMetrics has all series before the first event", async () => {
  await using test = inlineMetrics();
  assertEquals(connectionMetrics(test.metrics).toObject(), NOTHING);
  assertEquals(await exposed(test.metrics), NOTHING);
  const text = await test.metrics.scrape();
  assert(text.includes('connection_circuit_breaker_state_changes_total{from="half-open",to="open"} 0'));
});

Deno.test("connectionMetrics samples nothing", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0 } });
  const set = connectionMetrics(test.metrics);
  const steps: Step[] = [...NAMES, ...NAMES, ["closed", "open"]];
  play(set, steps);
  assertEquals(await exposed(test.metrics), expected(steps));
  assertEquals((await test.metrics.snapshot()).meta.sampledOut, 0);
});

Deno.test("connectionMetrics.toObject continues while recording is disabled", () => {
  const set = connectionMetrics(noopMetrics, { prefix: "silent" });
  play(set, ["connection", "messageSent"]);
  assertEquals(set.toObject(), expected(["connection", "messageSent"]));
});

Deno.test("connectionMetrics has the correct number of connections after recording was disabled", async () => {
  await using test = inlineMetrics();
  const set = connectionMetrics(test.metrics);
  play(set, ["connection"]);
  test.metrics.enabled = false;
  play(set, ["connection", "connection"]);
  test.metrics.enabled = true;
  play(set, ["disconnection"]);
  assertEquals(valueOf(await test.metrics.snapshot(), "connection_active"), 2);
});

Deno.test("connectionMetrics shows changes made while recording was disabled, without a further change", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const set = connectionMetrics(metrics);
  play(set, ["connection"]);
  metrics.enabled = false;
  set.disconnection();
  set.circuitBreakerStateChange("closed", "open");
  metrics.enabled = true;
  const snapshot = await metrics.snapshot();
  const stateOf = (state: string) => valueOf(snapshot, "connection_circuit_breaker_state", { state });
  assertEquals([valueOf(snapshot, "connection_active"), stateOf("open"), stateOf("closed")], [0, 1, 0]);
});

Deno.test("connectionMetrics counts an invalid state of a circuit breaker without creating series of it", async () => {
  await using test = inlineMetrics();
  const set = connectionMetrics(test.metrics);
  set.circuitBreakerStateChange("closed", "open");
  for (const state of ["OPEN", undefined, {}, "constructor"]) {
    set.circuitBreakerStateChange(state as CircuitBreakerState, state as CircuitBreakerState);
  }
  const { circuitBreakerState, circuitBreakerStateChanges } = set.toObject();
  assertEquals([circuitBreakerState, circuitBreakerStateChanges], ["open", 5]);
  const labels = { from: "unknown", to: "unknown" };
  assertEquals(valueOf(await test.metrics.snapshot(), "connection_circuit_breaker_state_changes_total", labels), 4);
});

Deno.test("connectionMetrics returns one set per prefix", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const [feed, orders] = ["feed", "orders"].map((prefix) => connectionMetrics(metrics, { prefix }));
  assertStrictEquals(connectionMetrics(metrics, { prefix: "feed" }), feed);
  feed.messageFailed();
  orders.messageSent();
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "feed_messages_failed_total"), 1);
  assertEquals(valueOf(snapshot, "orders_messages_failed_total"), 0);
});

Deno.test("connectionMetrics of several threads add up, while toObject counts per thread", async () => {
  await using metrics = createMetrics();
  const port = metrics.connect();
  await using attached = await attachMetrics(port);
  const here = connectionMetrics(metrics);
  const there = connectionMetrics(attached);
  play(here, ["connection", "retryAttempt", "retrySuccess"]);
  play(there, ["connection", "connection", "retryAttempt", "retryFailure"]);
  await attached.flush();
  const { connections, activeConnections, retrySuccessRate } = await exposedOf(metrics);
  assertEquals([connections, activeConnections, retrySuccessRate], [3, 3, 0.5]);
  assertEquals([here.toObject().connections, there.toObject().connections], [1, 2]);
});

async function exposedOf(metrics: Metrics) {
  const snapshot = await metrics.snapshot();
  return {
    connections: valueOf(snapshot, "connection_opened_total"),
    activeConnections: valueOf(snapshot, "connection_active"),
    retrySuccessRate: valueOf(snapshot, "connection_retry_success_ratio"),
  };
}

Deno.test("connectionMetrics refuses invalid options", async () => {
  await using test = inlineMetrics();
  const refuse = (options: unknown, error: new () => Error, says: string) =>
    assertThrows(() => connectionMetrics(test.metrics, options as ConnectionMetricsOptions), error, says);
  refuse({ prefix: 7 }, TypeError, "Cannot create connection metrics: prefix must be a string, got 7");
  refuse({ prefix: "" }, RangeError, "Cannot create connection metrics: prefix must not be empty");
  refuse({ prefix: "hotpath" }, RangeError, "must not start with hotpath_");
  refuse({ name: "x" }, TypeError, "Cannot create connection metrics: options must be among prefix");
  test.metrics.gauge("taken_opened_total");
  refuse({ prefix: "taken" }, TypeError, "taken_opened_total");
});
