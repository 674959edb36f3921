/**
 * What tests leave behind for people to look at: pictures of pages, in `artifacts/` of the repository, which git
 * ignores. They are written each time, and nothing reads them.
 *
 * @module
 */

import type { Page } from "playwright-core";

const DIRECTORY = new URL("../../artifacts/", import.meta.url);

/** Writes what can be seen of a page to `artifacts/NAME.png`. */
export async function savePicture(page: Page, name: string): Promise<void> {
  await Deno.mkdir(DIRECTORY, { recursive: true });
  await Deno.writeFile(new URL(`${name}.png`, DIRECTORY), await page.screenshot());
}
