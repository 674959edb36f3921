/**
 * A collector that receives metrics as OTLP over HTTP in JSON, and keeps the last totals of counters and histograms.
 *
 * @module
 */

/** Recorded parts of a request. */
interface ExportedMetrics {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly sum?: { readonly dataPoints: readonly { readonly asInt?: string; readonly asDouble?: number }[] };
        readonly histogram?: { readonly dataPoints: readonly { readonly count: string | number }[] };
      }[];
    }[];
  }[];
}

/** Listens until it is disposed of. */
export class MetricsSink implements AsyncDisposable {
  readonly #server: Deno.HttpServer;
  readonly #totals: Map<string, number> = new Map();
  #next = Promise.withResolvers<void>();

  /** Listens at an address of this machine. */
  constructor(hostname: string, port: number) {
    this.#server = Deno.serve({ hostname, port, onListen: () => {} }, async (request) => {
      this.#note(await request.json());
      return Response.json({});
    });
  }

  /**
   * Waits until a metric has a total: a counter's sum, a histogram's count.
   *
   * @throws {Error} If it does not within that time
   */
  async waitFor(name: string, total: number, withinMs: number): Promise<void> {
    const timeOut = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      timeOut.reject(new Error(`${name} is ${this.#totals.get(name)}, not ${total}`));
    }, withinMs);
    try {
      while (this.#totals.get(name) !== total) await Promise.race([this.#next.promise, timeOut.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #note({ resourceMetrics = [] }: ExportedMetrics): void {
    const all = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics).flatMap(({ metrics }) => metrics);
    for (const { name, sum, histogram } of all) {
      const counts = [
        ...sum?.dataPoints.map(({ asInt, asDouble }) => Number(asInt ?? asDouble)) ?? [],
        ...histogram?.dataPoints.map(({ count }) => Number(count)) ?? [],
      ];
      this.#totals.set(name, counts.reduce((total, count) => total + count, 0));
    }
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
