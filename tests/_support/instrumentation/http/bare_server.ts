/**
 * A server that is asked by bytes, so that its requests have the very headers that a test says.
 *
 * @module
 */

import type { HeaderPairs } from "../../trace/trace_context.ts";

/** A server on a free port. */
export class BareServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(handler: (request: Request) => Response | Promise<Response>) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  }

  /** Starts one. */
  static serve(handler: (request: Request) => Response | Promise<Response>): BareServer {
    return new BareServer(handler);
  }

  /** Where it listens. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Sends a request with these headers and returns the complete answer. */
  async ask(headers: HeaderPairs): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#server.addr.port });
    const lines = ["GET / HTTP/1.1", "host: localhost", "connection: close", ...headers.map((pair) => pair.join(": "))];
    await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    let answer = "";
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(4_096);
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      answer += decoder.decode(buffer.subarray(0, read), { stream: true });
    }
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
