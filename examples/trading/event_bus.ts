/**
 * A queue between the stages: events are handled in the order of their publication, after the stage that
 * published them has finished.
 *
 * @module
 */

import type { Timer, TraceContext, Tracer } from "@hotpath/metrics";

/** Instruments of the bus. */
export interface EventBusTimers {
  /** Putting an event in the queue. */
  readonly publish: Timer;
  /** One subscriber's work on one event. */
  readonly handle: Timer;
}

type Handler = (event: unknown) => void;

/** An event that waits, and where in a trace it was published. */
interface Waiting<Topic> {
  readonly topic: Topic;
  readonly event: unknown;
  readonly context: TraceContext | undefined;
}

/** A bus for events of several topics; `Topics` says what each topic's events are. */
export class EventBus<Topics extends object> {
  readonly #timers: EventBusTimers;
  readonly #handlers: Map<keyof Topics, Handler[]> = new Map();
  readonly #tracer: Tracer;
  readonly #queue: Waiting<keyof Topics>[] = [];
  #handled = 0;
  #draining: Promise<void> | undefined;

  /** A bus without subscribers. */
  constructor(timers: EventBusTimers, tracer: Tracer) {
    this.#timers = timers;
    this.#tracer = tracer;
  }

  /** Events that wait. */
  get backlog(): number {
    return this.#queue.length - this.#handled;
  }

  /** Has all later events of a topic handled; what takes long must not hold up the others, so it is not awaited. */
  subscribe<Topic extends keyof Topics>(topic: Topic, handler: (event: Topics[Topic]) => void): void {
    const timed = this.#timers.handle.wrap(handler as Handler);
    this.#handlers.set(topic, [...this.#handlers.get(topic) ?? [], timed]);
  }

  /** Puts an event in the queue. */
  publish<Topic extends keyof Topics>(topic: Topic, event: Topics[Topic]): void {
    const start = this.#timers.publish.start();
    this.#queue.push({ topic, event, context: this.#tracer.current });
    this.#draining ??= Promise.resolve().then(() => this.#drain());
    this.#timers.publish.end(start);
  }

  /** Resolves when the queue is empty. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  #drain(): void {
    // Handlers publish too, so the queue may grow while it is worked off.
    while (this.#handled < this.#queue.length) {
      const { topic, event, context } = this.#queue[this.#handled++];
      // Handlers run where the event was published, not where the queue was found empty.
      if (context === undefined) this.#handle(topic, event);
      else this.#tracer.within(context, () => this.#handle(topic, event));
    }
    this.#queue.length = 0;
    this.#handled = 0;
    this.#draining = undefined;
  }

  #handle(topic: keyof Topics, event: unknown): void {
    for (const handle of this.#handlers.get(topic) ?? []) handle(event);
  }
}
