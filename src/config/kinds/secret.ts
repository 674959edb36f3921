/**
 * Secrets in settings, which may be printed.
 *
 * @module
 */

/** String that stays hidden when the object that contains it is printed or serialized as JSON. */
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
