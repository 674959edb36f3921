/**
 * Message to many clients: each of its forms is made once, for the first client that needs it.
 *
 * @module
 */

const ENCODER = new TextEncoder();

/** Message of the feed. */
export class Message {
  /** Type, which is also the name of its event. */
  readonly type: "start" | "frame";
  /** JSON text. */
  readonly text: string;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #event: Uint8Array<ArrayBuffer> | undefined;

  /** Creates a message. */
  constructor(type: "start" | "frame", text: string) {
    this.type = type;
    this.text = text;
  }

  /** Text in UTF-8. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= ENCODER.encode(this.text);
  }

  /** Message as a server-sent event. */
  get event(): Uint8Array<ArrayBuffer> {
    return this.#event ??= ENCODER.encode(`event: ${this.type}\ndata: ${this.text}\n\n`);
  }
}
