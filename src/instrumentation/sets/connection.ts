/**
 * A ready-made set of metrics for connection-based services: connections, messages, retries and the circuit breaker.
 *
 * All of them are counters and gauges, which are never sampled and do not pass through a ring. So each failure and each
 * change of the breaker is recorded at any sampling rate and visible in the next scrape.
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

/** Options of {@linkcode connectionMetrics}. */
export interface ConnectionMetricsOptions {
  /**
   * Prefix of all metric names, different for each service of a program.
   *
   * @default {"connection"}
   */
  readonly prefix?: string;
}

/** Counts of one thread, named as in common hand-written classes. */
export interface ConnectionCounts {
  /** Opened connections. */
  readonly connections: number;
  /** Closed connections. */
  readonly disconnections: number;
  /** Open connections. */
  readonly activeConnections: number;
  /** Sent messages. */
  readonly messagesSent: number;
  /** Queued messages. */
  readonly messagesQueued: number;
  /** Messages that could not be sent. */
  readonly messagesFailed: number;
  /** Started retries. */
  readonly retryAttempts: number;
  /** Successful retries. */
  readonly retrySuccesses: number;
  /** Failed retries. */
  readonly retryFailures: number;
  /** Successes over attempts, 0 to 1; 0 without attempts. */
  readonly retrySuccessRate: number;
  /** Changes of the circuit breaker. */
  readonly circuitBreakerStateChanges: number;
  /** Current state of the circuit breaker, initially `"closed"`. */
  readonly circuitBreakerState: CircuitBreakerState;
}

/** Records events of connections. No method throws. */
export interface ConnectionMetrics {
  /** Records that a connection was opened. */
  connection(): void;
  /** Records that a connection was closed. */
  disconnection(): void;
  /** Records that a message was sent. */
  messageSent(): void;
  /** Records that a message was queued. */
  messageQueued(): void;
  /** Records that a message could not be sent. */
  messageFailed(): void;
  /** Records that a retry started. */
  retryAttempt(): void;
  /** Records that a retry succeeded. */
  retrySuccess(): void;
  /** Records that a retry failed. */
  retryFailure(): void;
  /**
   * Records a change of the circuit breaker's state. An invalid state is counted as `"unknown"`.
   *
   * @param from Previous state
   * @param to New state
   */
  circuitBreakerStateChange(from: CircuitBreakerState, to: CircuitBreakerState): void;
  /** Returns the exact counts of this thread, which continue while recording is disabled. */
  toObject(): ConnectionCounts;
  /** Resets all counts to 0. Open connections and the state of the breaker are kept. */
  reset(): void;
}

const ACTION = "create connection metrics";
const OPTIONS = { prefix: orDefault(checkFilled(), "connection") };
const checkMaker = checkMethods("come from createMetrics", "counter", "gauge");

type Source = Pick<Metrics, "counter" | "gauge">;

/** Sets by metrics and prefix, so that a second call returns the same set, as with instruments. */
const sets: WeakMap<Source, Map<string, ConnectionSet>> = new WeakMap();

/**
 * Returns the metrics of connections. A second call with the same prefix returns the same set.
 *
 * @param metrics Metrics that create the instruments
 * @param options Prefix of their names
 * @throws {TypeError} If an option has the wrong type or is unknown, or a name is used by another instrument
 * @throws {RangeError} If the prefix does not form a valid name
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

/** Event counter that is also counted here for `toObject`, because a {@linkcode Counter} cannot be read. */
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
    this.#connections = tally("opened_total", "Connections opened");
    this.#disconnections = tally("closed_total", "Connections closed");
    // Collected as well, like the state, so that both are correct after recording was disabled for a time.
    this.#active = metrics.gauge(`${prefix}_active`, {
      help: "Open connections",
      collect: () => this.#activeCount,
    });
    this.#messagesSent = tally("messages_sent_total", "Messages sent");
    this.#messagesQueued = tally("messages_queued_total", "Messages queued");
    this.#messagesFailed = tally("messages_failed_total", "Messages that could not be sent");
    this.#retryAttempts = tally("retry_attempts_total", "Retries started");
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
    // All series are created now: in a series that starts with its first change, rates would miss that change.
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

  /** Successes over attempts; 0 without attempts, as in common hand-written classes. */
  get #retrySuccessRate(): number {
    const attempts = this.#retryAttempts.count;
    return attempts === 0 ? 0 : this.#retrySuccesses.count / attempts;
  }

  #showState(): void {
    for (const state of CIRCUIT_BREAKER_STATES) this.#states.with({ state }).set(state === this.#state ? 1 : 0);
  }
}

/**
 * Returns the label value of a state. The values are bounded, because callers that are not type-checked may pass
 * anything.
 */
function stateLabel(state: CircuitBreakerState): string {
  return isCircuitBreakerState(state) ? state : "unknown";
}
