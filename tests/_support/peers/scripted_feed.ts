/**
 * A server of the page with a scripted feed.
 *
 * @module
 */

import type { LiveFrame, LiveMessage, LiveSelf, LiveStart } from "../../../src/model/live_frames.ts";
import { PAGE_POLICY, renderPage } from "../../../src/serve/page.ts";
import type { TraceDetail, TraceList } from "../../../src/model/spans.ts";
import { noopMetrics } from "../../../mod.ts";

/** Hotpath's own state without any activity. */
export const QUIET_SELF: LiveSelf = {
  meta: { recorded: 12_345, dropped: 0, sampledOut: 0, series: 3, overflowed: 0 },
  ringOccupancyRatio: 0.012,
  samplingRate: 1,
  overheadRatio: null,
  drainSecondsP99: 0.00042,
  scrapeSecondsP99: null,
};

/** Returns a frame without changes but the given ones. */
export function frameOf(timestampMs: number, changes: Partial<LiveFrame> = {}): LiveFrame {
  return {
    type: "frame",
    timestampMs,
    elapsedMs: 1_000,
    scalars: [],
    distributions: [],
    self: QUIET_SELF,
    ...changes,
  };
}

/** Options of a server. */
export interface ScriptedFeedOptions {
  /** Whether WebSockets are refused. */
  readonly isWithoutSockets?: boolean;
  /** Port; a free one by default. */
  readonly port?: number;
  /** List of traces. */
  readonly traces?: TraceList;
  /** Trace that is returned for any id. */
  readonly trace?: TraceDetail;
}

/** Serves the page, and sends the same messages to all clients. */
export class ScriptedFeed implements AsyncDisposable {
  /** First messages to each client. */
  readonly #greeting: LiveMessage[];
  readonly #options: ScriptedFeedOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #senders: Set<(text: string) => void> = new Set();
  readonly #sockets: Set<WebSocket> = new Set();
  readonly #streams: Set<ReadableStreamDefaultController<Uint8Array>> = new Set();

  /**
   * Starts the server.
   *
   * @param start First message of the feed
   * @param first First frames of the feed
   */
  constructor(start: LiveStart, first: readonly LiveFrame[], options: ScriptedFeedOptions = {}) {
    this.#greeting = [start, ...first];
    this.#options = options;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: options.port ?? 0, onListen: () => {} }, (request) => {
      return this.#answer(request);
    });
  }

  /** Address of the server. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Port of the server. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Number of clients. */
  get clients(): number {
    return this.#senders.size;
  }

  /** Sends a message to all clients. */
  send(message: LiveMessage): void {
    for (const send of this.#senders) send(JSON.stringify(message));
  }

  /** Stops the server and closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    for (const stream of this.#streams) stream.close();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const { isWithoutSockets = false, traces, trace } = this.#options;
    if (pathname === "/") {
      const html = renderPage("", await noopMetrics.health(), (await noopMetrics.snapshot()).meta);
      return new Response(html, { headers: { "content-type": "text/html", "content-security-policy": PAGE_POLICY } });
    }
    if (pathname === "/live" && !isWithoutSockets) return this.#acceptSocket(request);
    if (pathname === "/live/sse") return this.#stream();
    if (pathname === "/traces" && traces !== undefined) return Response.json(traces);
    if (pathname.startsWith("/traces/") && trace !== undefined) return Response.json(trace);
    if (pathname === "/traces") return Response.json({ slowest: [], recent: [], unmatched: [] });
    return new Response("there is nothing", { status: 404 });
  }

  #acceptSocket(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const send = (text: string) => socket.send(text);
    socket.onopen = () => this.#greet(send);
    socket.onclose = () => {
      this.#senders.delete(send);
      this.#sockets.delete(socket);
    };
    this.#sockets.add(socket);
    return response;
  }

  #stream(): Response {
    const encoder = new TextEncoder();
    let end = () => {};
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = (text: string) => {
          const { type } = JSON.parse(text);
          controller.enqueue(encoder.encode(`event: ${type}\ndata: ${text}\n\n`));
        };
        end = () => {
          this.#senders.delete(send);
          this.#streams.delete(controller);
        };
        this.#streams.add(controller);
        this.#greet(send);
      },
      cancel: () => end(),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  #greet(send: (text: string) => void): void {
    for (const message of this.#greeting) send(JSON.stringify(message));
    this.#senders.add(send);
  }
}
