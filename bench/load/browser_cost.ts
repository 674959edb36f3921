/**
 * What a page of Chromium takes: the heap of its scripts after a collection, and the processor time of its renderers.
 *
 * @module
 */

import type { CDPSession, Page } from "playwright-core";

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** Where user and system time stand in `/proc/PID/stat`, behind the name, which may hold blanks. */
const [USER_FIELD, SYSTEM_FIELD] = [11, 12];

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
    if (browser === null) throw new Error("Cannot measure a page: its browser is gone");
    return new BrowserCost(await page.context().newCDPSession(page), await browser.newBrowserCDPSession());
  }

  /** Bytes that are in use once garbage is gone: those of the heap, and those of buffers beside it. */
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
