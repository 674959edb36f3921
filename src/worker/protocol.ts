/**
 * What the main thread and other recording threads say to the aggregator's worker, and it to them.
 * Every request is answered by one reply with its number; everything else goes unanswered.
 *
 * @module
 */

import type {
  Announcement,
  ExposeRequest,
  Exposition,
  Health,
  InstrumentDiagnostics,
  ListenAddress,
  ListenOptions,
  PerformanceDiagnostics,
  SloBreach,
  Snapshot,
} from "../model.ts";
import type { MessagePort } from "node:worker_threads";
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
  expose: [argument: ExposeRequest, answer: Exposition];
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

/** What another thread can ask of the aggregator. */
export interface ThreadRequests {
  /** Drains everything that was published before; refused if one of the thread's definitions clashes. */
  flush: [argument: undefined, answer: undefined];
  /** The same, and then forgets the thread. */
  leave: [argument: undefined, answer: undefined];
}

/** A request, by any of the tables. */
export interface RequestMessage<Name> {
  /** What kind of message it is. */
  readonly type: "request";
  /** The number that its reply carries. */
  readonly id: number;
  /** What is asked. */
  readonly name: Name;
  /** Its argument. */
  readonly argument: unknown;
}

/** News of a thread's instruments. */
export interface AnnounceMessage {
  /** What kind of message it is. */
  readonly type: "announce";
  /** The news. */
  readonly news: Announcement;
}

/** From the main thread to the worker. */
export type ToWorker =
  | AnnounceMessage
  | RequestMessage<RequestName>
  /** Another thread is to be drained; what it says comes by this port. */
  | { readonly type: "connect"; readonly port: MessagePort; readonly ring: ArrayBufferLike }
  /** Breaches are listened to, and those sent before have been told. */
  | { readonly type: "awaitBreaches" };

/** From another thread to the worker. */
export type FromThread =
  | AnnounceMessage
  | RequestMessage<keyof ThreadRequests>
  /** The thread is still there. */
  | { readonly type: "beat" };

/** From the worker to the main thread, and to others all but that it is ready. */
export type FromWorker =
  | { readonly type: "ready" }
  /** It has failed or, for other threads, ended. */
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "reply"; readonly id: number; readonly answer: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly name: string; readonly message: string }
  | { readonly type: "freed"; readonly series: readonly number[] }
  | { readonly type: "breaches"; readonly breaches: readonly SloBreach[] };
