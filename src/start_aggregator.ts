/**
 * Starts the aggregator in a worker or on the calling thread, by the `aggregation` option.
 *
 * @module
 */

import type { ResolvedOptions } from "./config/options.ts";
import { revealTraceExport } from "./config/traces.ts";
import { REJECTED_REASONS } from "./instrument/rejected.ts";
import { wallMs } from "./platform/wall_clock.ts";
import type { SharedSettings } from "./ring/shared_settings.ts";
import type { AggregatorClient } from "./threads/client.ts";
import { InlineClient } from "./threads/inline.ts";
import { WorkerClient, type WorkerClientParts } from "./threads/main/worker_client.ts";
import type { ThreadSetup } from "./threads/protocol.ts";

/** Parts of the main thread that the aggregator needs. */
export interface MainParts
  extends Pick<WorkerClientParts, "ring" | "doorbell" | "settingsMs" | "announcements" | "noteRemoved"> {
  /** Settings that change at run time. */
  readonly settings: SharedSettings;
  /** Clock of windows, in milliseconds. */
  readonly nowMs: () => number;
  /** Whether every record carries a time of that clock. */
  readonly isStamped: boolean;
}

/** Starts the aggregator and returns its client. */
export function startAggregator({ main, aggregate, push }: ResolvedOptions, parts: MainParts): AggregatorClient {
  const { settings, nowMs, isStamped, ...workerParts } = parts;
  const setup: ThreadSetup = {
    ...aggregate,
    traceExport: push.traceExport && revealTraceExport(push.traceExport),
    aggregation: main.aggregation,
    clock: main.clock.name,
    createdMs: wallMs(),
    isStamped,
    rejectedReasons: REJECTED_REASONS,
  };
  if (main.aggregation === "inline") return new InlineClient(setup, parts.ring, nowMs, settings);
  return new WorkerClient({ ...workerParts, setup, settings: settings.buffers });
}
