/**
 * The encoders of all formats, made when they are first asked for: they keep what they have encoded once.
 *
 * @module
 */

import type { Encoder } from "./encoder.ts";
import { PROMETHEUS_CONTENT_TYPE, TextFormatEncoder } from "./text.ts";

/** An encoder and what it writes. */
export interface ChosenEncoder {
  /** The encoder. */
  readonly encoder: Encoder;
  /** The media type. */
  readonly contentType: string;
}

/** All encoders. */
export class Encoders {
  readonly #text: Encoder = new TextFormatEncoder("prometheus", (name) => name);

  /** The one that is accepted. */
  choose(_accept: string | undefined): ChosenEncoder {
    return { encoder: this.#text, contentType: PROMETHEUS_CONTENT_TYPE };
  }
}
