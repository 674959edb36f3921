/**
 * Callbacks of gauges. A callback may return a promise, and is not called again until that settles. Readers wait for it,
 * but no longer than the time-out, and then get the last value. A late value still counts.
 *
 * A callback that reads the metrics would wait for itself. Such a read is recognised by its asynchronous context, even
 * after an `await`; it calls no callback and waits for none.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { unrefTimer } from "../platform/unref_timer.ts";
import { isThenable } from "./thenable.ts";

/** Milliseconds after which a pending promise counts as a failure, repeatedly for as long as it is pending. */
export const COLLECT_TIMEOUT_MS = 1_000;
/**
 * Milliseconds between an asynchronous callback and its next call, unless the metrics are read: such a callback costs
 * more than reading memory.
 */
export const COLLECT_INTERVAL_MS = 1_000;

/** Callback of a gauge, and the function that applies its results. */
export interface CollectParts {
  /** Returns a value, or sets it on the instrument; may return a promise of either. */
  readonly collect: (instrument: unknown) => unknown;
  /** Argument of the callback. */
  readonly instrument: unknown;
  /** Applies a result; returns whether it was valid. */
  readonly take: (result: unknown) => boolean;
}

/** Callbacks of one thread, by the name of their gauge. */
export class Collectors {
  readonly #collectors: Map<string, Collector> = new Map();
  readonly #context: AsyncLocalStorage<true> = new AsyncLocalStorage();
  readonly #onFailure: () => void;

  /**
   * Creates an empty list.
   *
   * @param onFailure Called for each throw, rejection, time-out, invalid result, and read within a callback
   */
  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
  }

  /** Whether the caller is a callback, or asynchronous work that one started. */
  get isInside(): boolean {
    return this.#context.getStore() !== undefined;
  }

  /** Sets the callback of a gauge. Pending results of the previous one are ignored. */
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

  /** Removes all callbacks. */
  close(): void {
    for (const collector of this.#collectors.values()) collector.stop();
    this.#collectors.clear();
  }

  /** Calls the callbacks that are due. */
  tick(): void {
    // A copy, because callbacks may create and remove gauges.
    for (const collector of [...this.#collectors.values()]) collector.tick();
  }

  /** Calls all callbacks that are not pending, for a read; returns a promise to wait for, if there is any. */
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

/** Waits for all runs and keeps the program alive meanwhile, because their time-outs do not. */
async function allSettled(runs: readonly Promise<void>[]): Promise<void> {
  const alive = setInterval(() => {}, COLLECT_TIMEOUT_MS);
  try {
    await Promise.all(runs);
  } finally {
    clearInterval(alive);
  }
}

/** Callback of one gauge. */
class Collector {
  readonly #call: () => unknown;
  readonly #take: (result: unknown) => boolean;
  readonly #onFailure: () => void;
  /** Resolves when readers no longer need to wait for the pending run. */
  #wait: PromiseWithResolvers<void> | undefined;
  #isUnderWay = false;
  #isStopped = false;
  /** Time-out of the pending run, or else the pause until the next one is due. */
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

  /** Ignores pending results, and releases waiting readers. */
  stop(): void {
    this.#isStopped = true;
    this.#setTimer(undefined);
    this.#endWait();
  }

  #start(): void {
    // An earlier callback may have removed it.
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

  /** Replaces the timer, which does not keep the program alive. */
  #setTimer(action: (() => void) | undefined, delayMs?: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (action === undefined) return;
    this.#timer = setTimeout(action, delayMs);
    unrefTimer(this.#timer);
  }
}
