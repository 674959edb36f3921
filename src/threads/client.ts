/**
 * The main thread's line to the aggregator, wherever that runs.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";
import type { CheckReport, HealthState } from "../model/health_status.ts";
import type { Announcement, SloBreach } from "../model/model.ts";
import type { Servable } from "../api/servable.ts";
import type { RequestName, Requests } from "./protocol.ts";

/** What another thread needs to be drained. */
export interface ConnectionParts {
  /** Its ring. */
  readonly ring: ArrayBufferLike;
  /** Its first chunk of cells. */
  readonly cells: ArrayBufferLike;
  /** The ports for its messages, to the aggregator and to the ledger; Deno has one class for both types. */
  readonly ports: (NodeMessagePort & MessagePort)[];
}

/** A line to an aggregator. */
export interface AggregatorClient extends Servable {
  /** Settles once the aggregator runs, or could not be started. */
  readonly ready: Promise<void>;
  /** Whether the aggregator runs: it has started, and neither failed nor ended. */
  readonly isRunning: boolean;
  /** Whether requests can be answered, now or once it has started; not while it waits to be started again. */
  readonly isAlive: boolean;
  /** Whether it never ran, or runs no more, because its worker cannot start: nothing will take what is recorded. */
  readonly isUnstartable: boolean;
  /** What is wrong although it runs, one sentence each. */
  readonly troubles: readonly string[];
  /** Tells of an instrument or series. */
  announce(news: Announcement): void;
  /**
   * Has a ring drained that another thread will write; `undefined` if no aggregator could be started.
   *
   * @param ringCapacity Records that the ring holds
   * @throws {TypeError} If the aggregator runs on this thread, where no other reaches it
   * @throws {Error} If it cannot be reached
   */
  connect(ringCapacity: number): ConnectionParts | undefined;
  /** Asks the aggregator. The program stays alive until the answer is there. */
  request<Name extends RequestName>(name: Name, argument: Requests[Name][0]): Promise<Requests[Name][1]>;
  /** Tells of breaches from now on, those that nobody was told of yet first; never within another call. */
  watchBreaches(tell: (breaches: readonly SloBreach[]) => void): void;
  /** Tells of the health from now on whenever its status has changed, at least; never within another call. */
  watchHealth(tell: (state: HealthState) => void): void;
  /** Tells what a check of the program's own came to; an aggregator that is started again is told too. */
  report(report: CheckReport): void;
  /** Tells that there is no such check any more. */
  retract(name: string): void;
  /** Called at each drain interval on the recording thread. */
  tick(): void;
  /** Ends the line; the aggregator must have been asked to close. */
  end(): Promise<void>;
}
