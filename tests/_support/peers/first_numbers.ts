/**
 * The time until a page shows its first number.
 *
 * @module
 */

import type { Page } from "playwright-core";

/** Script that watches inside the page, without the delay of messages. */
const WATCH = `globalThis.firstNumbersMs = new Promise((resolve) => {
  const watch = new MutationObserver(() => {
    if (document.querySelector("[data-stat]") === null) return;
    watch.disconnect();
    // By the next animation frame, the document is drawn as it is now.
    requestAnimationFrame(resolve);
  });
  watch.observe(document, { childList: true, subtree: true });
})`;

/** Installs the script. Must be called before navigation. */
export async function watchFirstNumbers(page: Page): Promise<void> {
  await page.addInitScript(WATCH);
}

/** Returns the milliseconds from the request to the animation frame with the first number. */
export async function firstNumbersMs(page: Page): Promise<number> {
  return await page.evaluate("globalThis.firstNumbersMs");
}
