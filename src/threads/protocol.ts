/**
 * Messages between the main thread, attached threads and the aggregator. Each request is answered by one reply or
 * refusal with its number; all other messages have no answer.
 *
 * @module
 */

import type { LastState, ReadingArgument, ReadingName, ReadingResult } from "../api/readings.ts";
import type { CheckReport, HealthState } from "../model/health_status.ts";
import type { Announcement, SloBreach } from "../model/model.ts";
import type { ListenAddress, ListenOptions } from "../model/serving.ts";
import type { LiveAnswer, LiveRequest } from "../model/live_request.ts";
import type { SettingsBuffers } from "../ring/shared_settings.ts";
import type { MessagePort } from "node:worker_threads";
import type { AggregatorSetup } from "../aggregate/aggregator_setup.ts";
import type { PushSettings } from "../keep/push/sinks.ts";
import type { PreviousRun } from "../aggregate/series/previous_run.ts";

/** State of a recording thread for an aggregator that starts, with all announcements of the thread. */
export interface RecordingThreadStart {
  /** Ring of the thread. */
  readonly ring: ArrayBufferLike;
  /** The aggregator's number as a reader of the ring, see `Consumer`. */
  readonly reader: number;
  /** Announcements of the thread's instruments, series and other state. */
  readonly announcements: readonly Announcement[];
  /** Instruments that other threads had already defined differently. */
  readonly clashing: ReadonlySet<number>;
}

/** State of an attached thread for an aggregator that starts. */
export interface AttachedThreadStart extends RecordingThreadStart {
  /** Number of the thread. */
  readonly thread: number;
  /** Number of announcements that the thread has made, removed series included. */
  readonly announced: number;
  /** Whether the thread has departed, so that its ring is read for the last time. */
  readonly hasDeparted: boolean;
}

/** Settings of the aggregating thread: those of the aggregator, and of the sinks that run on the same thread. */
export interface ThreadSetup extends AggregatorSetup, PushSettings {}

/** Data that a worker starts with. */
export interface WorkerStart {
  /** Settings of the worker. */
  readonly setup: ThreadSetup;
  /** Doorbell that wakes the worker. */
  readonly doorbell: ArrayBufferLike;
  /** Settings that change at run time. */
  readonly settings: SettingsBuffers;
  /** Time of the start by the clock of the settings, from which the worker's clock continues. */
  readonly settingsMs: number;
  /** State of failed workers. */
  readonly previous: PreviousRun;
  /** State of the main thread. */
  readonly main: RecordingThreadStart;
  /** States of attached threads. */
  readonly threads: readonly AttachedThreadStart[];
}

type ReadingRequests = {
  readonly [Name in ReadingName]: [argument: ReadingArgument<Name>, answer: ReadingResult<Name>];
};

/** Requests of the main thread to the aggregator, with their arguments and answers. */
export interface Requests extends ReadingRequests {
  /** Drains everything that was published before. */
  flush: [argument: undefined, answer: undefined];
  /** Advances or ends a live feed, see `LiveReader`. */
  live: [argument: LiveRequest, answer: LiveAnswer | undefined];
  /** Starts an HTTP server in the worker. */
  listen: [argument: ListenOptions, answer: ListenAddress];
  /** Stops the HTTP server. */
  unlisten: [argument: undefined, answer: undefined];
  /** Drains, stops everything, and returns the last state. */
  close: [argument: undefined, answer: LastState];
}

/** Name of a request of the main thread. */
export type RequestName = keyof Requests;

/** Requests of an attached thread to the aggregator. */
export interface AttachedRequests {
  /**
   * Drains everything that was published before; refused if one of the thread's definitions clashes. The argument is
   * the number of announcements so far, because some may arrive through the main thread.
   */
  flush: [announced: number, answer: undefined];
  /** Does the same, and then removes the thread. */
  leave: [announced: number, answer: undefined];
}

/** Request of either table. */
export interface RequestMessage<Name> {
  readonly type: "request";
  /** Number of the request, repeated in the answer. */
  readonly id: number;
  /** Name of the request. */
  readonly name: Name;
  /** Argument of the request. */
  readonly argument: unknown;
}

/** Announcement of the main thread. */
export interface AnnounceMessage {
  readonly type: "announce";
  readonly announcement: Announcement;
}

/** Announcement of an attached thread. */
export interface AttachedAnnounceMessage extends AnnounceMessage {
  /** Number of announcements that the thread has made before this one. */
  readonly at: number;
}

/** Message from the main thread to the aggregator. */
export type MainToAggregator =
  | AnnounceMessage
  | RequestMessage<RequestName>
  /** Adds an attached thread, whose ring is to be drained. */
  | { readonly type: "connect"; readonly thread: number; readonly ring: ArrayBufferLike; readonly reader: number }
  /** Changes the port on which messages of an attached thread arrive. */
  | { readonly type: "port"; readonly thread: number; readonly port: MessagePort; readonly isFirst: boolean }
  /** Forwards an announcement that an attached thread made before it knew its port. */
  | { readonly type: "forward"; readonly thread: number; readonly message: AttachedAnnounceMessage }
  /** An attached thread has departed before it knew its port. */
  | { readonly type: "leave"; readonly thread: number }
  /** Breaches are watched, and those that were sent so far are handled. */
  | { readonly type: "awaitBreaches" }
  /** The health is watched, and the state that was last sent is handled. */
  | { readonly type: "awaitHealth" }
  /** Result of one of the program's own checks. */
  | { readonly type: "report"; readonly report: CheckReport }
  /** One of the program's own checks was removed. */
  | { readonly type: "retract"; readonly name: string };

/** Message from an attached thread to the aggregator. */
export type AttachedToAggregator =
  | AttachedAnnounceMessage
  | RequestMessage<keyof AttachedRequests>
  /** First message on a port that is not the thread's first, with its number of announcements so far. */
  | { readonly type: "joined"; readonly announced: number }
  /** The thread is alive. */
  | { readonly type: "heartbeat" };

/** Answer of the aggregator to a request. */
export type Answer =
  | { readonly type: "reply"; readonly id: number; readonly answer: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly name: string; readonly message: string };

/** Message from the aggregator to the main thread. */
export type AggregatorToMain =
  | Answer
  | { readonly type: "ready" }
  /** The worker could not start. */
  | { readonly type: "unstarted"; readonly message: string }
  /** The aggregator has failed, and ends. */
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "breaches"; readonly breaches: readonly SloBreach[] }
  /** The health status has changed. */
  | { readonly type: "health"; readonly state: HealthState }
  /** A thread, `undefined` for the main one, has an instrument that another thread had already defined differently. */
  | { readonly type: "clash"; readonly thread: number | undefined; readonly instrument: number }
  /** An instrument of a thread, `undefined` for the main one, was removed by another thread. */
  | { readonly type: "removed"; readonly thread: number | undefined; readonly instrument: number }
  | DepartureMessage;

/** Message from the aggregator to the main thread about the totals of departed threads; their order matters. */
export type DepartureMessage =
  /**
   * An attached thread has departed, and the reader has drained its ring. `announced` is the number of the thread's
   * announcements if the thread has reported it; otherwise only the closed port to the main thread shows that no more
   * will arrive.
   */
  | {
    readonly type: "departed";
    readonly thread: number;
    readonly reader: number;
    readonly announced: number | undefined;
  }
  /** A counter was removed, and with it the totals of departed threads. */
  | { readonly type: "forgotten"; readonly name: string; readonly labelValues: readonly string[] | undefined };

/** Message from the aggregator to an attached thread. */
export type AggregatorToAttached =
  | Answer
  /** The aggregator has ended. */
  | { readonly type: "ended"; readonly message: string };

/** Message from an attached thread to the main thread, which stores announcements for later aggregators. */
export type AttachedToMain =
  | AttachedAnnounceMessage
  /** The thread uses the last port that was sent to it. */
  | { readonly type: "joined" };

/** Message from the main thread to an attached one. */
export type MainToAttached =
  /** The aggregator has failed. */
  | { readonly type: "down"; readonly reason: string }
  /** An aggregator runs at the other end of this port. */
  | { readonly type: "up"; readonly port: MessagePort }
  /** Another thread has removed an instrument. */
  | { readonly type: "removed"; readonly instrument: number }
  /** The aggregator has ended permanently. */
  | { readonly type: "ended"; readonly reason: string; readonly isUnstartable: boolean };
