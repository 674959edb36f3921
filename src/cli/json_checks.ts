/**
 * Checks of what came as JSON. No message quotes what was given: it could hold anything, and goes to a terminal.
 *
 * @module
 */

/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks that something is of a type.
 *
 * @throws {TypeError} If not
 */
export function checkType(value: unknown, type: "string" | "number" | "boolean", path: string): void {
  const given: string = typeof value;
  if (given !== type) throw new TypeError(`${path} must be a ${type}`);
}

/**
 * Checks that something is one of some words.
 *
 * @throws {TypeError} If not
 */
export function checkWord(value: unknown, words: readonly string[], path: string): void {
  if (words.every((word) => word !== value)) {
    throw new TypeError(`${path} must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);
  }
}

/**
 * The fields of an object.
 *
 * @throws {TypeError} If it is none
 */
export function object(value: unknown, path: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TypeError(`${path} must be an object`);
}

/**
 * The items of an array.
 *
 * @throws {TypeError} If it is none
 */
export function array(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${path} must be an array`);
}
