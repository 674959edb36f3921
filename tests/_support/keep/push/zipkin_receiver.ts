/**
 * A collector of Zipkin's JSON, with prepared responses.
 *
 * @module
 */

/** Span as Zipkin's API defines it. */
export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly kind?: string;
  readonly name: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName?: string };
  readonly tags: Readonly<Record<string, string>>;
}

/** Received request. */
export interface ZipkinRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly spans: readonly ZipkinSpan[];
}

/** Takes requests on a free port. */
export class ZipkinReceiver implements AsyncDisposable {
  /** Requests so far. */
  readonly requests: ZipkinRequest[] = [];
  readonly #responses: Response[];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Starts to listen; requests get these responses, one each, and those after them 202. */
  constructor(...responses: readonly Response[]) {
    this.#responses = [...responses];
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { method, headers } = request;
      const bytes = await request.arrayBuffer();
      const spans = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      this.requests.push({ method, path: new URL(request.url).pathname, headers, spans });
      return this.#responses.shift() ?? new Response(null, { status: 202 });
    });
  }

  /** Its URL, without a path. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** All spans, in the order that they came in. */
  get spans(): ZipkinSpan[] {
    return this.requests.flatMap(({ spans }) => spans);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
