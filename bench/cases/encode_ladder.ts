/**
 * What it takes to write a scrape, from the same series as prom-client. Without sliding windows, because prom-client has
 * none. An operation is a series, written in a scrape of all of them; bytes are those that a scrape of an unchanged
 * registry leaves to the garbage collector, without its text.
 *
 * Counters and histograms have a bench each, so that a comparison of one need not make the others' series in each of its
 * processes.
 *
 * Does not measure HTTP, nor what a scrape does to the measured thread: see `scrape_bench.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Registry } from "prom-client";
import { samplesOf, Scraped } from "../lib/encode_series.ts";
import type { Case, Ladder } from "../lib/harness.ts";
import type { SeriesStore } from "../../src/aggregate/series/store.ts";

const LINES = 100_000;
const LINE_BYTES = 48;

/** Series of one kind, and the same of prom-client. */
export interface Scrape {
  /** The ladder's name. */
  readonly title: string;
  /** Name of the case in the table. */
  readonly name: string;
  /** How many series. */
  readonly series: number;
  /** All of them. */
  readonly store: SeriesStore;
  /** prom-client's; called only if the peer is to run. */
  readonly createPeer: () => Promise<Registry>;
  /** Promise against the peer. */
  readonly timesFaster: number;
  /** Whether an unchanged scrape must leave nothing to the garbage collector. */
  readonly isAllocationFree: boolean;
}

/** The ladder. */
export function encodeLadder(
  { title, name, series, store, createPeer, timesFaster, isAllocationFree }: Scrape,
): Ladder {
  const scraped = new Scraped(store);
  const peerName = `prom-client, ${name}`;
  let registry: Registry | undefined;
  /** Empty if it has never run. */
  let peerText = "";
  return {
    name: title,
    cases: [
      copied(),
      { name, burst: series, operationsPerCall: series, isIndivisible: true, run: () => scraped.write() },
      {
        name: peerName,
        isReference: true,
        burst: series,
        operationsPerCall: series,
        isIndivisible: true,
        prepare: async () => void (registry ??= await createPeer()),
        run: async () => void (peerText = await registry!.metrics()),
      },
    ],
    targets: [{ name, reference: peerName, timesFaster }],
    allocationFree: isAllocationFree ? [name] : [],
    verify: () => {
      if (peerText === "") return Promise.resolve();
      assertEquals(samplesOf(scraped.text), samplesOf(peerText));
      return Promise.resolve([`${scraped.text.length} bytes of text, sample for sample those of prom-client`]);
    },
  };
}

/** As many bytes as a text of so many lines has, one by one: what any writer of it has to do. */
function copied(): Case {
  const source = new Uint8Array(LINES * LINE_BYTES).fill(32);
  const target = new Uint8Array(source.length);
  return {
    name: `100,000 lines of ${LINE_BYTES} bytes, copied byte by byte`,
    isReference: true,
    burst: LINES,
    isIndivisible: true,
    run: () => {
      for (let i = 0; i < source.length; i++) target[i] = source[i];
    },
  };
}
