/**
 * Screenshots of tests for people, in `artifacts/` of the repository, which git ignores.
 *
 * @module
 */

import type { Page } from "playwright-core";

const DIRECTORY = new URL("../../../artifacts/", import.meta.url);

/** Saves a screenshot as `artifacts/NAME.png`. */
export async function savePicture(page: Page, name: string): Promise<void> {
  await Deno.mkdir(DIRECTORY, { recursive: true });
  await Deno.writeFile(new URL(`${name}.png`, DIRECTORY), await page.screenshot());
}
