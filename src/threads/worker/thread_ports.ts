/**
 * The aggregator's ends of the lines to other recording threads. A thread that ends closes its port;
 * one that is terminated while it does not come to rest does not, and is missed by its heartbeats.
 *
 * To a worker that was started again, a thread's first announcements may come by way of the main thread, while later ones
 * come straight. Their numbers say what comes next; what comes too early waits.
 *
 * @module
 */

import type { MessagePort } from "node:worker_threads";
import type { Intake } from "../../aggregate/intake.ts";
import type { ThreadLink } from "../../aggregate/thread_links.ts";
import type {
  AggregatorToAttached,
  AggregatorToMain,
  AttachedAnnounceMessage,
  AttachedRequests,
  AttachedToAggregator,
} from "../protocol.ts";
import { laneOf } from "../../ring/control.ts";
import { Taken } from "../../ring/layout.ts";

/** One thread. */
interface Thread {
  readonly number: number;
  readonly link: ThreadLink;
  readonly reader: number;
  /** How much it has announced, as far as was taken in. */
  announced: number;
  port: MessagePort | undefined;
  /** Whether it knows that port, and closes it when it goes. */
  isJoined: boolean;
  isClosed: boolean;
  /** What has come straight and waits for what is on its way around. */
  waiting: AttachedToAggregator[];
}

/** The other threads of one aggregator. */
export class ThreadPorts {
  readonly #intake: Intake;
  readonly #sayToMain: (message: AggregatorToMain) => void;
  readonly #guard: (action: () => void) => void;
  readonly #threads: Map<number, Thread> = new Map();

  /**
   * Without threads.
   *
   * @param sayToMain Tells the main thread
   * @param guard Runs what a message asks for, and knows what to do if it throws
   */
  constructor(
    intake: Intake,
    sayToMain: (message: AggregatorToMain) => void,
    guard: (action: () => void) => void,
  ) {
    this.#intake = intake;
    this.#sayToMain = sayToMain;
    this.#guard = guard;
  }

  /**
   * Drains a thread's ring until it goes.
   *
   * @param reader The aggregator's number as its reader
   * @param announced How much of what it has announced is taken in otherwise
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

  /** Listens to a thread by a port; by its first one it need not say first that it has it. */
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
      // The runtime keeps a closed port for a while, with all that its listeners hold: here a ring.
      port.off("message", onMessage);
      port.off("close", onClose);
    };
    port.on("message", onMessage);
    port.on("close", onClose);
  }

  /** Takes in an announcement that has come by way of the main thread. */
  forward(number: number, message: AttachedAnnounceMessage): void {
    const thread = this.#threads.get(number);
    if (thread === undefined) return;
    this.#admit(thread, message);
    this.#takeWaiting(thread);
  }

  /** The number of a thread; `undefined` of the main thread. */
  numberOf(link: ThreadLink): number | undefined {
    return this.#threads.values().find((thread) => thread.link === link)?.number;
  }

  /** A thread has gone. */
  leave(number: number): void {
    const thread = this.#threads.get(number);
    if (thread !== undefined) this.#disconnect(thread);
  }

  /** Tells all threads that the aggregator ends. */
  end(reason: string): void {
    for (const { port } of this.#threads.values()) {
      port?.postMessage({ type: "ended", message: reason } satisfies AggregatorToAttached);
      port?.close();
    }
  }

  #receive(thread: Thread, message: AttachedToAggregator): void {
    this.#intake.noteHeartbeat(thread.link);
    if (message.type === "beat") return;
    thread.waiting.push(message);
    this.#takeWaiting(thread);
  }

  /** Takes what has come straight, up to the first that must still wait. */
  #takeWaiting(thread: Thread): void {
    let taken = 0;
    while (taken < thread.waiting.length && this.#take(thread, thread.waiting[taken])) taken += 1;
    thread.waiting.splice(0, taken);
    if (thread.isClosed && thread.waiting.length === 0) this.#disconnect(thread);
  }

  /** Takes a message, unless it must wait. */
  #take(thread: Thread, message: AttachedToAggregator): boolean {
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

  #admit(thread: Thread, { at, news }: AttachedAnnounceMessage): true {
    // It may have come the other way already.
    if (at !== thread.announced) return true;
    const { number, link: { state, consumer } } = thread;
    state.admit(news);
    thread.announced += 1;
    consumer.taken.raise(Taken.admitted, thread.announced);
    if (news.kind === "instrument" && state.isClashing(news.instrument)) {
      this.#sayToMain({ type: "clash", thread: number, instrument: news.instrument });
    }
    return true;
  }

  #answer(thread: Thread, id: number, name: keyof AttachedRequests): void {
    const { port, link } = thread;
    const say = (message: AggregatorToAttached) => port?.postMessage(message);
    if (name === "leave") this.#disconnect(thread, thread.announced);
    else this.#intake.drainAll();
    const { clash } = link.state;
    if (clash === undefined) say({ type: "reply", id, answer: undefined });
    else say({ type: "refusal", id, name: clash.name, message: clash.message });
  }

  #noteClosed(thread: Thread, port: MessagePort): void {
    // A port that the thread has never seen is closed with those that it leaves behind; the main thread tells what is so.
    if (port !== thread.port || !thread.isJoined) return;
    thread.isClosed = true;
    this.#takeWaiting(thread);
  }

  /**
   * A thread has gone.
   *
   * @param announced How much it has announced in all, if it has said so itself
   */
  #disconnect(thread: Thread, announced?: number): void {
    if (!this.#threads.delete(thread.number)) return;
    this.#intake.disconnect(thread.link);
    this.#sayToMain({ type: "gone", thread: thread.number, reader: thread.reader, announced });
  }
}
