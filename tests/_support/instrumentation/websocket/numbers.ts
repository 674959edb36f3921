/**
 * Metrics of WebSockets, in a form that is easily compared.
 *
 * @module
 */

import type { Metrics } from "../../../../mod.ts";
import { valueOf } from "../../snapshots.ts";

/** The counts of one kind of socket; those of both directions as received, transmitted. */
export async function countsOf(metrics: Metrics, labels: Readonly<Record<string, string>>) {
  const snapshot = await metrics.snapshot();
  const scalar = (name: string, more = {}) => valueOf(snapshot, `websocket_${name}`, { ...labels, ...more });
  const both = (name: string) => [scalar(name, { direction: "receive" }), scalar(name, { direction: "transmit" })];
  return {
    active: scalar("connections_active"),
    opened: scalar("connections_opened_total"),
    closed: scalar("connections_closed_total"),
    errors: scalar("errors_total"),
    messages: both("messages_total"),
    bytes: both("bytes_total"),
  };
}
