/**
 * A Redis of the test's own: on a free port, with nothing on disk.
 *
 * @module
 */

import { freePort } from "../cli/program.ts";
import { spawn, waitFor } from "./peer.ts";

/** A Redis that runs. */
export class Redis implements AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  readonly #process: Deno.ChildProcess;
  readonly #directory: string;
  readonly #output: Promise<string>;
  #hasEnded = false;

  private constructor(process: Deno.ChildProcess, directory: string, port: number) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#process = process;
    this.#directory = directory;
    // Also what went wrong is written to stdout.
    this.#output = new Response(process.stdout).text();
    process.status.then(() => this.#hasEnded = true);
  }

  /** Starts one, and waits until it answers. */
  static async start(): Promise<Redis> {
    const port = freePort();
    const directory = await Deno.makeTempDir();
    let redis: Redis;
    try {
      const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
      redis = new Redis(spawn("redis-server", settings, { stderr: "null", cwd: directory }), directory, port);
    } catch (error) {
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
    try {
      await waitFor("redis-server to start", () => redis.#isReady(port));
    } catch (error) {
      await redis[Symbol.asyncDispose]();
      throw error;
    }
    return redis;
  }

  /** Stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#process.kill("SIGKILL");
    await this.#process.status;
    await this.#output;
    await Deno.remove(this.#directory, { recursive: true });
  }

  /** `undefined` if it is not ready yet. */
  async #isReady(port: number): Promise<true | undefined> {
    if (this.#hasEnded) throw new Error(`redis-server ended: ${await this.#output}`);
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(new TextEncoder().encode("PING\r\n"));
      const answer = new Uint8Array(16);
      const length = await connection.read(answer) ?? 0;
      return new TextDecoder().decode(answer.subarray(0, length)) === "+PONG\r\n" || undefined;
    } catch {
      return undefined;
    }
  }
}
