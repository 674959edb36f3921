/**
 * Words that shells complete.
 *
 * @module
 */

/** Flag, as a shell completes it. */
export interface FlagWords {
  /** Long form, such as `--no-demo`. */
  readonly long: string;
  /** Start of its description. */
  readonly help: string;
  /** What follows it: `none` for a switch, `any` for a value that cannot be guessed. */
  readonly value: "none" | "any" | "files" | "directories" | readonly string[];
  /** Whether it may be given without its value. */
  readonly isValueOptional: boolean;
}

/** Command, as a shell completes it. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  /** Possible values of its argument. */
  readonly choices: readonly string[];
  readonly flags: readonly FlagWords[];
}
