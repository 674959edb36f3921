/**
 * Debian's Chromium and what a page costs in it: the time to its first number, the heap of its scripts after a
 * collection, and the processor time of its renderers.
 *
 * @module
 */

import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Watches inside the page, without the delay of messages. */
const WATCH = `globalThis.firstNumbersMs = new Promise((resolve) => {
  const watch = new MutationObserver(() => {
    if (document.querySelector("[data-stat]") === null) return;
    watch.disconnect();
    // By the next animation frame, the document is drawn as it is now.
    requestAnimationFrame(resolve);
  });
  watch.observe(document, { childList: true, subtree: true });
})`;
/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** Positions of user and system time in `/proc/PID/stat`, behind the name, which may contain blanks. */
const [USER_FIELD, SYSTEM_FIELD] = [11, 12];

/** Starts a browser without a window. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

/** Opens a page in a context of its own, calls a function with it, and closes both. */
export async function withPage<Result>(browser: Browser, use: (page: Page) => Promise<Result>): Promise<Result> {
  const context = await browser.newContext();
  try {
    return await use(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Opens a URL; returns the milliseconds from the request to the animation frame with the first number. */
export async function firstNumbersMs(page: Page, url: string): Promise<number> {
  await page.addInitScript(WATCH);
  await page.goto(url);
  return await page.evaluate("globalThis.firstNumbersMs");
}

/** Readings of a page from outside. */
export class BrowserCost {
  readonly #session: CDPSession;
  readonly #browser: CDPSession;

  private constructor(session: CDPSession, browser: CDPSession) {
    this.#session = session;
    this.#browser = browser;
  }

  /** Attaches to a page. */
  static async of(page: Page): Promise<BrowserCost> {
    const browser = page.context().browser();
    if (browser === null) throw new Error("Cannot measure a page: its browser is closed");
    return new BrowserCost(await page.context().newCDPSession(page), await browser.newBrowserCDPSession());
  }

  /** Bytes in use after a collection: those of the heap, and those of buffers beside it. */
  async heapBytes(): Promise<number> {
    await this.#session.send("HeapProfiler.collectGarbage");
    const usage: { usedSize: number; backingStorageSize?: number } = await this.#session.send("Runtime.getHeapUsage");
    return usage.usedSize + (usage.backingStorageSize ?? 0);
  }

  /** Seconds of a processor that all renderers have taken. */
  async rendererSeconds(): Promise<number> {
    const { processInfo } = await this.#browser.send("SystemInfo.getProcessInfo");
    const renderers = processInfo.filter(({ type }) => type === "renderer");
    const seconds = await Promise.all(renderers.map(({ id }) => processorSeconds(id)));
    return seconds.reduce((sum, each) => sum + each, 0);
  }
}

async function processorSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])) / TICKS_PER_SECOND;
}
