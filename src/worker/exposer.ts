/**
 * Answers scrapes, one after the other. A long one rests every few milliseconds, so that rings are drained meanwhile.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { Encoders } from "../encode/encoders.ts";
import { writeFamilies } from "../encode/exposition.ts";
import type { MetricFamily } from "../families.ts";
import type { BucketLimit, ExposeRequest, Exposition } from "../model.ts";

/** How long an exposition is written before other work gets its turn. */
const WORK_MS = 5;

/** What is exposed. */
export interface Exposable {
  /** What there is, once everything recorded before is aggregated. */
  families(): Iterable<MetricFamily>;
  /** Takes what was recorded meanwhile. */
  drain(): void;
  /** Told how long an exposition took to write, rests left out. */
  noteScrape(seconds: number): void;
}

/** Writes expositions. */
export class Exposer {
  readonly #source: Exposable;
  readonly #encoders: Encoders;
  /** Settles when the scrape before has been answered. */
  #last: Promise<unknown> = Promise.resolve();
  /** By what is asked for: the answer to come, as long as it is not begun. */
  readonly #waiting: Map<string, Promise<Exposition>> = new Map();

  /** Exposes a source. */
  constructor(source: Exposable, bucketLimit: BucketLimit) {
    this.#source = source;
    this.#encoders = new Encoders(bucketLimit);
  }

  /** Writes an exposition; those who ask for the same before it is begun share it. */
  expose({ accept, names = [] }: ExposeRequest): Promise<Exposition> {
    const format = this.#encoders.choose(accept);
    const key = JSON.stringify([format.contentType, names]);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return waiting;
    const exposition = this.#last.then(() => {
      this.#waiting.delete(key);
      return this.#write(format, new Set(names));
    });
    this.#waiting.set(key, exposition);
    // A scrape that fails is told to those who asked for it.
    this.#last = exposition.catch(() => {});
    return exposition;
  }

  async #write({ encoder, contentType }: ReturnType<Encoders["choose"]>, names: Set<string>): Promise<Exposition> {
    let startMs = performance.now();
    let workMs = 0;
    const families = chosen(this.#source.families(), names);
    try {
      for (const _ of writeFamilies(families, encoder, () => performance.now() - startMs >= WORK_MS)) {
        workMs += performance.now() - startMs;
        this.#source.drain();
        await new Promise<void>((resolve) => setImmediate(resolve));
        startMs = performance.now();
      }
    } catch (error) {
      // Not to begin the next one with what is left of this.
      encoder.end();
      throw error;
    }
    const body = encoder.end();
    this.#source.noteScrape((workMs + performance.now() - startMs) / 1_000);
    return { body, contentType };
  }
}

function* chosen(families: Iterable<MetricFamily>, names: Set<string>): Generator<MetricFamily> {
  for (const family of families) if (names.size === 0 || names.has(family.name)) yield family;
}
