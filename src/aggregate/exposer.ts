/**
 * Answers to scrapes, one after the other. A long scrape pauses every few milliseconds, so that rings can be drained.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Encoder } from "../encode/encoder.ts";
import { type ChosenEncoder, Encoders } from "../encode/encoders.ts";
import { writeFamilies } from "../encode/exposition.ts";
import type { MetricFamily } from "../model/families.ts";
import type { BucketLimit } from "../model/model.ts";
import { escapeMetricName, ESCAPES, isLegacyMetricName } from "../model/names.ts";
import type { ExposeRequest, Exposition } from "../model/source.ts";
import { WorkTimes } from "./work_times.ts";

/** Milliseconds of work on an exposition between pauses. */
const WORK_MS = 5;

/** Source of expositions. */
export interface Exposable {
  /** Returns all families, after aggregating everything recorded before. */
  families(): Iterable<MetricFamily>;
  /** Drains a batch of each ring. */
  drain(): void;
}

/** Writer of expositions. */
export class Exposer {
  /** Durations of encoding a scrape, without pauses. */
  readonly times: WorkTimes = new WorkTimes("hotpath_scrape_duration_seconds", "Time to encode a scrape");
  readonly #source: Exposable;
  readonly #encoders: Encoders;
  /** Settles when the previous scrape has been answered. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #encoderOfBody: WeakMap<Uint8Array, Encoder> = new WeakMap();

  /** Creates an exposer of a source. */
  constructor(source: Exposable, bucketLimit: BucketLimit) {
    this.#source = source;
    this.#encoders = new Encoders(bucketLimit);
  }

  /** Writes an exposition, after those requested before. */
  expose({ accept, names = [] }: ExposeRequest): Promise<Exposition> {
    const exposition = this.#last.then(() => this.#write(this.#encoders.choose(accept), new Set(names)));
    // A failure is only reported to the caller of its own scrape.
    this.#last = exposition.catch(() => {});
    return exposition;
  }

  /** Accepts the body of an exposition that is no longer read, to overwrite it. */
  reuse({ body }: Exposition): void {
    this.#encoderOfBody.get(body)?.reuse(body);
    // Reused twice, it could be overwritten while it is in use.
    this.#encoderOfBody.delete(body);
  }

  async #write({ encoder, contentType }: ChosenEncoder, names: Set<string>): Promise<Exposition> {
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
      // Discards the rest of this exposition, so that the next one does not begin with it.
      encoder.reuse(encoder.end());
      throw error;
    }
    const body = encoder.end();
    this.#encoderOfBody.set(body, encoder);
    this.times.record((workMs + performance.now() - startMs) / 1_000);
    return { body, contentType };
  }
}

function* chosen(families: Iterable<MetricFamily>, names: Set<string>): Generator<MetricFamily> {
  for (const family of families) if (names.size === 0 || isNamed(family, names)) yield family;
}

/** Whether a family is requested by its name, or by the escaped form that a scraper reads. */
function isNamed({ name }: MetricFamily, names: Set<string>): boolean {
  if (names.has(name)) return true;
  return !isLegacyMetricName(name) && ESCAPES.some((scheme) => names.has(escapeMetricName(name, scheme)));
}
