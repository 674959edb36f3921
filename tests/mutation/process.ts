/**
 * A process of `runner.ts`, started again when it blocked, died or was spoilt.
 *
 * @module
 */

import { linesOf } from "./lines.ts";
import type { Answer, Request } from "./runner.ts";

/** Begins a line with an answer, as in `runner.ts`. */
const ANSWER_MARK = "\u0001";
/** Published vectors, which lie beside the tree and not in its copy. */
const CASES = Deno.env.get("HOTPATH_CASES") ?? new URL("../../../shared/cases", import.meta.url).pathname;
/** A process that answers nothing for this long beyond what it announced blocks. */
const GRACE_MS = 15_000;

/** An answer, or that the process blocked or died. */
export type Outcome = Exclude<Answer, { kind: "running" }> | { readonly kind: "blocked" | "died" };

/** Runs requests one after another. */
export class RunnerProcess {
  #child: Deno.ChildProcess | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #lines: AsyncGenerator<string> | undefined;

  /** Takes the root of the instrumented tree. */
  constructor(readonly root: string) {}

  /** Ends the process; the next request starts another, with a mutant active from the start if there is one. */
  async restart(mutant = 0): Promise<void> {
    await this.stop();
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", "--quiet", "tests/mutation/runner.ts"],
      cwd: this.root,
      env: { HOTPATH_CASES: CASES, HOTPATH_MUTANT: String(mutant), NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await child.status;
    await this.#lines?.return(undefined);
    await this.#writer?.close().catch(() => {});
  }

  /** Asks the process, which is started if there is none. */
  async ask(request: Request): Promise<Outcome> {
    if (!this.#child) await this.restart();
    try {
      await this.#writer!.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    } catch {
      await this.stop();
      return { kind: "died" };
    }
    for (let waitMs = GRACE_MS;;) {
      const answer = await this.#next(waitMs);
      if (answer.kind === "running") waitMs = answer.limitMs + GRACE_MS;
      else {
        if (answer.kind === "blocked" || answer.kind === "died") await this.stop();
        return answer;
      }
    }
  }

  async #next(waitMs: number): Promise<Answer | { readonly kind: "blocked" | "died" }> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), waitMs));
    try {
      while (true) {
        const next = await Promise.race([this.#lines!.next(), late]);
        if (next === "late") return { kind: "blocked" };
        if (next.done) return { kind: "died" };
        const at = next.value.indexOf(ANSWER_MARK);
        if (at >= 0) return JSON.parse(next.value.slice(at + 1));
      }
    } finally {
      clearTimeout(timer);
    }
  }
}
