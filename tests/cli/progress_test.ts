import { assertEquals, assertRejects } from "@std/assert";
import { type Screen, withProgress } from "../../src/cli/progress.ts";

/** A screen, and what was written to it. */
class FakeScreen implements Screen {
  text = "";
  /** Resolves when something is on it. */
  readonly shown: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #isTerminal: boolean;

  constructor(isTerminal: boolean) {
    this.#isTerminal = isTerminal;
  }

  isTerminal(): boolean {
    return this.#isTerminal;
  }

  writeSync(bytes: Uint8Array): number {
    this.text += new TextDecoder().decode(bytes);
    this.shown.resolve();
    return bytes.length;
  }
}

Deno.test("withProgress shows at a terminal what takes long, and takes it away", async () => {
  const screen = new FakeScreen(true);
  const result = await withProgress("Waiting", () => screen.shown.promise.then(() => 5), screen, 1);
  assertEquals(result, 5);
  assertEquals(screen.text, "\r\x1b[KWaiting, 0 s\r\x1b[K");
});

Deno.test("withProgress takes it away when the work fails, too", async () => {
  const screen = new FakeScreen(true);
  const work = () => screen.shown.promise.then(() => Promise.reject(new Error("it broke")));
  await assertRejects(() => withProgress("Waiting", work, screen, 1), Error, "it broke");
  assertEquals(screen.text.endsWith("\r\x1b[K"), true);
});

Deno.test("withProgress shows nothing of what is quick", async () => {
  const screen = new FakeScreen(true);
  await withProgress("Waiting", () => Promise.resolve(), screen);
  assertEquals(screen.text, "");
});

Deno.test("withProgress writes nothing without a terminal", async () => {
  const screen = new FakeScreen(false);
  await withProgress("Waiting", () => new Promise((resolve) => setTimeout(resolve, 10)), screen, 1);
  assertEquals(screen.text, "");
});
