/**
 * Debian's Chromium: a page of it, and what the page has complained about or asked of anybody.
 *
 * @module
 */

import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { notInstalled } from "./peer.ts";

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

/** A browser of a test's own. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts it, with some flags more. */
  static async start(flags: readonly string[] = []): Promise<TestBrowser> {
    try {
      await Deno.stat(EXECUTABLE);
    } catch {
      throw notInstalled("chromium");
    }
    return new TestBrowser(await chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS, ...flags] }));
  }

  /** Opens a page that has not gone anywhere yet. */
  async open(options: BrowserContextOptions = {}): Promise<TestPage> {
    const context = await this.#browser.newContext(options);
    return new TestPage(await context.newPage());
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** A page, and what is wrong with it. */
export class TestPage implements AsyncDisposable {
  /** The page. */
  readonly page: Page;
  /** Errors and warnings of its console, and errors that nobody has caught. */
  readonly complaints: string[] = [];
  /** The origins that it has asked for anything. */
  readonly origins: Set<string> = new Set();

  /** Watches a page. */
  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => this.#noteOrigin(request.url()));
    page.on("websocket", (socket) => this.#noteOrigin(socket.url().replace(/^ws/, "http")));
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }

  #noteOrigin(url: string): void {
    if (!url.startsWith("data:")) this.origins.add(new URL(url).origin);
  }
}
