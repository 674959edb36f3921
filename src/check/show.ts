/**
 * Values in a line of text, for errors, with work that is bounded whatever the value is: a text is cut before it is
 * escaped, an object is left as soon as the line is full, and nothing of the value is called, neither a getter nor
 * `toJSON`. A value that comes from outside may be all that memory holds, or a few anchors of YAML that name each other.
 *
 * @module
 */

/** Stands for what was given, where that is a secret. */
export const HIDDEN: unique symbol = Symbol("hidden");

/** Characters that a value is shown in at most, quotes included. */
export const SHOWN_LENGTH_MAX = 82;

const LENGTH_MAX = 80;
/** Beyond it the digits alone take long. */
const BIGINT_BITS_MAX = 192;

/** Renders a value much as JSON does, short enough for one line. Never throws. */
export function show(given: unknown): string {
  if (typeof given === "string") return showText(given);
  const line = new Line();
  try {
    line.add(given);
  } catch {
    // It holds itself, or is a proxy that was revoked or refuses to be looked at.
    return "an object";
  }
  return line.text;
}

function showText(text: string): string {
  let shown = JSON.stringify(text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX - 1)}…` : text);
  // Control characters and lone surrogates take six each.
  for (let length = LENGTH_MAX - 1; shown.length > SHOWN_LENGTH_MAX; length--) {
    shown = JSON.stringify(`${text.slice(0, length)}…`);
  }
  return shown;
}

/** A line that fills up. */
class Line {
  #text = "";
  /** What the value at hand lies in. */
  readonly #around: object[] = [];

  get text(): string {
    return this.#isFull ? `${this.#text.slice(0, LENGTH_MAX - 1)}…` : this.#text;
  }

  get #isFull(): boolean {
    return this.#text.length > LENGTH_MAX;
  }

  /** Each call makes the line longer, and none is made once it is full. */
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
        this.#text += given === HIDDEN ? "something that is not shown" : showSymbol(given);
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
    // What a class hides is not shown either, but then its name says more.
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
    if (this.#around.includes(object)) throw new TypeError("it holds itself");
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
  // The one of another realm has no prototype either.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(object: object): string {
  const constructor = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(object), "constructor")?.value;
  const name = typeof constructor === "function"
    ? Object.getOwnPropertyDescriptor(constructor, "name")?.value
    : undefined;
  return typeof name === "string" && name !== "" ? `class ${name.slice(0, LENGTH_MAX)}` : "a class without a name";
}
