/**
 * Elements of the page. All text goes in as text, so that nothing that a label holds can be markup.
 *
 * @module
 */

/** Attributes by their names; `true` for those that have no value, and what is `undefined` or `false` is left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Makes an element. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** Text from outside, which may be written from right to left without moving what stands next to it. */
export function isolated(text: string): HTMLElement {
  return element("bdi", {}, text);
}

/** Changes a text, if it is another one: a text that is set anew costs a layout. */
export function setText(target: Node, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Changes an attribute, if it has another value. */
export function setAttribute(target: Element, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** A label set: each label by itself, cut where it is too long, and whole when it is pointed at. */
export function labelList(labels: Readonly<Record<string, string>>): HTMLElement {
  const items = Object.entries(labels).map(([name, value]) =>
    element("li", { title: `${name}=${value}` }, element("span", { class: "key" }, isolated(name)), isolated(value))
  );
  return element("ul", { class: "labels" }, ...items);
}

/** The rows of a table, below their headings. */
export interface TableContent {
  /** The headings. */
  readonly head: readonly string[];
  /** The rows, a cell a heading. */
  readonly rows: readonly (readonly string[])[];
}

/** A table that is made when it is opened, and kept up to date as long as it is. */
export class FoldedTable {
  /** What to put into the page. */
  readonly root: HTMLDetailsElement;
  readonly #table: HTMLTableElement;
  readonly #read: () => TableContent;

  /** Folded. */
  constructor(caption: string, read: () => TableContent) {
    this.#read = read;
    this.#table = element("table", { "aria-label": caption });
    const box = element("div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": caption }, this.#table);
    this.root = element("details", { class: "behind" }, element("summary", {}, "Table"), box);
    this.root.addEventListener("toggle", () => this.update());
  }

  /** Brings it up to date, if it is open. */
  update(): void {
    if (!this.root.open) return;
    const { head, rows } = this.#read();
    const cells = (tag: "th" | "td", texts: readonly string[]) =>
      texts.map((text) => element(tag, tag === "th" ? { scope: "col" } : {}, isolated(text)));
    this.#table.replaceChildren(
      element("thead", {}, element("tr", {}, ...cells("th", head))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells("td", row)))),
    );
  }
}
