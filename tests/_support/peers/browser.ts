/**
 * Debian's Chromium: pages, with their console errors and the origins of their requests.
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

/** A browser of one test. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts a browser, with further flags. */
  static async start(flags: readonly string[] = []): Promise<TestBrowser> {
    try {
      await Deno.stat(EXECUTABLE);
    } catch {
      throw notInstalled("chromium");
    }
    return new TestBrowser(await chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS, ...flags] }));
  }

  /** Opens an empty page. */
  async open(options: BrowserContextOptions = {}): Promise<TestPage> {
    const context = await this.#browser.newContext(options);
    return new TestPage(await context.newPage());
  }

  /** Stops the browser. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** A page with its errors and requests. */
export class TestPage implements AsyncDisposable {
  /** Page. */
  readonly page: Page;
  /** Errors and warnings of its console, and uncaught errors. */
  readonly complaints: string[] = [];
  /** Origins of its requests. */
  readonly origins: Set<string> = new Set();

  /** Records errors and requests of a page. */
  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => this.#noteOrigin(request.url()));
    page.on("websocket", (socket) => this.#noteOrigin(socket.url().replace(/^ws/, "http")));
  }

  /** Closes the page. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }

  #noteOrigin(url: string): void {
    if (!url.startsWith("data:")) this.origins.add(new URL(url).origin);
  }
}
