/**
 * Interface of the main thread's client of the aggregator, which runs in a worker or on the same thread.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";
import type { Servable } from "../api/servable.ts";
import type { CheckReport, HealthState, HealthStatus } from "../model/health_status.ts";
import type { Announcement, SloBreach } from "../model/model.ts";
import type { RequestName, Requests } from "./protocol.ts";

/** Parts of a connection for one more recording thread. */
export interface ConnectionParts {
  /** Ring of the thread. */
  readonly ring: ArrayBufferLike;
  /** Memory of the thread's first chunk of cells. */
  readonly cells: ArrayBufferLike;
  /** Ports to the aggregator and to the main thread; Deno has one class for both types. */
  readonly ports: (NodeMessagePort & MessagePort)[];
}

/** Client of an aggregator. */
export interface AggregatorClient extends Servable {
  /** Settles once the aggregator runs, or could not be started. */
  readonly ready: Promise<void>;
  /** Whether the aggregator runs: it has started, and neither failed nor ended. */
  readonly isRunning: boolean;
  /**
   * Whether requests can be answered, now or once the aggregator has started; `false` while it waits to be restarted.
   */
  readonly isAlive: boolean;
  /** Whether the worker cannot start, so that records are not aggregated. */
  readonly isUnstartable: boolean;
  /** Status of the aggregator while it cannot answer. */
  readonly downStatus: HealthStatus;
  /** Problems of a running aggregator, one sentence each. */
  readonly troubles: readonly string[];
  /** Announces an instrument or series. */
  announce(announcement: Announcement): void;
  /**
   * Connects one more recording thread.
   *
   * @param ringCapacity Number of records that the thread's ring holds
   * @returns Parts of the connection; `undefined` if no aggregator could be started
   * @throws {TypeError} If the aggregator runs on this thread, where no other thread reaches it
   * @throws {Error} If the aggregator cannot be reached
   */
  connect(ringCapacity: number): ConnectionParts | undefined;
  /** Sends a request, and keeps the program alive until it is answered. */
  request<Name extends RequestName>(name: Name, argument: Requests[Name][0]): Promise<Requests[Name][1]>;
  /** Calls `onBreaches` with breaches from now on, and with those before the first call; never within another call. */
  watchBreaches(onBreaches: (breaches: readonly SloBreach[]) => void): void;
  /** Calls `onHealth` with the health at least whenever its status has changed; never within another call. */
  watchHealth(onHealth: (state: HealthState) => void): void;
  /** Reports the result of one of the program's own checks, also to later aggregators. */
  report(report: CheckReport): void;
  /** Removes one of the program's own checks. */
  retract(name: string): void;
  /** Drains if the aggregator runs on this thread; called once per drain interval. */
  tick(): void;
  /** Ends the client, after a `close` request. */
  end(): Promise<void>;
}
