/**
 * Sends breaches of objectives to the main thread, one message at a time: the next is sent once the main thread has
 * asked for it. While the main thread is busy, violations are added up by series, so that messages do not accumulate.
 *
 * @module
 */

import type { Intake } from "../../aggregate/intake.ts";
import type { AggregatorToMain } from "../protocol.ts";

/** Sends the breaches of one aggregator. */
export class BreachSender {
  readonly #intake: Intake;
  readonly #send: (message: AggregatorToMain) => void;
  #isWatched = false;
  #isAllowed = false;

  /** Creates a sender that sends nothing before {@linkcode BreachSender.allow}. */
  constructor(intake: Intake, send: (message: AggregatorToMain) => void) {
    this.#intake = intake;
    this.#send = send;
  }

  /** Allows one message, now or at the next breach. */
  allow(): void {
    this.#isWatched = true;
    this.#isAllowed = true;
    this.send();
  }

  /** Sends new breaches if a message is allowed. */
  send(): void {
    if (this.#isAllowed) this.sendAll();
  }

  /** Sends new breaches if breaches are watched at all, so that they arrive before the answer to a request. */
  sendAll(): void {
    if (!this.#isWatched) return;
    const breaches = this.#intake.takeBreaches();
    if (breaches.length === 0) return;
    this.#isAllowed = false;
    this.#send({ type: "breaches", breaches });
  }
}
