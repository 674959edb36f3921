/**
 * The main thread's ends of the lines to other recording threads. It keeps their rings and ledgers, so that a worker that
 * is started again goes on where the one before has failed, and gives each thread a port to it.
 *
 * A thread that does not come to rest does not see its port. Until it does, what it announces is forwarded; numbers on
 * the announcements keep their order and leave none out or twice. At most one port waits for a thread to take it.
 *
 * @module
 */

import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Taken } from "../../ring/layout.ts";
import type { RingOwner } from "../../ring/ring_owner.ts";
import { RingPool } from "../../ring/ring_pool.ts";
import type { ConnectionParts } from "../client.ts";
import { DepartedTotals } from "./departed_totals.ts";
import { AnnouncementStore } from "./announcement_store.ts";
import type {
  AttachedAnnounceMessage,
  AttachedThreadStart,
  AttachedToMain,
  DepartureMessage,
  MainToAggregator,
  MainToAttached,
} from "../protocol.ts";

/** Says something to the worker that there is. */
type Say = (message: MainToAggregator, transfer?: readonly MessagePort[]) => void;

/** Makes two ports that are joined. */
export type OpenChannel = () => { readonly port1: MessagePort; readonly port2: MessagePort };

/** What a thread knows of the worker: it talks to it, knows that there is none, or was sent a port to it. */
type Standing = "joined" | "down" | "invited";

/** One thread. */
class ThreadConnection {
  readonly number: number;
  readonly owner: RingOwner;
  readonly ledger: AnnouncementStore = new AnnouncementStore();
  readonly port: MessagePort;
  standing: Standing = "joined";
  /** Whether the port that it was sent is that of a worker which has failed since. */
  isStale = false;
  /** Whether what it announces is to be forwarded. */
  isForwarded = false;
  hasGone = false;
  /** What listens to the port. */
  readonly #listeners: Readonly<Record<"message" | "close", (message: AttachedToMain) => void>>;

  constructor(
    number: number,
    owner: RingOwner,
    port: MessagePort,
    onMessage: (thread: ThreadConnection, message: AttachedToMain) => void,
    onClose: (thread: ThreadConnection) => void,
  ) {
    this.number = number;
    this.owner = owner;
    this.port = port;
    this.#listeners = { message: (message) => onMessage(this, message), close: () => onClose(this) };
    port.on("message", this.#listeners.message);
    port.on("close", this.#listeners.close);
    port.unref();
  }

  /** Closes the port, which the runtime keeps for a while, with all that its listeners hold: here a ring. */
  close(): void {
    this.port.close();
    this.port.off("message", this.#listeners.message);
    this.port.off("close", this.#listeners.close);
  }

  /** Whether a reader has known more than the ledger does: the rest is on its way. */
  get isBehind(): boolean {
    return !this.knows(this.owner.taken.at(Taken.admitted));
  }

  /** Whether the ledger has that many announcements, all if it is not known how many, or all that there will ever be. */
  knows(announced: number = Number.POSITIVE_INFINITY): boolean {
    return this.hasGone || this.ledger.announced >= announced;
  }

  tell(message: MainToAttached, transfer: readonly MessagePort[] = []): void {
    this.port.postMessage(message, transfer);
  }

  /** What a worker is to know of it at its start. */
  start(): AttachedThreadStart {
    const { number, owner, ledger, hasGone } = this;
    ledger.forget(owner.freed);
    return {
      thread: number,
      ring: owner.buffer,
      reader: owner.reader,
      news: ledger.announcements(),
      clashing: ledger.clashing,
      announced: ledger.announced,
      hasGone,
    };
  }
}

/** All other threads that record. */
export class ThreadConnections {
  /** What those have left that have gone. */
  readonly departed: DepartedTotals = new DepartedTotals();
  readonly #say: Say;
  readonly #openChannel: OpenChannel;
  readonly #threads: Map<number, ThreadConnection> = new Map();
  readonly #rings: RingPool = new RingPool();
  /** What the aggregator has said that waits for a ledger, oldest first. */
  readonly #unsettled: DepartureMessage[] = [];
  /** Why there is no worker; `undefined` if there is one. */
  #reason: string | undefined;
  #nextNumber = 0;

  /** Without threads, with a worker. */
  constructor(say: Say, openChannel: OpenChannel = () => new MessageChannel()) {
    this.#say = say;
    this.#openChannel = openChannel;
  }

  /** Whether a ledger is not complete yet, but will be as soon as this thread yields to its event loop. */
  get isBehind(): boolean {
    return this.#unsettled.length > 0 || this.#threads.values().some(({ isBehind }) => isBehind);
  }

  /** The rings of all threads that are still read. */
  owners(): RingOwner[] {
    return Array.from(this.#threads.values(), ({ owner }) => owner);
  }

  /** Makes the lines and the ring of one more thread. */
  connect(ringCapacity: number): ConnectionParts {
    const owner = this.#rings.take(ringCapacity);
    const { buffer: ring, cells } = owner;
    const [line, ledger] = [this.#openChannel(), this.#openChannel()];
    const thread = new ThreadConnection(
      this.#nextNumber++,
      owner,
      ledger.port1,
      (thread, message) => this.#receive(thread, message),
      (thread) => this.#noteGone(thread),
    );
    this.#threads.set(thread.number, thread);
    if (this.#reason === undefined) {
      this.#say({ type: "connect", thread: thread.number, ring, reader: thread.owner.reader });
      this.#say({ type: "line", thread: thread.number, port: line.port1, isFirst: true }, [line.port1]);
    } else {
      line.port1.close();
      thread.standing = "down";
      thread.tell({ type: "down", reason: this.#reason });
    }
    return { ring, cells, ports: [line.port2, ledger.port2] as ConnectionParts["ports"] };
  }

  /** The worker has failed. */
  suspend(reason: string): void {
    this.#reason = reason;
    for (const thread of this.#threads.values()) {
      thread.owner.dismissReader();
      if (thread.standing === "invited") thread.isStale = true;
      else if (thread.standing === "joined") this.#tellDown(thread, reason);
    }
  }

  /** What the next worker is to know of all threads. */
  starts(): AttachedThreadStart[] {
    return Array.from(this.#threads.values(), (thread) => thread.start());
  }

  /** There is a worker that knows {@linkcode ThreadConnections.starts}. */
  resume(): void {
    this.#reason = undefined;
    for (const thread of this.#threads.values()) {
      thread.isForwarded = true;
      if (thread.standing === "down") this.#invite(thread);
    }
  }

  /** A thread has an instrument that another has defined differently before. */
  noteClash(number: number, instrument: number): void {
    this.#threads.get(number)?.ledger.clashing.add(instrument);
  }

  /** Another thread has removed an instrument of a thread's. */
  noteRemoved(number: number, instrument: number): void {
    const thread = this.#threads.get(number);
    thread?.ledger.noteRemoved(instrument);
    thread?.tell({ type: "removed", instrument });
  }

  /**
   * Takes in what the aggregator says of departed threads. What a thread had announced comes by another port, maybe
   * later: until it is all there, this message waits, and those behind it do, too.
   */
  settle(message: DepartureMessage): void {
    this.#unsettled.push(message);
    this.#settleDue();
  }

  /** There will be no worker any more, perhaps because none could start. */
  end(reason: string, isUnstartable: boolean): void {
    for (const thread of this.#threads.values()) {
      thread.tell({ type: "ended", reason, isUnstartable });
      // A port that is closed takes along what its other end has not read yet. Without a worker nothing else says it.
      if (!isUnstartable) thread.close();
    }
    this.#threads.clear();
  }

  #settleDue(): void {
    while (this.#unsettled.length > 0 && this.#settleNext(this.#unsettled[0])) this.#unsettled.shift();
  }

  /** Gives whether that could be done. */
  #settleNext(message: DepartureMessage): boolean {
    if (message.type === "forgotten") {
      this.departed.forget(message.name, message.labelValues);
      return true;
    }
    const thread = this.#threads.get(message.thread);
    if (thread === undefined) return true;
    if (!thread.knows(message.announced)) return false;
    this.#threads.delete(message.thread);
    this.departed.add(thread.owner, thread.ledger.left());
    this.#rings.give(thread.owner, message.reader);
    thread.close();
    return true;
  }

  #receive(thread: ThreadConnection, message: AttachedToMain): void {
    if (message.type === "announce") this.#note(thread, message);
    else this.#join(thread);
  }

  #note(thread: ThreadConnection, message: AttachedAnnounceMessage): void {
    const { ledger, owner, number, isForwarded } = thread;
    if (ledger.note(message.news)) {
      owner.note();
      ledger.forget(owner.freed);
    }
    if (isForwarded && this.#reason === undefined) this.#say({ type: "forward", thread: number, message });
    this.#settleDue();
  }

  #join(thread: ThreadConnection): void {
    thread.standing = "joined";
    if (!thread.isStale) thread.isForwarded = false;
    else if (this.#reason === undefined) this.#invite(thread);
    else this.#tellDown(thread, this.#reason);
  }

  #tellDown(thread: ThreadConnection, reason: string): void {
    thread.standing = "down";
    thread.tell({ type: "down", reason });
  }

  #invite(thread: ThreadConnection): void {
    if (thread.hasGone) return;
    const { port1, port2 } = this.#openChannel();
    thread.standing = "invited";
    thread.isStale = false;
    this.#say({ type: "line", thread: thread.number, port: port1, isFirst: false }, [port1]);
    thread.tell({ type: "up", port: port2 }, [port2]);
  }

  /** The worker sees it by itself, unless the thread has not talked to it yet. */
  #noteGone(thread: ThreadConnection): void {
    thread.hasGone = true;
    this.#settleDue();
    if (thread.isForwarded && this.#reason === undefined) this.#say({ type: "leave", thread: thread.number });
  }
}
