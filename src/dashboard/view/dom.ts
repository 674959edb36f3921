/**
 * Elements of the page. All texts become text nodes, so that no label value can be markup.
 *
 * @module
 */

/** Attributes by name; `true` sets one without a value, `undefined` and `false` omit it. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Creates an element. */
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

/** Isolates text of the program, whose writing direction must not affect the text around it. */
export function isolated(text: string): HTMLElement {
  return element("bdi", {}, text);
}

/** Sets a text unless it is unchanged, because that would cost a layout. */
export function setText(target: Node, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Sets an attribute unless it is unchanged. */
export function setAttribute(target: Element, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** Sets the verdict for style sheets: `no-data` for "no data". */
export function setVerdict(target: Element, verdict: string): void {
  setAttribute(target, "data-verdict", verdict.toLowerCase().replace(" ", "-"));
}

/** Returns a label set as a list. Long labels are truncated, with the full text as a tooltip. */
export function labelList(labels: Readonly<Record<string, string>>): HTMLElement {
  const items = Object.entries(labels).map(([name, value]) =>
    element("li", { title: `${name}=${value}` }, element("span", { class: "key" }, isolated(name)), isolated(value))
  );
  return element("ul", { class: "labels" }, ...items);
}

/** Content of a table. */
export interface TableContent {
  /** Headings of the columns. */
  readonly head: readonly string[];
  /** Rows with a cell for each heading. */
  readonly rows: readonly (readonly string[])[];
}

/** Table that is built when it is opened, and updated while it is open. */
export class FoldedTable {
  /** Element to place in the page. */
  readonly root: HTMLDetailsElement;
  readonly #table: HTMLTableElement;
  readonly #read: () => TableContent;

  /**
   * Creates a folded table.
   *
   * @param read Returns the current content
   */
  constructor(caption: string, read: () => TableContent) {
    this.#read = read;
    this.#table = element("table", { "aria-label": caption });
    const box = element("div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": caption }, this.#table);
    this.root = element("details", { class: "behind" }, element("summary", {}, "Table"), box);
    this.root.addEventListener("toggle", () => this.update());
  }

  /** Updates the table if it is open. */
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
