/**
 * Shape of a command. Its table of flags is the only place from which help, errors and completions come.
 *
 * @module
 */

import type { Flag, Flags } from "./flags.ts";

/** Command of `hotpath`. */
export interface Command {
  /** Name, such as `serve`. */
  readonly name: string;
  /** What it does, in lower case and without a full stop, for the list of commands. */
  readonly summary: string;
  /** First paragraph of its help. */
  readonly description: string;
  /** What follows the flags in its usage, such as `> rules.yml`. */
  readonly usage?: string;
  /** Its argument, if it takes one. */
  readonly argument?: Argument;
  /** Its flags, without `--help`, which every command has. */
  readonly flags: readonly Flag[];
  /** Last paragraph of its help. */
  readonly notes?: string;

  /**
   * Runs it.
   *
   * @param given Given flags and argument
   * @param commands All commands
   * @throws {UsageError} If the arguments are wrong
   * @throws {Error} If it fails
   */
  run(given: Flags, commands: readonly Command[]): Promise<void> | void;
}

/** Argument of a command. */
export interface Argument {
  /** Placeholder, such as `SHELL`. */
  readonly name: string;
  /** Whether it may be omitted. */
  readonly isOptional?: boolean;
  /** Its possible values. */
  choices(commands: readonly Command[]): readonly string[];
}
