/**
 * Controls of the page: search, time range, grouping, pause and theme.
 *
 * @module
 */

import { element, setText } from "../view/dom.ts";
import { RANGES } from "../data/ranges.ts";
import type { Theme, ViewState } from "../view/view_state.ts";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const LABEL_LENGTH_MAX = 40;

/** Toolbar of the page. */
export class Toolbar {
  /** Element to place in the page. */
  readonly root: HTMLElement;
  readonly #search: HTMLInputElement;
  readonly #groupBy: HTMLSelectElement;
  readonly #pause: HTMLButtonElement;
  readonly #theme: HTMLButtonElement;
  readonly #ranges: ReadonlyMap<string, HTMLInputElement>;
  #view: ViewState;

  /**
   * Creates the controls of a view.
   *
   * @param onChange Called with the changes of the user
   */
  constructor(view: ViewState, onChange: (change: Partial<ViewState>) => void) {
    this.#view = view;
    this.#search = element("input", {
      type: "search",
      placeholder: "Search name, label=value",
      "aria-label": "Search by name or label",
      spellcheck: "false",
    });
    this.#search.addEventListener("input", () => onChange({ search: this.#search.value }));
    this.#groupBy = element("select", { "aria-label": "Group by label" });
    this.#groupBy.addEventListener("change", () => onChange({ groupBy: this.#groupBy.value }));
    this.#pause = element("button", { type: "button" });
    this.#pause.addEventListener("click", () => onChange({ isPaused: !this.#view.isPaused }));
    this.#theme = element("button", { type: "button" });
    this.#theme.addEventListener("click", () => onChange({ theme: following(this.#view.theme) }));
    this.#ranges = new Map(
      RANGES.map((range) => {
        const input = element("input", { type: "radio", name: "range", value: range.name });
        input.addEventListener("change", () => onChange({ range }));
        return [range.name, input];
      }),
    );
    const ranges = [...this.#ranges].map(([name, input]) => element("label", {}, input, element("span", {}, name)));
    this.root = element(
      "div",
      { class: "toolbar", role: "group", "aria-label": "View options" },
      this.#search,
      element("fieldset", { class: "ranges" }, element("legend", {}, "Time range"), ...ranges),
      this.#groupBy,
      this.#pause,
      this.#theme,
    );
    this.showLabels([]);
    this.update(view);
  }

  /** Shows a view. */
  update(view: ViewState): void {
    this.#view = view;
    const { search, range, groupBy, isPaused, theme } = view;
    if (this.#search.value !== search) this.#search.value = search;
    const input = this.#ranges.get(range.name);
    if (input !== undefined) input.checked = true;
    this.#groupBy.value = groupBy;
    setText(this.#pause, isPaused ? "Resume" : "Pause");
    this.#pause.setAttribute("aria-pressed", String(isPaused));
    setText(this.#theme, `Theme: ${theme}`);
  }

  /** Offers labels to group by; the selected one stays. */
  showLabels(names: readonly string[]): void {
    const { groupBy } = this.#view;
    const all = groupBy === "" || names.includes(groupBy) ? names : [...names, groupBy];
    const options = all.map((name) =>
      element("option", { value: name, title: name }, `Group by: ${name.slice(0, LABEL_LENGTH_MAX)}`)
    );
    this.#groupBy.replaceChildren(element("option", { value: "" }, "Group by: none"), ...options);
    this.#groupBy.value = groupBy;
  }
}

function following(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
}
