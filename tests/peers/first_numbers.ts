/**
 * When a page showed its first number.
 *
 * @module
 */

import type { Page } from "playwright-core";

/** Watches for it inside the page, where no message has to be waited for. */
const WATCH = `globalThis.firstNumbersMs = new Promise((resolve) => {
  const watch = new MutationObserver(() => {
    if (document.querySelector("[data-stat]") === null) return;
    watch.disconnect();
    // What is in the document now has been drawn when the next frame begins.
    requestAnimationFrame(resolve);
  });
  watch.observe(document, { childList: true, subtree: true });
})`;

/** To be called before the page goes anywhere. */
export async function watchFirstNumbers(page: Page): Promise<void> {
  await page.addInitScript(WATCH);
}

/** Milliseconds from the request of the page to the frame with its first number. */
export async function firstNumbersMs(page: Page): Promise<number> {
  return await page.evaluate("globalThis.firstNumbersMs");
}
