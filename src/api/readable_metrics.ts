/**
 * Base class of metrics: one method for each reading, all of which call one method with the reading's name.
 *
 * @module
 */

import {
  READING_NAMES,
  type ReadingArgument,
  type ReadingName,
  type ReadingResult,
  type Readings,
} from "./readings.ts";

/** Key of the method that answers every reading. */
export const READ: unique symbol = Symbol("hotpath.read");

abstract class ReadableByName extends EventTarget {
  abstract [READ]<Name extends ReadingName>(name: Name, argument: ReadingArgument<Name>): Promise<ReadingResult<Name>>;
}

for (const name of READING_NAMES) {
  Object.defineProperty(ReadableByName.prototype, name, {
    configurable: true,
    writable: true,
    value(this: ReadableByName, argument: ReadingArgument<typeof name>) {
      return this[READ](name, argument);
    },
  });
}

/** Metrics whose readings call {@linkcode READ}, except `health`, which programs see as an object. */
export const ReadableMetrics = ReadableByName as unknown as abstract new () =>
  & ReadableByName
  & Omit<Readings, "health">;
