/**
 * What the main thread and other recording threads say to the aggregator's worker, and it to them.
 * Every request is answered by one reply with its number; everything else goes unanswered.
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

/** What a worker is told of a recording thread, all that was announced before included. */
export interface RecordingThreadStart {
  /** Its ring. */
  readonly ring: ArrayBufferLike;
  /** The worker's number as a reader of the ring, see `Consumer`. */
  readonly reader: number;
  /** What it has announced, but for what is gone. */
  readonly news: readonly Announcement[];
  /** The instruments that other threads had defined differently before it. */
  readonly clashing: ReadonlySet<number>;
}

/** What a worker is told of another recording thread. */
export interface AttachedThreadStart extends RecordingThreadStart {
  /** Its number. */
  readonly thread: number;
  /** How many announcements its news stand for. */
  readonly announced: number;
  /** Whether it has gone, and is to be read for the last time. */
  readonly hasGone: boolean;
}

/** Settings of the thread that aggregates: of the aggregator, and of the sinks that run beside it. */
export interface ThreadSetup extends AggregatorSetup, PushSettings {}

/** What a worker is started with. */
export interface WorkerStart {
  /** How the aggregator works. */
  readonly setup: ThreadSetup;
  /** What wakes the worker. */
  readonly doorbell: ArrayBufferLike;
  /** What can be changed at run time. */
  readonly settings: SettingsBuffers;
  /** When the worker was started, by the clock that those go by: the worker's own clock counts from that moment. */
  readonly settingsMs: number;
  /** What came before, by the workers that have failed. */
  readonly previous: PreviousRun;
  /** The main thread. */
  readonly main: RecordingThreadStart;
  /** The other threads. */
  readonly threads: readonly AttachedThreadStart[];
}

type ReadingRequests = {
  readonly [Name in ReadingName]: [argument: ReadingArgument<Name>, answer: ReadingResult<Name>];
};

/** Requests of the main thread to the aggregator, with their arguments and answers. */
export interface Requests extends ReadingRequests {
  /** Drains everything that was published before. */
  flush: [argument: undefined, answer: undefined];
  /** See `LiveReader`. */
  live: [argument: LiveRequest, answer: LiveAnswer | undefined];
  /** Starts an HTTP server in the worker. */
  listen: [argument: ListenOptions, answer: ListenAddress];
  /** Stops the HTTP server. */
  unlisten: [argument: undefined, answer: undefined];
  /** Drains, stops everything, and returns the last state. */
  close: [argument: undefined, answer: LastState];
}

/** The name of a request. */
export type RequestName = keyof Requests;

/** What another thread can ask of the aggregator. */
export interface AttachedRequests {
  /**
   * Drains everything that was published before; refused if one of the thread's definitions clashes. Told how much the
   * thread has announced, because some of it may take another way.
   */
  flush: [announced: number, answer: undefined];
  /** The same, and then forgets the thread. */
  leave: [announced: number, answer: undefined];
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

/** News of the main thread's instruments. */
export interface AnnounceMessage {
  /** What kind of message it is. */
  readonly type: "announce";
  /** The news. */
  readonly news: Announcement;
}

/** News of another thread's instruments. */
export interface AttachedAnnounceMessage extends AnnounceMessage {
  /** How much it has announced before. */
  readonly at: number;
}

/** From the main thread to the worker. */
export type MainToAggregator =
  | AnnounceMessage
  | RequestMessage<RequestName>
  /** Another thread is to be drained. */
  | { readonly type: "connect"; readonly thread: number; readonly ring: ArrayBufferLike; readonly reader: number }
  /** What it says comes by this port from now on. */
  | { readonly type: "line"; readonly thread: number; readonly port: MessagePort; readonly isFirst: boolean }
  /** What it has said before it knew the port. */
  | { readonly type: "forward"; readonly thread: number; readonly message: AttachedAnnounceMessage }
  /** It has gone before it knew the port. */
  | { readonly type: "leave"; readonly thread: number }
  /** Breaches are listened to, and those sent before have been told. */
  | { readonly type: "awaitBreaches" }
  /** The health is listened to, and what was sent before has been told. */
  | { readonly type: "awaitHealth" }
  /** What a check of the program's own came to. */
  | { readonly type: "report"; readonly report: CheckReport }
  /** There is no such check any more. */
  | { readonly type: "retract"; readonly name: string };

/** From another thread to the worker. */
export type AttachedToAggregator =
  | AttachedAnnounceMessage
  | RequestMessage<keyof AttachedRequests>
  /** The first by a port that is not its first, and how much it has announced before. */
  | { readonly type: "joined"; readonly announced: number }
  /** The thread is still there. */
  | { readonly type: "beat" };

/** From the worker to whoever asked it. */
export type Answer =
  | { readonly type: "reply"; readonly id: number; readonly answer: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly name: string; readonly message: string };

/** From the worker to the main thread. */
export type AggregatorToMain =
  | Answer
  | { readonly type: "ready" }
  /** It could not start. */
  | { readonly type: "unstarted"; readonly message: string }
  /** It has failed, and is no more. */
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "breaches"; readonly breaches: readonly SloBreach[] }
  /** The status has changed. */
  | { readonly type: "health"; readonly state: HealthState }
  /** A thread, `undefined` for the main one, has an instrument that another has defined differently before. */
  | { readonly type: "clash"; readonly thread: number | undefined; readonly instrument: number }
  /** An instrument of a thread's, `undefined` for the main one, was removed by another thread. */
  | { readonly type: "removed"; readonly thread: number | undefined; readonly instrument: number }
  | DepartureMessage;

/** From the worker to the main thread, about what departed threads leave; their order matters. */
export type DepartureMessage =
  /**
   * Another thread has gone, and everything was taken from its ring by that reader. If it has said so itself, it had
   * announced that much in all; else only the end of its line to the ledger tells that nothing more comes.
   */
  | { readonly type: "gone"; readonly thread: number; readonly reader: number; readonly announced: number | undefined }
  /** A counter was removed, and with it what departed threads had counted in it. */
  | { readonly type: "forgotten"; readonly name: string; readonly labelValues: readonly string[] | undefined };

/** From the worker to another thread. */
export type AggregatorToAttached =
  | Answer
  /** The aggregator has ended. */
  | { readonly type: "ended"; readonly message: string };

/** From another thread to the main one, which keeps a ledger for workers to come. */
export type AttachedToMain =
  | AttachedAnnounceMessage
  /** What it says goes by the last port that it got. */
  | { readonly type: "joined" };

/** From the main thread to another, about the worker. */
export type MainToAttached =
  /** It has failed. */
  | { readonly type: "down"; readonly reason: string }
  /** There is one that listens to this port. */
  | { readonly type: "up"; readonly port: MessagePort }
  /** Another thread has removed an instrument. */
  | { readonly type: "removed"; readonly instrument: number }
  /** There will be none any more. */
  | { readonly type: "ended"; readonly reason: string; readonly isUnstartable: boolean };
