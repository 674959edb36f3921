/**
 * The OpenMetrics parser of Python's `prometheus_client`, which is strict and shares no code with the encoder: one
 * process that parses document after document.
 *
 * @module
 */

import { linesOf } from "../cli/program.ts";
import { notInstalled, spawn } from "./peer.ts";

/** Debian's own, because packages of Debian are for no other. */
const PYTHON = "/usr/bin/python3";
const SCRIPT = decodeURIComponent(new URL("parse_openmetrics.py", import.meta.url).pathname);

/** A sample as it was parsed; numbers are text, because JSON has no word for some. */
export interface ParsedSample {
  /** The name, with its suffix. */
  readonly name: string;
  /** The labels, `le` and `quantile` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: string;
  /** The exemplar, if there is one. */
  readonly exemplar?: { readonly labels: Readonly<Record<string, string>>; readonly value: string };
}

/** A family as it was parsed. */
export interface ParsedFamily {
  /** The name without suffixes. */
  readonly name: string;
  /** The type. */
  readonly type: string;
  /** The unit, empty if there is none. */
  readonly unit: string;
  /** Its samples, in their order. */
  readonly samples: readonly ParsedSample[];
}

/** A parser that runs. */
export class OpenMetricsParser implements AsyncDisposable {
  readonly #process: Deno.ChildProcess = spawn(PYTHON, [SCRIPT], { stdin: "piped" });
  readonly #input: WritableStreamDefaultWriter<Uint8Array> = this.#process.stdin.getWriter();
  readonly #answers: AsyncGenerator<string> = linesOf(this.#process.stdout);
  readonly #errors: Promise<string> = new Response(this.#process.stderr).text();

  /**
   * Parses a document.
   *
   * @throws {Error} If the parser refuses it
   */
  async parse(text: string): Promise<ParsedFamily[]> {
    // Fails if the process has ended, as its missing answer also shows.
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(text)}\n`)).catch(() => {});
    const { value, done } = await this.#answers.next();
    if (done) {
      const errors = await this.#errors;
      throw errors.includes("ModuleNotFoundError") ? notInstalled("python3-prometheus-client") : new Error(errors);
    }
    const { families, error } = JSON.parse(value) as { families: ParsedFamily[]; error?: string };
    if (error !== undefined) throw new Error(`the parser refuses it: ${error}`);
    return families;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#answers.return(undefined);
    await this.#errors;
    await this.#process.status;
  }
}
