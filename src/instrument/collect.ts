/**
 * The callbacks of gauges. A callback may give a promise. One that is under way is not called again until it settles;
 * whoever reads waits for it, but no longer than its time-out, and gets the last value then. A value that comes late
 * still counts.
 *
 * A callback that reads the metrics would wait for itself. Such a read is recognised by its asynchronous context, also
 * after an `await`; it calls no callback and waits for none.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { unrefTimer } from "../platform/unref_timer.ts";
import { isThenable } from "./thenable.ts";

/** How long a promise may take before that counts as a failure, once for each time that it takes as long. */
export const COLLECT_TIMEOUT_MS = 1_000;
/** How long a callback that gave a promise is not called again unless somebody reads: it costs more than a look at memory. */
export const COLLECT_INTERVAL_MS = 1_000;

/** A callback, and what its results are for. */
export interface CollectParts {
  /** Gives a value or sets it through what it is given; may give a promise of either. */
  readonly collect: (instrument: unknown) => unknown;
  /** What the callback is given. */
  readonly instrument: unknown;
  /** Takes a result; gives whether it was one. */
  readonly take: (result: unknown) => boolean;
}

/** The callbacks of one thread, by the name of their gauge. */
export class Collectors {
  readonly #collectors: Map<string, Collector> = new Map();
  readonly #context: AsyncLocalStorage<true> = new AsyncLocalStorage();
  readonly #onFailure: () => void;

  /**
   * Without callbacks.
   *
   * @param onFailure Called for each throw, rejection, time-out, result that is none, and read within a callback
   */
  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
  }

  /** Whether this is called by a callback, or by what one has started. */
  get isInside(): boolean {
    return this.#context.getStore() !== undefined;
  }

  /** Sets the callback of a gauge. What the one before it still gives no longer counts. */
  set(name: string, { collect, instrument, take }: CollectParts): void {
    this.delete(name);
    const call = () => this.#context.run(true, collect, instrument);
    this.#collectors.set(name, new Collector(call, take, this.#onFailure));
  }

  /** Removes the callback of a gauge, if it has one. */
  delete(name: string): void {
    this.#collectors.get(name)?.stop();
    this.#collectors.delete(name);
  }

  /** Removes all of them. */
  close(): void {
    for (const collector of this.#collectors.values()) collector.stop();
    this.#collectors.clear();
  }

  /** Calls those that are due. */
  tick(): void {
    // A copy, because callbacks may make gauges and remove them.
    for (const collector of [...this.#collectors.values()]) collector.tick();
  }

  /** Calls all that are not under way, because somebody reads; gives what to wait for, if there is anything. */
  read(): Promise<void> | undefined {
    if (this.#collectors.size === 0) return undefined;
    if (this.isInside) {
      this.#onFailure();
      return undefined;
    }
    const runs = [...this.#collectors.values()].map((collector) => collector.read()).filter((run) => run !== undefined);
    return runs.length === 0 ? undefined : allSettled(runs);
  }
}

/** Waits, and keeps the program alive meanwhile, because time-outs do not. */
async function allSettled(runs: readonly Promise<void>[]): Promise<void> {
  const alive = setInterval(() => {}, COLLECT_TIMEOUT_MS);
  try {
    await Promise.all(runs);
  } finally {
    clearInterval(alive);
  }
}

/** One callback. */
class Collector {
  readonly #call: () => unknown;
  readonly #take: (result: unknown) => boolean;
  readonly #onFailure: () => void;
  /** Of the run under way, until it takes too long: ends when there is nothing to wait for any more. */
  #wait: PromiseWithResolvers<void> | undefined;
  #isUnderWay = false;
  #isStopped = false;
  /** Of the run under way: its time-out. Otherwise the time until the next one, if that is not due. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(call: () => unknown, take: (result: unknown) => boolean, onFailure: () => void) {
    this.#call = call;
    this.#take = take;
    this.#onFailure = onFailure;
  }

  tick(): void {
    if (this.#timer === undefined) this.#start();
  }

  read(): Promise<void> | undefined {
    if (!this.#isUnderWay) this.#start();
    return this.#wait?.promise;
  }

  /** What it still gives no longer counts, and nobody waits for it. */
  stop(): void {
    this.#isStopped = true;
    this.#setTimer(undefined);
    this.#endWait();
  }

  #start(): void {
    // One that was removed by a callback before it.
    if (this.#isStopped) return;
    try {
      const result = this.#call();
      if (isThenable(result)) this.#follow(result);
      else if (!this.#take(result)) this.#onFailure();
    } catch {
      this.#onFailure();
    }
  }

  #follow(result: PromiseLike<unknown>): void {
    if (this.#isStopped) return void Promise.resolve(result).catch(() => {});
    this.#isUnderWay = true;
    this.#wait = Promise.withResolvers();
    this.#setTimer(() => this.#noteOverdue(), COLLECT_TIMEOUT_MS);
    Promise.resolve(result).then(
      (value) => this.#settle(() => this.#take(value)),
      () => this.#settle(() => false),
    );
  }

  #noteOverdue(): void {
    this.#onFailure();
    this.#endWait();
    this.#setTimer(() => this.#noteOverdue(), COLLECT_TIMEOUT_MS);
  }

  #settle(take: () => boolean): void {
    if (this.#isStopped) return;
    this.#isUnderWay = false;
    if (!take()) this.#onFailure();
    this.#setTimer(() => this.#setTimer(undefined), COLLECT_INTERVAL_MS);
    this.#endWait();
  }

  #endWait(): void {
    this.#wait?.resolve();
    this.#wait = undefined;
  }

  /** Has one timer at most; it does not keep the program alive. */
  #setTimer(action: (() => void) | undefined, delayMs?: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (action === undefined) return;
    this.#timer = setTimeout(action, delayMs);
    unrefTimer(this.#timer);
  }
}
