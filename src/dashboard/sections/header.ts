/**
 * How the program and the connection do.
 *
 * @module
 */

import type { HealthState } from "../../model/health_status.ts";
import { element, setAttribute, setText } from "../view/dom.ts";
import { describeFeed, type FeedState } from "../data/feed_client.ts";

/** The states. */
export class StatusLine {
  /** What to put into the page. */
  readonly root: HTMLElement;
  readonly #health = element("span", { class: "health" });
  readonly #shown = element("span", { class: "connection", "aria-hidden": "true" });
  readonly #told = element("span", { class: "unseen", role: "status", "aria-live": "polite" });

  /** Nothing is known yet. */
  constructor() {
    this.root = element("div", { class: "status" }, this.#health, this.#shown, this.#told);
  }

  /** Shows how the connection does. Seconds that pass are shown, but not read out. */
  showFeed(state: FeedState): void {
    setAttribute(this.#shown, "data-state", state.kind);
    setText(this.#shown, describeFeed(state));
    setText(this.#told, state.kind === "reconnecting" ? "disconnected, reconnecting" : describeFeed(state));
  }

  /** Shows how the program does. */
  showHealth(health: HealthState | undefined): void {
    if (health === undefined) return;
    setAttribute(this.#health, "data-status", health.status);
    setText(this.#health, health.status);
    setAttribute(this.#health, "title", health.reasons.join("; ") || "all is well");
  }
}
