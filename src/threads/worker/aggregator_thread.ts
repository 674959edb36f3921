/**
 * One run of the aggregator in its worker: restores the state of previous runs, and handles the messages of all
 * recording threads. `main.ts` runs it.
 *
 * An error in the handler of a request is returned to the sender. After any other error, above all one in the middle of
 * a drain, the state cannot be trusted: the run reports the failure and ends, and the main thread starts another one.
 *
 * @module
 */

import type { MessagePort } from "node:worker_threads";
import type { Announcement } from "../../model/model.ts";
import { createSpanSinks } from "../../keep/push/sinks.ts";
import { SharedSettings } from "../../ring/shared_settings.ts";
import { Aggregator } from "../../aggregate/aggregator.ts";
import type { Leftover } from "../../aggregate/rings.ts";
import { BreachSender } from "./breach_sender.ts";
import { type RequestHandlers, requestHandlers } from "../handlers.ts";
import { HealthSender } from "../health_sender.ts";
import type { ThreadLink } from "../../aggregate/thread_links.ts";
import type { AggregatorToMain, MainToAggregator, RequestName, WorkerStart } from "../protocol.ts";
import { restore } from "./restore.ts";
import { ThreadPorts } from "./thread_ports.ts";

/** Parts of an {@linkcode AggregatorThread}. */
export interface AggregatorThreadParts {
  /** Port to the main thread. */
  readonly port: MessagePort;
  /** Data from the main thread. */
  readonly start: WorkerStart;
  /** Clock in milliseconds that starts with the thread. */
  readonly nowMs: () => number;
  /** Ends the thread. */
  readonly end: () => void;
}

/** One run of the aggregator. */
export class AggregatorThread {
  readonly #port: MessagePort;
  readonly #end: () => void;
  readonly #drainIntervalMs: number;
  readonly #aggregator: Aggregator;
  /** Link of the main thread. */
  readonly #link: ThreadLink;
  readonly #threads: ThreadPorts;
  readonly #handlers: RequestHandlers;
  readonly #breaches: BreachSender;
  readonly #health: HealthSender;
  #isClosed = false;
  #hasFailed = false;

  /** Restores the state and notifies the main thread that the aggregator is ready. */
  constructor({ port, start, nowMs, end }: AggregatorThreadParts) {
    this.#port = port;
    this.#end = end;
    this.#drainIntervalMs = start.setup.drainIntervalMs;
    const send = (message: AggregatorToMain) => port.postMessage(message);
    const previous = { ...start.previous, uptimeMs: start.previous.uptimeMs + nowMs() };
    const settings = new SharedSettings(start.settings, () => start.settingsMs + nowMs());
    const aggregator = this.#aggregator = new Aggregator(start.setup, nowMs, {
      previous,
      settings,
      sinks: createSpanSinks(start.setup),
      onBroken: (error) => this.fail(error),
      onForgotten: (name, labelValues) => send({ type: "forgotten", name, labelValues }),
      onRemoved: (link, instrument) => send({ type: "removed", thread: this.#threads.numberOf(link), instrument }),
    });
    this.#link = aggregator.intake.connect(start.main.ring, { reader: start.main.reader });
    this.#threads = new ThreadPorts(aggregator.intake, send, (action) => this.#guard(action));
    this.#handlers = requestHandlers(aggregator);
    this.#breaches = new BreachSender(aggregator.intake, send);
    this.#health = new HealthSender(aggregator, send, nowMs);
    this.#restore(start);
    port.on("message", (message: MainToAggregator) => this.#guard(() => this.#receive(message)));
    send({ type: "ready" });
  }

  /** Whether the run has ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the run should drain again at once. */
  get isWorkLeft(): boolean {
    return this.#isClosed || this.#aggregator.intake.isWorkLeft;
  }

  /** Longest time that the run may sleep, in milliseconds. */
  get sleepMs(): number {
    return this.#aggregator.intake.sleepMs(this.#health.sleepMs(this.#drainIntervalMs));
  }

  /** Drains one bounded batch of each ring. */
  drain(): Leftover {
    const leftover = this.#aggregator.intake.drain();
    this.#breaches.send();
    this.#health.send();
    return leftover;
  }

  /** Reports an error after which the run cannot continue, and ends. */
  fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = this.#hasFailed = true;
    this.#send({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    this.#end();
  }

  #restore({ main, threads }: WorkerStart): void {
    restore(this.#aggregator.intake, [
      { start: main, link: this.#link },
      ...threads.map((start) => {
        const { thread, ring, reader, announced } = start;
        return { start, link: this.#threads.connect(thread, ring, reader, announced) };
      }),
    ]);
    for (const { thread, hasDeparted } of threads) if (hasDeparted) this.#threads.leave(thread);
  }

  #receive(message: MainToAggregator): void {
    switch (message.type) {
      case "announce":
        return this.#admit(message.announcement);
      case "connect":
        return void this.#threads.connect(message.thread, message.ring, message.reader);
      case "port":
        return this.#threads.listen(message.thread, message.port, message.isFirst);
      case "forward":
        return this.#threads.forward(message.thread, message.message);
      case "leave":
        return this.#threads.leave(message.thread);
      case "awaitBreaches":
        return this.#breaches.allow();
      case "awaitHealth":
        return this.#health.allow();
      case "report":
        return this.#aggregator.takeReport(message.report);
      case "retract":
        return this.#aggregator.retractReport(message.name);
      case "request":
        return void this.#answer(message.id, message.name, message.argument);
    }
  }

  #admit(announcement: Announcement): void {
    this.#link.state.admit(announcement);
    if (announcement.kind !== "instrument" || !this.#link.state.isClashing(announcement.instrument)) return;
    this.#send({ type: "clash", thread: undefined, instrument: announcement.instrument });
  }

  #send(message: AggregatorToMain): void {
    this.#port.postMessage(message);
  }

  /** Runs an action and ends if it throws. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  async #answer(id: number, name: RequestName, argument: unknown): Promise<void> {
    try {
      const handle = this.#handlers[name] as (argument: unknown) => Promise<unknown>;
      const reply = await handle(argument);
      const { clash } = this.#link.state;
      if (name === "flush" && clash !== undefined) throw clash;
      this.#breaches.sendAll();
      this.#send({ type: "reply", id, answer: reply });
    } catch (error) {
      // The main thread was notified of the failure, and rejects the request or sends it again.
      if (this.#hasFailed) return;
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.#send({ type: "refusal", id, name, message });
    }
    if (name !== "close") return;
    this.#threads.end("it is closed");
    // The main thread ends the worker once it has received the answer.
    this.#isClosed = true;
  }
}
