/**
 * Renews the pictures in `examples/dashboard/`: the page of the demo after a minute, in the light theme from its top and
 * in the dark theme with the heat maps of two timers. Run it with `deno task dashboard:screenshots`.
 *
 * @module
 */

import { Program } from "../cli/program.ts";
import { TestBrowser } from "./browser.ts";

const DIRECTORY = new URL("../../../examples/dashboard/", import.meta.url);
/** Limit of a picture, so that README loads fast. */
const BYTES_MAX = 150_000;
/** Time until the range of the page is filled. */
const FILLED_MS = 62_000;
const HASH = "#range=1m";

if (import.meta.main) {
  await using demo = new Program("src/cli/main.ts", ["serve", "--port", "0"]);
  const url = await demo.url();
  await using browser = await TestBrowser.start();
  await using overview = await browser.open({ viewport: { width: 1_120, height: 800 }, colorScheme: "light" });
  await using heat = await browser.open({ viewport: { width: 1_000, height: 1_200 }, colorScheme: "dark" });
  await overview.page.goto(`${url}/${HASH}`);
  await heat.page.goto(`${url}/${HASH}&q=event_bus`);
  await overview.page.waitForTimeout(FILLED_MS);
  await Deno.mkdir(DIRECTORY, { recursive: true });
  await save("overview.png", await overview.page.screenshot());
  await heat.page.bringToFront();
  await save("heat-map.png", await heat.page.locator("section:has(.distribution)").first().screenshot());
}

async function save(name: string, picture: Uint8Array): Promise<void> {
  if (picture.length > BYTES_MAX) throw new RangeError(`Cannot keep ${name}: it has ${picture.length} bytes`);
  await Deno.writeFile(new URL(name, DIRECTORY), picture);
  console.log(`${name}: ${(picture.length / 1_000).toFixed(0)} KB`);
}
