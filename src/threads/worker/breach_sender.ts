/**
 * Sends breaches of objectives to the main thread, one message at a time: the next is sent when the last was taken.
 * While the main thread is busy, further violations are added up by series, so that no messages pile up.
 *
 * @module
 */

import type { Intake } from "../../aggregate/intake.ts";
import type { AggregatorToMain } from "../protocol.ts";

/** The worker's end of the line for breaches. */
export class BreachSender {
  readonly #intake: Intake;
  readonly #say: (message: AggregatorToMain) => void;
  #isWatched = false;
  #isAllowed = false;

  /** Sends nothing before it is allowed to. */
  constructor(intake: Intake, say: (message: AggregatorToMain) => void) {
    this.#intake = intake;
    this.#say = say;
  }

  /** Allows one message, for what there is or is to come. */
  allow(): void {
    this.#isWatched = true;
    this.#isAllowed = true;
    this.send();
  }

  /** Sends what there is, if it is allowed. */
  send(): void {
    if (this.#isAllowed) this.sendAll();
  }

  /** Sends what there is, if anybody listens at all: for a request, whose answer must not come before it. */
  sendAll(): void {
    if (!this.#isWatched) return;
    const breaches = this.#intake.takeBreaches();
    if (breaches.length === 0) return;
    this.#isAllowed = false;
    this.#say({ type: "breaches", breaches });
  }
}
