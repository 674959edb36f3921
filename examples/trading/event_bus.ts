/**
 * Queue between the stages. Events are handled in the order of publication, after the stage that published them has
 * finished.
 *
 * @module
 */

import type { Timer, TraceContext, Tracer } from "@hotpath/metrics";

/** Timers of the bus. */
export interface EventBusTimers {
  /** Time to queue an event. */
  readonly publish: Timer;
  /** Time that a subscriber takes for an event. */
  readonly handle: Timer;
}

type Handler = (event: unknown) => void;

/** Queued event, and the position in a trace at which it was published. */
interface Waiting<Topic> {
  readonly topic: Topic;
  readonly event: unknown;
  readonly context: TraceContext | undefined;
}

/** Bus for several topics; `Topics` maps each topic to the type of its events. */
export class EventBus<Topics extends object> {
  readonly #timers: EventBusTimers;
  readonly #handlers: Map<keyof Topics, Handler[]> = new Map();
  readonly #tracer: Tracer;
  readonly #queue: Waiting<keyof Topics>[] = [];
  #handled = 0;
  #draining: Promise<void> | undefined;

  /** Creates a bus without subscribers. */
  constructor(timers: EventBusTimers, tracer: Tracer) {
    this.#timers = timers;
    this.#tracer = tracer;
  }

  /** Number of queued events. */
  get backlog(): number {
    return this.#queue.length - this.#handled;
  }

  /** Subscribes to later events of a topic. The handler is not awaited, so a slow one does not delay the others. */
  subscribe<Topic extends keyof Topics>(topic: Topic, handler: (event: Topics[Topic]) => void): void {
    const timed = this.#timers.handle.wrap(handler as Handler);
    this.#handlers.set(topic, [...this.#handlers.get(topic) ?? [], timed]);
  }

  /** Queues an event. */
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
    // Handlers publish too, so the queue may grow during the loop.
    while (this.#handled < this.#queue.length) {
      const { topic, event, context } = this.#queue[this.#handled++];
      // Handlers run at the position in the trace at which the event was published.
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
