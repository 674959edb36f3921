/**
 * Secrets among settings: they are kept with the other settings, which may be printed.
 *
 * @module
 */

/** A text that is not seen when what holds it is printed or written as JSON. */
export class Secret {
  readonly #text: string;

  /** Hides a text. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The text, for whoever needs it. */
  reveal(): string {
    return this.#text;
  }
}
