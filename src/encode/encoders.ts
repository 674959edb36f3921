/**
 * The encoders of all formats, made when they are first asked for and then kept: they remember what is encoded once.
 *
 * @module
 */

import type { BucketLimit } from "../model/model.ts";
import type { EscapingScheme } from "../model/names.ts";
import type { Encoder } from "./encoder.ts";
import { type ExpositionFormat, negotiateFormat } from "./negotiate.ts";
import { ProtobufEncoder } from "./protobuf.ts";
import { TextFormatEncoder } from "./text.ts";

/** An encoder and what it writes. */
export interface ChosenEncoder {
  /** The encoder. */
  readonly encoder: Encoder;
  /** The media type. */
  readonly contentType: string;
}

/** All encoders. */
export class Encoders {
  readonly #bucketLimit: BucketLimit | undefined;
  readonly #encoders: Map<string, Encoder> = new Map();

  /**
   * Without encoders yet.
   *
   * @param bucketLimit The limit on the native buckets of a series; none unless given
   */
  constructor(bucketLimit?: BucketLimit) {
    this.#bucketLimit = bucketLimit;
  }

  /** The one that is accepted most gladly. */
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
