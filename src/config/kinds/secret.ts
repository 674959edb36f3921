/**
 * Secrets among settings, which may be printed.
 *
 * @module
 */

/** A string that does not show when the object that contains it is printed or written as JSON. */
export class Secret {
  readonly #text: string;

  /** Hides a string. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the string. */
  reveal(): string {
    return this.#text;
  }
}
