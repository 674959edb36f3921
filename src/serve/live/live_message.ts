/**
 * A message on its way to many clients: each form of it is made once, for the first client that needs it.
 *
 * @module
 */

const ENCODER = new TextEncoder();

/** A message of the feed. */
export class Message {
  /** Its type, as events are called. */
  readonly type: "start" | "frame";
  /** Its JSON text. */
  readonly text: string;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #event: Uint8Array<ArrayBuffer> | undefined;

  /** One that nobody has yet. */
  constructor(type: "start" | "frame", text: string) {
    this.type = type;
    this.text = text;
  }

  /** The text in UTF-8. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= ENCODER.encode(this.text);
  }

  /** The same as a server-sent event. */
  get event(): Uint8Array<ArrayBuffer> {
    return this.#event ??= ENCODER.encode(`event: ${this.type}\ndata: ${this.text}\n\n`);
  }
}
