/**
 * Encoders of all formats, created on first use and kept, because they cache what they have encoded.
 *
 * @module
 */

import type { BucketLimit } from "../model/model.ts";
import type { EscapingScheme } from "../model/names.ts";
import type { Encoder } from "./encoder.ts";
import { type ExpositionFormat, negotiateFormat } from "./negotiate.ts";
import { ProtobufEncoder } from "./protobuf.ts";
import { TextFormatEncoder } from "./text.ts";

/** Encoder with its media type. */
export interface ChosenEncoder {
  readonly encoder: Encoder;
  /** Media type of its output. */
  readonly contentType: string;
}

/** Encoders by media type. */
export class Encoders {
  readonly #bucketLimit: BucketLimit | undefined;
  readonly #encoders: Map<string, Encoder> = new Map();

  /**
   * Creates an empty set.
   *
   * @param bucketLimit Limit on the native buckets of a series; none if omitted
   */
  constructor(bucketLimit?: BucketLimit) {
    this.#bucketLimit = bucketLimit;
  }

  /** Returns the encoder of the most preferred format. */
  choose(accept: string | undefined): ChosenEncoder {
    const { format, escaping, contentType } = negotiateFormat(accept);
    const key = `${format} ${escaping}`;
    let encoder = this.#encoders.get(key);
    if (encoder === undefined) this.#encoders.set(key, encoder = this.#create(format, escaping));
    return { encoder, contentType };
  }

  #create(format: ExpositionFormat, escaping: EscapingScheme): Encoder {
    if (format === "protobuf") return new ProtobufEncoder({ escaping, bucketLimit: this.#bucketLimit });
    return new TextFormatEncoder(format === "text" ? "prometheus" : "openmetrics", escaping);
  }
}
