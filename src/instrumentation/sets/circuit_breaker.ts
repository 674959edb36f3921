/**
 * States of a circuit breaker.
 *
 * Source: M. Nygard, "Release It!", chapter "Stability Patterns".
 *
 * @module
 */

/** State of a circuit breaker: calls pass, are refused, or are tried one by one. */
export type CircuitBreakerState = "closed" | "open" | "half-open";

/** All states. */
export const CIRCUIT_BREAKER_STATES: readonly CircuitBreakerState[] = ["closed", "open", "half-open"];

/** Changes of state that circuit breakers make. */
export const CIRCUIT_BREAKER_CHANGES: readonly (readonly [CircuitBreakerState, CircuitBreakerState])[] = [
  ["closed", "open"],
  ["open", "half-open"],
  ["half-open", "closed"],
  ["half-open", "open"],
];

/** Whether a value is a state. */
export function isCircuitBreakerState(state: unknown): state is CircuitBreakerState {
  return CIRCUIT_BREAKER_STATES.some((each) => each === state);
}
