/**
 * A Prometheus that scrapes by the configuration of `examples/`, and what its API answers.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Peer, waitFor } from "./peer.ts";

/** The configuration of `examples/`, made for another target; whatever else it says stays. */
export async function exampleConfig(target: string): Promise<string> {
  const text = await Deno.readTextFile(new URL("../../../examples/scraping/prometheus.yml", import.meta.url));
  const parts = text.split('["127.0.0.1:9464"]');
  assertEquals(parts.length, 2, "the example has one target, which is where serveMetrics listens by default");
  return parts.join(`["${target}"]`);
}

/** An answer of a query. */
export interface QueryResult {
  /** The labels, `__name__` among them. */
  readonly metric: Readonly<Record<string, string>>;
  /** Its value at the time of the query; not for native histograms. */
  readonly value?: readonly [seconds: number, value: string];
  /** Its values, if a range was asked for. */
  readonly values?: readonly (readonly [seconds: number, value: string])[];
  /** Its native histogram at the time of the query. */
  readonly histogram?: readonly [seconds: number, histogram: { readonly count: string; readonly sum: string }];
}

/** Exemplars of a series. */
export interface ExemplarResult {
  /** The labels of the series, `__name__` among them. */
  readonly seriesLabels: Readonly<Record<string, string>>;
  /** Its exemplars. */
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
    readonly timestamp: number;
  }[];
}

/** A target as Prometheus sees it. */
export interface TargetResult {
  readonly scrapePool: string;
  readonly health: string;
  readonly lastError: string;
}

/** A Prometheus that runs. */
export class Prometheus implements AsyncDisposable {
  readonly #peer: Peer;

  private constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Starts one with some features that are off by default. */
  static async start(config: string, features: readonly string[]): Promise<Prometheus> {
    const peer = await Peer.start("prometheus", "/-/ready", async ({ address, directory }) => {
      const file = `${directory}/prometheus.yml`;
      await Deno.writeTextFile(file, config);
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${directory}/data`,
        `--web.listen-address=${address}`,
        `--enable-feature=${features.join(",")}`,
      ];
    });
    return new Prometheus(peer);
  }

  /** Asks for what an expression gives, at a time in milliseconds since the epoch; now unless said otherwise. */
  async query(expression: string, atMs: number = Date.now()): Promise<QueryResult[]> {
    const query = new URLSearchParams({ query: expression, time: `${atMs / 1_000}` });
    return (await this.#ask<{ result: QueryResult[] }>(`/api/v1/query?${query}`)).result;
  }

  /** The one value that an expression gives now; waits until it does. */
  async value(expression: string, atMs?: number): Promise<number> {
    const [result] = await waitFor(expression, async () => {
      const results = await this.query(expression, atMs);
      return results.length === 0 ? undefined : results;
    });
    return Number(result.value?.[1]);
  }

  /** Exemplars of the last minute, of all series that an expression names. */
  async exemplars(expression: string): Promise<ExemplarResult[]> {
    const seconds = Date.now() / 1_000;
    const range = { start: `${seconds - 60}`, end: `${seconds + 1}` };
    return await this.#ask(`/api/v1/query_exemplars?${new URLSearchParams({ query: expression, ...range })}`);
  }

  /** What it scrapes. */
  async targets(): Promise<TargetResult[]> {
    return (await this.#ask<{ activeTargets: TargetResult[] }>("/api/v1/targets")).activeTargets;
  }

  /** Stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }

  async #ask<Data>(path: string): Promise<Data> {
    return (JSON.parse(await this.#peer.text(path)) as { data: Data }).data;
  }
}
