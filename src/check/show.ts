/**
 * Values as a line of text, for errors. The work is bounded for any value, because input may be huge, or a few YAML
 * aliases that expand to gigabytes: a text is cut before it is escaped, an object is read only until the line is full,
 * and no getter or `toJSON` is called.
 *
 * @module
 */

/** Placeholder of a secret in an error. */
export const HIDDEN: unique symbol = Symbol("hidden");

/** Maximum length of a shown value in characters, with quotes. */
export const SHOWN_LENGTH_MAX = 82;

const LENGTH_MAX = 80;
/** Maximum bits of a bigint that is shown; formatting a larger one takes long. */
const BIGINT_BITS_MAX = 192;

/** Renders a value much like JSON, short enough for one line. Never throws. */
export function show(given: unknown): string {
  if (typeof given === "string") return showText(given);
  const line = new Line();
  try {
    line.add(given);
  } catch {
    // A cycle, or a proxy that is revoked or throws.
    return "an object";
  }
  return line.text;
}

function showText(text: string): string {
  let shown = JSON.stringify(text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX - 1)}…` : text);
  // Control characters and lone surrogates take six characters each.
  for (let length = LENGTH_MAX - 1; shown.length > SHOWN_LENGTH_MAX; length--) {
    shown = JSON.stringify(`${text.slice(0, length)}…`);
  }
  return shown;
}

/** Line of bounded length. */
class Line {
  #text = "";
  /** Objects that enclose the current value. */
  readonly #around: object[] = [];

  get text(): string {
    return this.#isFull ? `${this.#text.slice(0, LENGTH_MAX - 1)}…` : this.#text;
  }

  get #isFull(): boolean {
    return this.#text.length > LENGTH_MAX;
  }

  /** Adds a value. The line must not be full. */
  add(given: unknown): void {
    switch (typeof given) {
      case "string":
        this.#text += JSON.stringify(given.slice(0, LENGTH_MAX));
        break;
      case "bigint":
        this.#text += BigInt.asIntN(BIGINT_BITS_MAX, given) === given ? `${given}n` : "a bigint of many digits";
        break;
      case "function":
        this.#text += "a function";
        break;
      case "symbol":
        this.#text += given === HIDDEN ? "a hidden value" : showSymbol(given);
        break;
      case "object":
        if (given === null) this.#text += "null";
        else if (Array.isArray(given)) this.#addList(given);
        else this.#addObject(given);
        break;
      default:
        this.#text += String(given);
    }
  }

  #addList(list: readonly unknown[]): void {
    this.#text += "[";
    for (let index = 0; index < list.length && !this.#isFull; index++) {
      if (index > 0) this.#text += ",";
      this.#addMember(list, index);
    }
    this.#text += "]";
  }

  #addObject(object: object): void {
    const before = this.#text;
    this.#addMembers(object);
    // The class name says more than the `{}` of an object with only private fields.
    if (this.#text === `${before}{}` && !isPlain(object)) this.#text = `${before}an object of ${nameOf(object)}`;
  }

  #addMembers(object: object): void {
    this.#text += "{";
    let isFirst = true;
    for (const key in object) {
      if (this.#isFull) break;
      if (!Object.hasOwn(object, key)) continue;
      this.#text += `${isFirst ? "" : ","}${JSON.stringify(key.slice(0, LENGTH_MAX))}:`;
      this.#addMember(object, key);
      isFirst = false;
    }
    this.#text += "}";
  }

  #addMember(object: object, key: PropertyKey): void {
    if (this.#around.includes(object)) throw new TypeError("it contains itself");
    const member = Object.getOwnPropertyDescriptor(object, key);
    this.#around.push(object);
    if (member === undefined || "value" in member) this.add(member?.value);
    else this.#text += "…";
    this.#around.pop();
  }
}

function showSymbol(symbol: symbol): string {
  return `Symbol(${symbol.description?.slice(0, LENGTH_MAX) ?? ""})`;
}

function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  // `Object.prototype` of another realm, whose own prototype is null.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(object: object): string {
  const constructor = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(object), "constructor")?.value;
  const name = typeof constructor === "function"
    ? Object.getOwnPropertyDescriptor(constructor, "name")?.value
    : undefined;
  return typeof name === "string" && name !== "" ? `class ${name.slice(0, LENGTH_MAX)}` : "a class without a name";
}
