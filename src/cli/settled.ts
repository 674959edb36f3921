/**
 * Refusals of settings, which come from a file or the environment and not from flags.
 *
 * @module
 */

import { SettingsError } from "./flags.ts";

/**
 * Runs an operation on settings. Flags were checked before, so a refusal concerns the environment or the file.
 *
 * @throws {SettingsError} If a setting is refused
 */
export async function settled<Result>(operation: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    const isRefusal = [TypeError, RangeError, SyntaxError].some((refusal) => error instanceof refusal);
    throw isRefusal ? new SettingsError((error as Error).message) : error;
  }
}
