/**
 * Hotpath's sketches beside those of other libraries, on values spread as durations are. `sketch`: inserting a log-normal
 * value. `quantile`: asking for five quantiles of a million of them, beside sorting them all; and how far the quantiles of
 * log-normal, bimodal and heavy-tailed values are from the truth, which fails if one from p50 to p99.9 is more than 0.55 %
 * off.
 *
 * DDSketch has the same relative error of about 0.55 %, HDR two digits, a t-digest none that is bounded by the value;
 * `measured-core` keeps a sample of a thousand values. Peers are asked for one quantile after the other, as their
 * interfaces require, and `measured-core` for its JSON, which has five.
 *
 * Does not measure memory (`claims/memory.ts`), nor windows (`drain_bench.ts`).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { DDSketch } from "@datadog/sketches-js";
import * as hdr from "hdr-histogram-js";
import measured from "measured-core";
import { TDigest as PeerDigest } from "tdigest";
import { QUANTILES, quantilesOf } from "../../src/sketch/quantile.ts";
import { Sketch } from "../../src/sketch/sketch.ts";
import { TDigest } from "../../src/sketch/tdigest.ts";
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";
import { bimodal, logNormal, pareto } from "../lib/workload.ts";

const INSERT_BURST = 16_384;
const MASK = INSERT_BURST - 1;
const ASK_BURST = 64;
const PEER_ASK_BURST = 8;
const COUNT = 1_000_000;
const SCHEMA = 6;
const ERROR_MAX = 0.0055;
/** HDR histograms hold whole numbers: nanoseconds. */
const NS_PER_SECOND = 1e9;

await hdr.initWebAssembly();

function buildHdr(useWebAssembly: boolean): hdr.Histogram {
  return hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 1e12,
    numberOfSignificantValueDigits: 2,
    bitBucketSize: 64,
    useWebAssembly,
  });
}

/** Each has a loop of its own, so that V8 compiles it for that sketch alone. */
function inserting(name: string, isReference: boolean, run: (count: number) => void): Case {
  return { name, isReference, burst: INSERT_BURST, run };
}

function sketchLadder(): Ladder {
  const values = logNormal(INSERT_BURST, 7);
  const wholes = values.map((value) => Math.round(value * NS_PER_SECOND));
  const sketch = new Sketch(SCHEMA);
  const digest = new TDigest();
  const ddSketch = new DDSketch({ relativeAccuracy: ERROR_MAX });
  const peerDigest = new PeerDigest();
  const [hdrJs, hdrWasm] = [buildHdr(false), buildHdr(true)];
  let recorded = 0;
  return {
    name: "sketch insert",
    cases: [
      inserting("exponential histogram", false, (count) => {
        recorded += count;
        for (let i = 0; i < count; i++) sketch.record(values[i & MASK], 1);
      }),
      inserting("t-digest", false, (count) => {
        for (let i = 0; i < count; i++) digest.record(values[i & MASK], 1);
      }),
      inserting("@datadog/sketches-js accept", true, (count) => {
        for (let i = 0; i < count; i++) ddSketch.accept(values[i & MASK]);
      }),
      inserting("tdigest push", true, (count) => {
        for (let i = 0; i < count; i++) peerDigest.push(values[i & MASK]);
      }),
      inserting("hdr-histogram-js recordValue", true, (count) => {
        for (let i = 0; i < count; i++) hdrJs.recordValue(wholes[i & MASK]);
      }),
      inserting("hdr-histogram-js WASM recordValue", true, (count) => {
        for (let i = 0; i < count; i++) hdrWasm.recordValue(wholes[i & MASK]);
      }),
    ],
    targets: [
      { name: "exponential histogram", reference: "@datadog/sketches-js accept", timesFaster: 1 },
      { name: "t-digest", reference: "tdigest push", timesFaster: 2 },
    ],
    verify: () => {
      assertEquals(sketch.moments[0], recorded, "a value is missing");
      return Promise.resolve();
    },
  };
}

/** Returns the five quantiles; NaN for an unknown one. */
type Ask = () => readonly number[];

function hdrPeer(useWebAssembly: boolean): (values: Float64Array) => Ask {
  return (values) => {
    const histogram = buildHdr(useWebAssembly);
    for (const value of values) histogram.recordValue(Math.round(value * NS_PER_SECOND));
    return () => QUANTILES.map((q) => histogram.getValueAtPercentile(q * 100) / NS_PER_SECOND);
  };
}

/** Quantiles of other libraries for the same values. */
const PEERS: Readonly<Record<string, (values: Float64Array) => Ask>> = {
  "@datadog/sketches-js": (values) => {
    const peer = new DDSketch({ relativeAccuracy: ERROR_MAX });
    for (const value of values) peer.accept(value);
    return () => QUANTILES.map((q) => peer.getValueAtQuantile(q));
  },
  "tdigest": (values) => {
    const peer = new PeerDigest();
    for (const value of values) peer.push(value);
    peer.compress();
    return () => QUANTILES.map((q) => peer.percentile(q) ?? NaN);
  },
  "hdr-histogram-js": hdrPeer(false),
  "hdr-histogram-js WASM": hdrPeer(true),
  "measured-core": (values) => {
    const peer = new measured.Histogram();
    for (const value of values) peer.update(value);
    return () => {
      // It has a 75th percentile where the others are asked for the 90th.
      const { median, p95, p99, p999 } = peer.toJSON();
      return [median, NaN, p95, p99, p999].map((value) => value ?? NaN);
    };
  },
};

/** The relative error of the worst quantile that is known. */
function worstError(sorted: Float64Array, estimates: readonly number[]): number {
  const errors = QUANTILES.map((q, i) => {
    const truth = sorted[Math.ceil(q * COUNT) - 1];
    return Math.abs(estimates[i] - truth) / truth;
  });
  return Math.max(...errors.filter((error) => !Number.isNaN(error)));
}

function errorText(name: string, error: number): string {
  return `${name}: worst error ${(error * 100).toFixed(3)} %`;
}

/** Throws if a quantile of any of the distributions is too far off. */
function verifyErrors(distributions: Readonly<Record<string, Float64Array>>): string[] {
  return Object.entries(distributions).map(([name, values]) => {
    const sketch = new Sketch(SCHEMA);
    for (const value of values) sketch.record(value, 1);
    const error = worstError(values.toSorted(), quantilesOf(sketch, QUANTILES));
    if (!(error <= ERROR_MAX)) throw new Error(`${name}: a quantile is ${(error * 100).toFixed(3)} % off`);
    return errorText(name, error);
  });
}

function quantileLadder(): Ladder {
  const values = logNormal(COUNT, 7);
  const sketch = new Sketch(SCHEMA);
  const digest = new TDigest();
  for (const value of values) {
    sketch.record(value, 1);
    digest.record(value, 1);
  }
  /** Filled when they are first needed: some of them take longer to fill than all else here. */
  const peers = new Map<string, Ask>();
  const asking = (peer: string): Case => ({
    name: `five quantiles, ${peer}`,
    isReference: true,
    burst: PEER_ASK_BURST,
    prepare: () => void (peers.has(peer) || peers.set(peer, PEERS[peer](values))),
    run: (count) => {
      const ask = peers.get(peer)!;
      for (let i = 0; i < count; i++) ask();
    },
  });
  return {
    name: "quantiles of 10⁶ values",
    cases: [
      {
        name: "five quantiles, exponential histogram",
        burst: ASK_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) quantilesOf(sketch, QUANTILES);
        },
      },
      {
        name: "five quantiles, t-digest",
        burst: ASK_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) quantilesOf(digest, QUANTILES);
        },
      },
      ...Object.keys(PEERS).map(asking),
      { name: "sort 10⁶ values", isReference: true, burst: 1, run: () => void values.toSorted() },
    ],
    targets: [],
    verify: () => {
      const own = { "log-normal": values, "bimodal": bimodal(COUNT, 8), "Pareto(1.16)": pareto(COUNT, 9) };
      const sorted = values.toSorted();
      return Promise.resolve([
        ...verifyErrors(own),
        ...[...peers].map(([peer, ask]) => errorText(`log-normal, ${peer}`, worstError(sorted, ask()))),
      ]);
    },
  };
}

/** The benches. */
export const ladders: Ladders = { sketch: sketchLadder, quantile: quantileLadder };

await registerBenches(ladders);
