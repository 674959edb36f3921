/**
 * The states of a circuit breaker.
 *
 * Source: M. Nygard, "Release It!", chapter "Stability Patterns".
 *
 * @module
 */

/** Whether calls pass, are refused, or are tried one by one. */
export type CircuitBreakerState = "closed" | "open" | "half-open";

/** All of them. */
export const CIRCUIT_BREAKER_STATES: readonly CircuitBreakerState[] = ["closed", "open", "half-open"];

/** The changes that breakers make. */
export const CIRCUIT_BREAKER_CHANGES: readonly (readonly [CircuitBreakerState, CircuitBreakerState])[] = [
  ["closed", "open"],
  ["open", "half-open"],
  ["half-open", "closed"],
  ["half-open", "open"],
];

/** Whether something is a state. */
export function isCircuitBreakerState(state: unknown): state is CircuitBreakerState {
  return CIRCUIT_BREAKER_STATES.some((each) => each === state);
}
