/**
 * Look-up of handles by label values: nested maps, one level per label, so that a look-up builds no key and allocates
 * nothing.
 *
 * @module
 */

type Node<Handle> = Map<string, Node<Handle> | Handle>;

/** Handles of one instrument, by their label values. */
export class Catalog<Handle extends object> {
  readonly #names: readonly string[];
  /** Levels of maps; without labels there is one, with the single key `""`. */
  readonly #depth: number;
  readonly #root: Node<Handle> = new Map();

  /**
   * Creates an empty catalog for labels of these names.
   *
   * @param names Names of the labels
   */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#depth = Math.max(1, names.length);
  }

  /** Returns the handle of a label set that was added; labels with other names are ignored. */
  find(labels: Readonly<Record<string, unknown>>): Handle | undefined {
    // Untyped callers may pass something other than an object, which is rejected when no handle is found.
    const names = this.#names;
    if (names.length === 0) return this.#root.get("") as Handle | undefined;
    // One statement for each of the first levels: V8 caches the offset of a property per statement, and a loop has only
    // one.
    let found = below(this.#root, labels?.[names[0]]);
    if (names.length > 1) found = below(found, labels?.[names[1]]);
    if (names.length > 2) found = below(found, labels?.[names[2]]);
    for (let level = 3; level < names.length; level++) found = below(found, labels?.[names[level]]);
    return found as Handle | undefined;
  }

  /** Returns the handle of a label set that was added, as values in the order of the names. */
  get(values: readonly string[]): Handle | undefined {
    let found: Node<Handle> | Handle | undefined = this.#root;
    for (const value of pathOf(values)) found = below(found, value);
    return found as Handle | undefined;
  }

  /** Sets the handle of a label set, as values in the order of the names. */
  add(values: readonly string[], handle: Handle): void {
    const path = pathOf(values);
    let node = this.#root;
    for (let level = 0; level < this.#depth - 1; level++) {
      let next = node.get(path[level]) as Node<Handle> | undefined;
      if (next === undefined) node.set(path[level], next = new Map());
      node = next;
    }
    node.set(path[this.#depth - 1], handle);
  }

  /** Deletes a label set that was added. */
  delete(values: readonly string[]): void {
    this.#prune(this.#root, pathOf(values), 0);
  }

  /** Deletes all label sets. */
  clear(): void {
    this.#root.clear();
  }

  /** Yields all handles. */
  handles(): Generator<Handle> {
    return this.#handlesBelow(this.#root, 1);
  }

  /** Yields all handles with their label values. */
  *entries(): Generator<[values: readonly string[], handle: Handle]> {
    for (const [path, handle] of this.#entriesBelow(this.#root, [])) yield [path.slice(0, this.#names.length), handle];
  }

  /** Deletes the path below a node, with nodes that become empty. */
  #prune(node: Node<Handle>, path: readonly string[], level: number): void {
    if (level < this.#depth - 1) {
      const below = node.get(path[level]) as Node<Handle>;
      this.#prune(below, path, level + 1);
      if (below.size > 0) return;
    }
    node.delete(path[level]);
  }

  *#handlesBelow(node: Node<Handle>, level: number): Generator<Handle> {
    for (const below of node.values()) {
      if (level === this.#depth) yield below as Handle;
      else yield* this.#handlesBelow(below as Node<Handle>, level + 1);
    }
  }

  *#entriesBelow(node: Node<Handle>, above: readonly string[]): Generator<[path: readonly string[], handle: Handle]> {
    for (const [value, below] of node) {
      const path = [...above, value];
      if (path.length === this.#depth) yield [path, below as Handle];
      else yield* this.#entriesBelow(below as Node<Handle>, path);
    }
  }
}

function pathOf(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [""] : values;
}

/** Returns the child of a node for the value of a label; `undefined` for an invalid value. */
function below<Handle>(node: Node<Handle> | Handle | undefined, value: unknown): Node<Handle> | Handle | undefined {
  // No key is `undefined`, so nothing is found for a value without text.
  return (node as Node<Handle> | undefined)?.get((typeof value === "string" ? value : textOf(value)) as string);
}

/** Returns the text of a number or boolean; `undefined` for invalid values. */
function textOf(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
