/**
 * The aggregator as the thread that it runs on: takes over what the runs before it have left, and does what the main
 * thread and the others say. `main.ts` gives it a thread and time.
 *
 * What fails while a request is answered is reported to whoever asked. What fails anywhere else, in the middle of a drain
 * above all, leaves nothing to rely on: the thread says so and ends, and the main thread starts another one.
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

/** What an {@linkcode AggregatorThread} is given. */
export interface AggregatorThreadParts {
  /** The main thread's end. */
  readonly port: MessagePort;
  /** What it begins with. */
  readonly start: WorkerStart;
  /** A clock in milliseconds that began with the thread. */
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
  /** The main thread's. */
  readonly #link: ThreadLink;
  readonly #threads: ThreadPorts;
  readonly #handlers: RequestHandlers;
  readonly #breaches: BreachSender;
  readonly #health: HealthSender;
  #isClosed = false;
  #hasFailed = false;

  /** Takes over, and says that it is ready. */
  constructor({ port, start, nowMs, end }: AggregatorThreadParts) {
    this.#port = port;
    this.#end = end;
    this.#drainIntervalMs = start.setup.drainIntervalMs;
    const say = (message: AggregatorToMain) => port.postMessage(message);
    const previous = { ...start.previous, uptimeMs: start.previous.uptimeMs + nowMs() };
    const settings = new SharedSettings(start.settings, () => start.settingsMs + nowMs());
    const aggregator = this.#aggregator = new Aggregator(start.setup, nowMs, {
      previous,
      settings,
      sinks: createSpanSinks(start.setup),
      onBroken: (error) => this.fail(error),
      onForgotten: (name, labelValues) => say({ type: "forgotten", name, labelValues }),
      onRemoved: (link, instrument) => say({ type: "removed", thread: this.#threads.numberOf(link), instrument }),
    });
    this.#link = aggregator.intake.connect(start.main.ring, { reader: start.main.reader });
    this.#threads = new ThreadPorts(aggregator.intake, say, (action) => this.#guard(action));
    this.#handlers = requestHandlers(aggregator);
    this.#breaches = new BreachSender(aggregator.intake, say);
    this.#health = new HealthSender(aggregator, say, nowMs);
    this.#takeOver(start);
    port.on("message", (message: MainToAggregator) => this.#guard(() => this.#receive(message)));
    say({ type: "ready" });
  }

  /** Whether it has ended, and drains no more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether there is so much to do that it should not sleep. */
  get isWorkLeft(): boolean {
    return this.#isClosed || this.#aggregator.intake.isWorkLeft;
  }

  /** How long it may sleep at most. */
  get sleepMs(): number {
    return this.#aggregator.intake.sleepMs(this.#health.sleepMs(this.#drainIntervalMs));
  }

  /** Takes one bounded batch from each ring. */
  drain(): Leftover {
    const leftover = this.#aggregator.intake.drain();
    this.#breaches.send();
    this.#health.send();
    return leftover;
  }

  /** Says why it cannot go on, and ends. */
  fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = this.#hasFailed = true;
    this.#say({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    this.#end();
  }

  #takeOver({ main, threads }: WorkerStart): void {
    restore(this.#aggregator.intake, [
      { start: main, link: this.#link },
      ...threads.map((start) => {
        const { thread, ring, reader, announced } = start;
        return { start, link: this.#threads.connect(thread, ring, reader, announced) };
      }),
    ]);
    for (const { thread, hasGone } of threads) if (hasGone) this.#threads.leave(thread);
  }

  #receive(message: MainToAggregator): void {
    switch (message.type) {
      case "announce":
        return this.#admit(message.news);
      case "connect":
        return void this.#threads.connect(message.thread, message.ring, message.reader);
      case "line":
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

  #admit(news: Announcement): void {
    this.#link.state.admit(news);
    if (news.kind !== "instrument" || !this.#link.state.isClashing(news.instrument)) return;
    this.#say({ type: "clash", thread: undefined, instrument: news.instrument });
  }

  #say(message: AggregatorToMain): void {
    this.#port.postMessage(message);
  }

  /** Runs an action; the thread ends if it throws. */
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
      this.#say({ type: "reply", id, answer: reply });
    } catch (error) {
      // The main thread knows it: what was asked is refused there, or asked again.
      if (this.#hasFailed) return;
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.#say({ type: "refusal", id, name, message });
    }
    if (name !== "close") return;
    this.#threads.end("it is closed");
    // The other side ends the worker once it has the answer.
    this.#isClosed = true;
  }
}
