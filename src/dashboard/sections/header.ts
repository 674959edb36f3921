/**
 * Status of the program and of the connection.
 *
 * @module
 */

import type { HealthState } from "../../model/health_status.ts";
import { element, setAttribute, setText } from "../view/dom.ts";
import { describeFeed, type FeedState } from "../data/feed_client.ts";

/** Status line. */
export class StatusLine {
  /** Element to place in the page. */
  readonly root: HTMLElement;
  readonly #health = element("span", { class: "health" });
  readonly #shown = element("span", { class: "connection", "aria-hidden": "true" });
  readonly #announced = element("span", { class: "unseen", role: "status", "aria-live": "polite" });

  /** Creates an empty status line. */
  constructor() {
    this.root = element("div", { class: "status" }, this.#health, this.#shown, this.#announced);
  }

  /** Shows the state of the connection. Screen readers announce a lost connection, but not the countdown. */
  showFeed(state: FeedState): void {
    setAttribute(this.#shown, "data-state", state.kind);
    setText(this.#shown, describeFeed(state));
    setText(this.#announced, state.kind === "reconnecting" ? "Disconnected, reconnecting" : describeFeed(state));
  }

  /** Shows the health of the program. */
  showHealth(health: HealthState | undefined): void {
    if (health === undefined) return;
    setAttribute(this.#health, "data-status", health.status);
    setText(this.#health, health.status);
    setAttribute(this.#health, "title", health.reasons.join("; ") || "All checks pass");
  }
}
