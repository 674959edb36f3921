/**
 * Programs from Debian packages: run to their end, or started on a free port in a directory of their own, asked over
 * HTTP until they say what is waited for, and stopped.
 *
 * @module
 */

import { freePort } from "../cli/program.ts";

const INSTALL =
  "apt-get install -y prometheus prometheus-alertmanager victoria-metrics wrk python3-prometheus-client redis-server chromium";

/** Only so that a failure ends. */
const PATIENCE_MS = 60_000;
const POLL_MS = 50;

/** An error that says how to get a program. */
export function notInstalled(program: string): Error {
  return new Error(`Cannot run ${program}: it is not installed, run ${INSTALL}`);
}

/** Starts a program, all of its streams piped unless said otherwise. */
export function spawn(program: string, args: readonly string[], options: Deno.CommandOptions = {}): Deno.ChildProcess {
  try {
    const streams = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    return new Deno.Command(program, { ...streams, ...options, args: [...args] }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw notInstalled(program);
    throw error;
  }
}

/** How a program ended. */
export interface PeerOutcome {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote, to stdout and then to stderr. */
  readonly said: string;
}

/** Runs a program to its end, with bytes as its input. */
export async function runPeer(
  program: string,
  args: readonly string[],
  stdin: Uint8Array = new Uint8Array(),
): Promise<PeerOutcome> {
  const process = spawn(program, args, { stdin: "piped" });
  const writer = process.stdin.getWriter();
  await writer.write(stdin);
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

/**
 * Asks again and again.
 *
 * @param what What is waited for, for the error
 * @param ask Gives `undefined` as long as it is not there
 */
export async function waitFor<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`Cannot wait any longer for ${what}`);
}

/** Where a program is to run. */
export interface Place {
  /** An address that is free, `127.0.0.1:port`. */
  readonly address: string;
  /** An empty directory that is gone afterwards. */
  readonly directory: string;
}

/** A program that serves HTTP. */
export class Peer implements AsyncDisposable {
  readonly #name: string;
  readonly #process: Deno.ChildProcess;
  readonly #place: Place;
  readonly #errors: Promise<string>;
  #hasEnded = false;

  private constructor(name: string, process: Deno.ChildProcess, place: Place) {
    this.#name = name;
    this.#process = process;
    this.#place = place;
    this.#errors = new Response(process.stderr).text();
    process.status.then(() => this.#hasEnded = true);
  }

  /**
   * Starts a program, and waits until it answers.
   *
   * @param name The program
   * @param readyPath Answers 200 once it has started
   * @param argsOf Its arguments, once it is known where it runs
   */
  static async start(name: string, readyPath: string, argsOf: (place: Place) => Promise<string[]>): Promise<Peer> {
    const place = { address: `127.0.0.1:${freePort()}`, directory: await Deno.makeTempDir() };
    let peer: Peer;
    try {
      const args = await argsOf(place);
      peer = new Peer(name, spawn(name, args, { stdout: "null", cwd: place.directory }), place);
    } catch (error) {
      await Deno.remove(place.directory, { recursive: true });
      throw error;
    }
    try {
      await waitFor(`${name} to start`, () => peer.#isReady(readyPath));
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
    return peer;
  }

  /** The text at a path. */
  async text(path: string): Promise<string> {
    const response = await fetch(`http://${this.#place.address}${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${this.#name} answered ${path} with ${response.status}: ${text}`);
    return text;
  }

  /** Stops it, and removes what it has written. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Asked to end, some take seconds to save what is thrown away here.
    if (!this.#hasEnded) this.#process.kill("SIGKILL");
    await this.#process.status;
    await this.#errors;
    await Deno.remove(this.#place.directory, { recursive: true });
  }

  /** `undefined` if it is not ready yet. */
  async #isReady(path: string): Promise<true | undefined> {
    if (this.#hasEnded) throw new Error(`${this.#name} ended: ${await this.#errors}`);
    try {
      await this.text(path);
      return true;
    } catch {
      return undefined;
    }
  }
}
