/**
 * A ready-made set for services that live on connections: who is connected, what becomes of messages, how retries end,
 * and what the circuit breaker does.
 *
 * All of it is counters and gauges. Those are never sampled and wait for no ring, so a failure or a change of the
 * breaker is recorded whatever the sampling rate, and there for the next scrape.
 *
 * @module
 */

import { checkFilled, checkMethods, orDefault } from "../../check/checks.ts";
import { checkOptions } from "../../check/options.ts";
import type { Counter, CounterFamily } from "../../instrument/counter.ts";
import type { Gauge, GaugeFamily } from "../../instrument/gauge.ts";
import type { Metrics } from "../../api/metrics.ts";
import {
  CIRCUIT_BREAKER_CHANGES,
  CIRCUIT_BREAKER_STATES,
  type CircuitBreakerState,
  isCircuitBreakerState,
} from "./circuit_breaker.ts";

/** What can be said of the set. */
export interface ConnectionMetricsOptions {
  /** The start of all names, `"connection"` by default; each service of a program needs one of its own. */
  readonly prefix?: string;
}

/** The numbers of one thread under the names that hand-written classes give them. */
export interface ConnectionCounts {
  /** Connections that came about. */
  readonly connections: number;
  /** Connections that ended. */
  readonly disconnections: number;
  /** Connections that are there. */
  readonly activeConnections: number;
  /** Messages that were sent. */
  readonly messagesSent: number;
  /** Messages that had to wait. */
  readonly messagesQueued: number;
  /** Messages that could not be sent. */
  readonly messagesFailed: number;
  /** Retries that began. */
  readonly retryAttempts: number;
  /** Retries that succeeded. */
  readonly retrySuccesses: number;
  /** Retries that failed. */
  readonly retryFailures: number;
  /** Successes over attempts, 0 to 1; 0 without attempts. */
  readonly retrySuccessRate: number;
  /** Changes of the circuit breaker. */
  readonly circuitBreakerStateChanges: number;
  /** The state that it changed to last; `"closed"` at the start. */
  readonly circuitBreakerState: CircuitBreakerState;
}

/** What happens to connections, told as it happens. None of it throws. */
export interface ConnectionMetrics {
  /** A connection came about. */
  connection(): void;
  /** A connection ended. */
  disconnection(): void;
  /** A message was sent. */
  messageSent(): void;
  /** A message has to wait. */
  messageQueued(): void;
  /** A message could not be sent. */
  messageFailed(): void;
  /** A retry begins. */
  retryAttempt(): void;
  /** A retry succeeded. */
  retrySuccess(): void;
  /** A retry failed. */
  retryFailure(): void;
  /**
   * The circuit breaker changed its state. What is no state is counted as `"unknown"`.
   *
   * @param from The state that it had
   * @param to The state that it has
   */
  circuitBreakerStateChange(from: CircuitBreakerState, to: CircuitBreakerState): void;
  /** What this thread has told, exact and at once, also while nothing is recorded. */
  toObject(): ConnectionCounts;
  /** Counts from zero again. Connections that are there and the state of the breaker stay what they are. */
  reset(): void;
}

const ACTION = "create connection metrics";
const OPTIONS = { prefix: orDefault(checkFilled(), "connection") };
const checkMaker = checkMethods("come from createMetrics", "counter", "gauge");

type Source = Pick<Metrics, "counter" | "gauge">;

/** By metrics and prefix, so that asking twice gives the same set, as with instruments. */
const sets: WeakMap<Source, Map<string, ConnectionSet>> = new WeakMap();

/**
 * The set for connections. Asked for twice, it is the same set.
 *
 * @param metrics What is recorded with
 * @param options How its names start
 * @throws {TypeError} If an option has the wrong type or is unknown, or a name is taken by another instrument
 * @throws {RangeError} If the prefix makes no name
 *
 * @example In place of a hand-written class
 * ```ts
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 * import { connectionMetrics, createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const feed = connectionMetrics(metrics, { prefix: "feed" });
 * feed.connection();
 * feed.retryAttempt();
 * feed.retrySuccess();
 * feed.circuitBreakerStateChange("closed", "open");
 * const { connections, retrySuccessRate, circuitBreakerState } = feed.toObject();
 * assertEquals([connections, retrySuccessRate, circuitBreakerState], [1, 1, "open"]);
 * assertStringIncludes(await metrics.scrape(), 'feed_circuit_breaker_state_changes_total{from="closed",to="open"} 1');
 * ```
 */
export function connectionMetrics(
  metrics: Pick<Metrics, "counter" | "gauge">,
  options: ConnectionMetricsOptions = {},
): ConnectionMetrics {
  const { prefix } = checkOptions(ACTION, options, OPTIONS);
  checkMaker({ action: ACTION, path: "metrics" }, metrics);
  const known = sets.get(metrics) ?? new Map<string, ConnectionSet>();
  const set = known.get(prefix) ?? new ConnectionSet(metrics, prefix);
  known.set(prefix, set);
  sets.set(metrics, known);
  return set;
}

/** An event that is counted twice: for whoever scrapes, and for `toObject`, because a counter cannot be read. */
class Tally {
  readonly #counter: Counter;
  count = 0;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  add(): void {
    this.count += 1;
    this.#counter.inc();
  }

  reset(): void {
    this.count = 0;
    this.#counter.reset();
  }
}

class ConnectionSet implements ConnectionMetrics {
  readonly #connections: Tally;
  readonly #disconnections: Tally;
  readonly #messagesSent: Tally;
  readonly #messagesQueued: Tally;
  readonly #messagesFailed: Tally;
  readonly #retryAttempts: Tally;
  readonly #retrySuccesses: Tally;
  readonly #retryFailures: Tally;
  readonly #active: Gauge;
  readonly #changes: CounterFamily<"from" | "to">;
  readonly #states: GaugeFamily<"state">;
  #activeCount = 0;
  #changeCount = 0;
  #state: CircuitBreakerState = "closed";

  constructor(metrics: Source, prefix: string) {
    const tally = (name: string, help: string) => new Tally(metrics.counter(`${prefix}_${name}`, { help }));
    this.#connections = tally("opened_total", "Connections that came about");
    this.#disconnections = tally("closed_total", "Connections that ended");
    // Collected, too, as the state is, so that both are right after a time in which nothing was recorded.
    this.#active = metrics.gauge(`${prefix}_active`, {
      help: "Connections that are there",
      collect: () => this.#activeCount,
    });
    this.#messagesSent = tally("messages_sent_total", "Messages that were sent");
    this.#messagesQueued = tally("messages_queued_total", "Messages that had to wait");
    this.#messagesFailed = tally("messages_failed_total", "Messages that could not be sent");
    this.#retryAttempts = tally("retry_attempts_total", "Retries that began");
    this.#retrySuccesses = tally("retry_successes_total", "Retries that succeeded");
    this.#retryFailures = tally("retry_failures_total", "Retries that failed");
    metrics.gauge(`${prefix}_retry_success_ratio`, {
      help: "Share of retries that succeeded, averaged over threads",
      aggregator: "average",
      collect: () => this.#retrySuccessRate,
    });
    this.#changes = metrics.counter(`${prefix}_circuit_breaker_state_changes_total`, {
      help: "Changes of the circuit breaker's state",
      labels: ["from", "to"],
    });
    // A series that begins with its first change hides that change from rates.
    for (const [from, to] of CIRCUIT_BREAKER_CHANGES) this.#changes.with({ from, to });
    this.#states = metrics.gauge(`${prefix}_circuit_breaker_state`, {
      help: "1 for the state that the circuit breaker is in, 0 for the others",
      labels: ["state"],
      collect: () => this.#showState(),
    });
    this.#showState();
  }

  connection(): void {
    this.#connections.add();
    this.#activeCount += 1;
    this.#active.set(this.#activeCount);
  }

  disconnection(): void {
    this.#disconnections.add();
    this.#activeCount = Math.max(this.#activeCount - 1, 0);
    this.#active.set(this.#activeCount);
  }

  messageSent(): void {
    this.#messagesSent.add();
  }

  messageQueued(): void {
    this.#messagesQueued.add();
  }

  messageFailed(): void {
    this.#messagesFailed.add();
  }

  retryAttempt(): void {
    this.#retryAttempts.add();
  }

  retrySuccess(): void {
    this.#retrySuccesses.add();
  }

  retryFailure(): void {
    this.#retryFailures.add();
  }

  circuitBreakerStateChange(from: CircuitBreakerState, to: CircuitBreakerState): void {
    this.#changeCount += 1;
    this.#changes.with({ from: stateLabel(from), to: stateLabel(to) }).inc();
    if (!isCircuitBreakerState(to)) return;
    this.#state = to;
    this.#showState();
  }

  toObject(): ConnectionCounts {
    return {
      connections: this.#connections.count,
      disconnections: this.#disconnections.count,
      activeConnections: this.#activeCount,
      messagesSent: this.#messagesSent.count,
      messagesQueued: this.#messagesQueued.count,
      messagesFailed: this.#messagesFailed.count,
      retryAttempts: this.#retryAttempts.count,
      retrySuccesses: this.#retrySuccesses.count,
      retryFailures: this.#retryFailures.count,
      retrySuccessRate: this.#retrySuccessRate,
      circuitBreakerStateChanges: this.#changeCount,
      circuitBreakerState: this.#state,
    };
  }

  reset(): void {
    const tallies = [
      ...[this.#connections, this.#disconnections],
      ...[this.#messagesSent, this.#messagesQueued, this.#messagesFailed],
      ...[this.#retryAttempts, this.#retrySuccesses, this.#retryFailures],
    ];
    for (const tally of tallies) tally.reset();
    this.#changeCount = 0;
    this.#changes.reset();
  }

  /** Nothing can be said without attempts; a gauge has to say something, and so do hand-written classes. */
  get #retrySuccessRate(): number {
    const attempts = this.#retryAttempts.count;
    return attempts === 0 ? 0 : this.#retrySuccesses.count / attempts;
  }

  #showState(): void {
    for (const state of CIRCUIT_BREAKER_STATES) this.#states.with({ state }).set(state === this.#state ? 1 : 0);
  }
}

/** Callers that are not type-checked may say anything, which must not make series. */
function stateLabel(state: CircuitBreakerState): string {
  return isCircuitBreakerState(state) ? state : "unknown";
}
