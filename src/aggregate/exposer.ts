/**
 * Answers scrapes, one after the other. A long one rests every few milliseconds, so that rings are drained meanwhile.
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

/** How long an exposition is written before other work gets its turn. */
const WORK_MS = 5;

/** What is exposed. */
export interface Exposable {
  /** What there is, once everything recorded before is aggregated. */
  families(): Iterable<MetricFamily>;
  /** Takes what was recorded meanwhile. */
  drain(): void;
}

/** Writes expositions. */
export class Exposer {
  /** How long scrapes took to encode, without pauses. */
  readonly times: WorkTimes = new WorkTimes("hotpath_scrape_duration_seconds", "Time to encode a scrape");
  readonly #source: Exposable;
  readonly #encoders: Encoders;
  /** Settles when the scrape before has been answered. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #encoderOfBody: WeakMap<Uint8Array, Encoder> = new WeakMap();

  /** Exposes a source. */
  constructor(source: Exposable, bucketLimit: BucketLimit) {
    this.#source = source;
    this.#encoders = new Encoders(bucketLimit);
  }

  /** Writes an exposition. */
  expose({ accept, names = [] }: ExposeRequest): Promise<Exposition> {
    const exposition = this.#last.then(() => this.#write(this.#encoders.choose(accept), new Set(names)));
    // A scrape that fails is told to whoever asked for it.
    this.#last = exposition.catch(() => {});
    return exposition;
  }

  /** See {@linkcode MetricsSource.reuse}. */
  reuse({ body }: Exposition): void {
    this.#encoderOfBody.get(body)?.reuse(body);
    // Told twice, it must not be written over once it is handed out again.
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
      // Not to begin the next one with what is left of this.
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

/** By its name, or by what a scraper that escapes names reads in its place. */
function isNamed({ name }: MetricFamily, names: Set<string>): boolean {
  if (names.has(name)) return true;
  return !isLegacyMetricName(name) && ESCAPES.some((scheme) => names.has(escapeMetricName(name, scheme)));
}
