/**
 * What the main thread and the aggregator's worker say to each other. Every request is answered by
 * one reply with its number; announcements and freed ids go unanswered.
 *
 * @module
 */

import type {
  Announcement,
  Exposition,
  Health,
  InstrumentDiagnostics,
  ListenAddress,
  ListenOptions,
  PerformanceDiagnostics,
  SloBreach,
  Snapshot,
} from "../model.ts";
import type { AggregatorSetup } from "./aggregator.ts";

/** What a worker is started with. */
export interface WorkerStart {
  /** How the aggregator works. */
  readonly setup: AggregatorSetup;
  /** The main thread's ring. */
  readonly ring: ArrayBufferLike;
  /** What wakes the worker. */
  readonly doorbell: ArrayBufferLike;
}

/** What can be asked of the aggregator: by name, the argument and the answer. */
export interface Requests {
  /** Drains everything that was published before. */
  flush: [argument: undefined, answer: undefined];
  /** See `MetricsSource.snapshot`. */
  snapshot: [argument: undefined, answer: Snapshot];
  /** See `MetricsSource.expose`. */
  expose: [argument: string | undefined, answer: Exposition];
  /** See `MetricsSource.health`. */
  health: [argument: undefined, answer: Health];
  /** See `MetricsSource.instruments`. */
  instruments: [argument: undefined, answer: readonly InstrumentDiagnostics[]];
  /** See `MetricsSource.performance`. */
  performance: [argument: undefined, answer: PerformanceDiagnostics];
  /** Starts an HTTP server in the worker. */
  listen: [argument: ListenOptions, answer: ListenAddress];
  /** Stops the HTTP server. */
  unlisten: [argument: undefined, answer: undefined];
  /** Drains, stops everything, and gives the last state. */
  close: [argument: undefined, answer: LastState];
}

/** What an aggregator leaves behind. */
export interface LastState {
  /** Everything at the end. */
  readonly snapshot: Snapshot;
  /** The same as a scrape would have given it. */
  readonly exposition: Exposition;
}

/** The name of a request. */
export type RequestName = keyof Requests;

/** From the main thread to the worker. */
export type ToWorker =
  | { readonly type: "announce"; readonly news: Announcement }
  | { readonly type: "request"; readonly id: number; readonly name: RequestName; readonly argument: unknown }
  /** Breaches are listened to, and those sent before have been told. */
  | { readonly type: "awaitBreaches" };

/** From the worker to the main thread. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "reply"; readonly id: number; readonly answer: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly name: string; readonly message: string }
  | { readonly type: "freed"; readonly series: readonly number[] }
  | { readonly type: "breaches"; readonly breaches: readonly SloBreach[] };
