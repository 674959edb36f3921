/**
 * Writes metrics for the textfile collector of Prometheus' node_exporter.
 *
 * @module
 */

import type { Metrics } from "@hotpath/metrics";

/**
 * Replaces a file by the current metrics. Readers see the old file or the new one, never a part: the text is written
 * beside it, under a name that the collector ignores, and renamed.
 *
 * @param metrics Metrics of the job
 * @param path Path that ends in `.prom`
 */
export async function writeTextfile(metrics: Metrics, path: string): Promise<void> {
  await metrics.flush();
  const temporary = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(temporary, await metrics.scrape(), { mode: 0o644 });
  await Deno.rename(temporary, path);
}
