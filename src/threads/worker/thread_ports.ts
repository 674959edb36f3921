/**
 * The aggregator's ports to attached threads, each with the link of its thread. A thread that ends closes its port; if
 * a thread is terminated without yielding to its event loop, its port stays open, but its heartbeats stop.
 *
 * After a restart of the aggregator, a thread's first announcements may arrive through the main thread while later ones
 * arrive directly. Their numbers show the order; a message that arrives too early waits.
 *
 * @module
 */

import type { MessagePort } from "node:worker_threads";
import type { Intake } from "../../aggregate/intake.ts";
import type { ThreadLink } from "../../aggregate/thread_links.ts";
import { laneOf } from "../../ring/control.ts";
import { Taken } from "../../ring/layout.ts";
import type {
  AggregatorToAttached,
  AggregatorToMain,
  AttachedAnnounceMessage,
  AttachedRequests,
  AttachedToAggregator,
} from "../protocol.ts";

interface AttachedThread {
  readonly number: number;
  readonly link: ThreadLink;
  readonly reader: number;
  /** Number of announcements that were admitted. */
  announced: number;
  port: MessagePort | undefined;
  /** Whether the thread knows its port, and closes it when it departs. */
  isJoined: boolean;
  isClosed: boolean;
  /** Direct messages that wait for announcements through the main thread. */
  waiting: AttachedToAggregator[];
}

/** Ports of one aggregator to attached threads. */
export class ThreadPorts {
  readonly #intake: Intake;
  readonly #sendToMain: (message: AggregatorToMain) => void;
  readonly #guard: (action: () => void) => void;
  readonly #threads: Map<number, AttachedThread> = new Map();

  /**
   * Creates the ports of an aggregator without attached threads.
   *
   * @param sendToMain Sends a message to the main thread
   * @param guard Runs the action of a message and handles its errors
   */
  constructor(
    intake: Intake,
    sendToMain: (message: AggregatorToMain) => void,
    guard: (action: () => void) => void,
  ) {
    this.#intake = intake;
    this.#sendToMain = sendToMain;
    this.#guard = guard;
  }

  /**
   * Adds the link of a thread, whose ring is drained until it departs.
   *
   * @param reader The aggregator's number as a reader of the ring
   * @param announced Number of announcements that are admitted by other means
   */
  connect(number: number, ring: ArrayBufferLike, reader: number, announced: number = 0): ThreadLink {
    const name = { thread: `worker-${number + 1}`, lane: laneOf(number + 1) };
    const link = this.#intake.connect(ring, { sendsHeartbeats: true, reader, ...name });
    this.#threads.set(number, {
      number,
      link,
      reader,
      announced,
      port: undefined,
      isJoined: false,
      isClosed: false,
      waiting: [],
    });
    return link;
  }

  /** Receives a thread's messages on a port. The thread confirms each port except its first with a message. */
  listen(number: number, port: MessagePort, isFirst: boolean): void {
    const thread = this.#threads.get(number);
    if (thread === undefined) return port.close();
    thread.port?.close();
    thread.port = port;
    thread.isJoined = isFirst;
    thread.waiting = [];
    const onMessage = (message: AttachedToAggregator) => this.#guard(() => this.#receive(thread, message));
    const onClose = () => {
      this.#guard(() => this.#noteClosed(thread, port));
      // The runtime retains a closed port for a while, with everything that its listeners reference: here a ring.
      port.off("message", onMessage);
      port.off("close", onClose);
    };
    port.on("message", onMessage);
    port.on("close", onClose);
  }

  /** Admits an announcement that has arrived through the main thread. */
  forward(number: number, message: AttachedAnnounceMessage): void {
    const thread = this.#threads.get(number);
    if (thread === undefined) return;
    this.#admit(thread, message);
    this.#takeWaiting(thread);
  }

  /** Returns the number of a link's thread; `undefined` for the main thread. */
  numberOf(link: ThreadLink): number | undefined {
    return this.#threads.values().find((thread) => thread.link === link)?.number;
  }

  /** Disconnects a thread that has departed. */
  leave(number: number): void {
    const thread = this.#threads.get(number);
    if (thread !== undefined) this.#disconnect(thread);
  }

  /** Notifies all threads that the aggregator ends. */
  end(reason: string): void {
    for (const { port } of this.#threads.values()) {
      port?.postMessage({ type: "ended", message: reason } satisfies AggregatorToAttached);
      port?.close();
    }
  }

  #receive(thread: AttachedThread, message: AttachedToAggregator): void {
    this.#intake.noteHeartbeat(thread.link);
    if (message.type === "heartbeat") return;
    thread.waiting.push(message);
    this.#takeWaiting(thread);
  }

  /** Handles the waiting messages, up to the first that must still wait. */
  #takeWaiting(thread: AttachedThread): void {
    let taken = 0;
    while (taken < thread.waiting.length && this.#take(thread, thread.waiting[taken])) taken += 1;
    thread.waiting.splice(0, taken);
    if (thread.isClosed && thread.waiting.length === 0) this.#disconnect(thread);
  }

  /** Handles a message, or returns `false` if it must wait. */
  #take(thread: AttachedThread, message: AttachedToAggregator): boolean {
    switch (message.type) {
      case "announce":
        return message.at <= thread.announced && this.#admit(thread, message);
      case "joined":
        thread.isJoined = true;
        return message.announced <= thread.announced;
      case "request":
        if ((message.argument as number) > thread.announced) return false;
        this.#answer(thread, message.id, message.name);
        return true;
      default:
        return true;
    }
  }

  #admit(thread: AttachedThread, { at, announcement }: AttachedAnnounceMessage): true {
    // It may have arrived already, directly or through the main thread.
    if (at !== thread.announced) return true;
    const { number, link: { state, consumer } } = thread;
    state.admit(announcement);
    thread.announced += 1;
    consumer.taken.raise(Taken.admitted, thread.announced);
    if (announcement.kind === "instrument" && state.isClashing(announcement.instrument)) {
      this.#sendToMain({ type: "clash", thread: number, instrument: announcement.instrument });
    }
    return true;
  }

  #answer(thread: AttachedThread, id: number, name: keyof AttachedRequests): void {
    const { port, link } = thread;
    const send = (message: AggregatorToAttached) => port?.postMessage(message);
    if (name === "leave") this.#disconnect(thread, thread.announced);
    else this.#intake.drainAll();
    const { clash } = link.state;
    if (clash === undefined) send({ type: "reply", id, answer: undefined });
    else send({ type: "refusal", id, name: clash.name, message: clash.message });
  }

  #noteClosed(thread: AttachedThread, port: MessagePort): void {
    // A port that the thread has never received closes with its other ports, and the main thread sends a `leave`
    // message.
    if (port !== thread.port || !thread.isJoined) return;
    thread.isClosed = true;
    this.#takeWaiting(thread);
  }

  /**
   * Removes the link of a thread that has departed.
   *
   * @param announced Number of the thread's announcements, if the thread has reported it
   */
  #disconnect(thread: AttachedThread, announced?: number): void {
    if (!this.#threads.delete(thread.number)) return;
    this.#intake.disconnect(thread.link);
    this.#sendToMain({ type: "departed", thread: thread.number, reader: thread.reader, announced });
  }
}
