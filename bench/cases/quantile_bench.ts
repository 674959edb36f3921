/**
 * How far the quantiles are from the truth, and what it costs to ask for them: a million values each of a log-normal, a
 * bimodal and a heavy-tailed distribution, against sorting them all. Fails if a quantile from p50 to p99.9 is more than
 * 0.55 % off. An operation is five quantiles of the log-normal values.
 *
 * Other sketches of the same values are asked one quantile after the other, as their interfaces have it, and `measured-core`
 * for its JSON, which has five; how far they are off stands below the table. It keeps a sample of a thousand values.
 *
 * Does not measure inserting: see `sketch_bench.ts`.
 *
 * @module
 */

import { DDSketch } from "@datadog/sketches-js";
import * as hdr from "hdr-histogram-js";
import measured from "measured-core";
import { TDigest as PeerDigest } from "tdigest";
import { QUANTILES, quantilesOf } from "../../src/sketch/quantile.ts";
import { Sketch } from "../../src/sketch/sketch.ts";
import { TDigest } from "../../src/sketch/tdigest.ts";
import { bimodal, logNormal, pareto } from "../lib/workload.ts";
import { type Case, type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";

const COUNT = 1_000_000;
const ERROR_MAX = 0.0055;
const SCHEMA = 6;
const BURST = 64;
const PEER_BURST = 8;

const samples = {
  "log-normal": logNormal(COUNT, 7),
  "bimodal": bimodal(COUNT, 8),
  "Pareto(1.16)": pareto(COUNT, 9),
};
const sketches = Object.entries(samples).map(([name, values]) => {
  const sketch = new Sketch(SCHEMA);
  for (const value of values) sketch.record(value, 1);
  return { name, values, sketch };
});

const [{ sketch: logNormalSketch, values: logNormalValues }] = sketches;
const sortedValues = logNormalValues.toSorted();
const digest = new TDigest();
for (const value of logNormalValues) digest.record(value, 1);

/** Returns the five quantiles; NaN for an unknown one. */
type Ask = () => readonly number[];

/** Quantiles of another library for the same values. */
type Peer = (values: Float64Array) => Ask;

/** HDR histograms hold whole numbers: nanoseconds. */
const NS_PER_SECOND = 1e9;

function hdrPeer(useWebAssembly: boolean): Peer {
  return (values) => {
    const histogram = hdr.build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: 1e12,
      numberOfSignificantValueDigits: 2,
      bitBucketSize: 64,
      useWebAssembly,
    });
    for (const value of values) histogram.recordValue(Math.round(value * NS_PER_SECOND));
    return () => QUANTILES.map((q) => histogram.getValueAtPercentile(q * 100) / NS_PER_SECOND);
  };
}

await hdr.initWebAssembly();
const PEERS: Readonly<Record<string, Peer>> = {
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

/** Made when they are first needed: to fill some of them takes longer than all else here. */
const peers = new Map<string, Ask>();

function peerCase(name: string): Case {
  let ask: Ask;
  return {
    name: `five quantiles, ${name}`,
    isReference: true,
    burst: PEER_BURST,
    prepare: () => {
      ask = peers.get(name) ?? PEERS[name](logNormalValues);
      peers.set(name, ask);
    },
    run: (count) => {
      for (let i = 0; i < count; i++) ask();
    },
  };
}

/** The relative error of the worst quantile that is known. */
function worstError(sorted: Float64Array, estimates: readonly number[]): number {
  const errors = QUANTILES.map((q, i) => {
    const truth = sorted[Math.ceil(q * COUNT) - 1];
    return Math.abs(estimates[i] - truth) / truth;
  });
  return Math.max(...errors.filter((error) => !Number.isNaN(error)));
}

const ladder: Ladder = {
  name: "quantiles of 10⁶ values",
  cases: [
    {
      name: "five quantiles, exponential histogram",
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) quantilesOf(logNormalSketch, QUANTILES);
      },
    },
    {
      name: "five quantiles, t-digest",
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) quantilesOf(digest, QUANTILES);
      },
    },
    ...Object.keys(PEERS).map(peerCase),
    {
      name: "sort 10⁶ values",
      isReference: true,
      burst: 1,
      run: () => void logNormalValues.toSorted(),
    },
  ],
  targets: [],
  verify: () => {
    const facts = sketches.map(({ name, values, sketch }) => ({
      name,
      error: worstError(values.toSorted(), quantilesOf(sketch, QUANTILES)),
    }));
    for (const { name, error } of facts) {
      if (!(error <= ERROR_MAX)) throw new Error(`${name}: a quantile is ${(error * 100).toFixed(3)} % off`);
    }
    const others = [...peers].map(([name, ask]) => ({
      name: `log-normal, ${name}`,
      error: worstError(sortedValues, ask()),
    }));
    return Promise.resolve(
      [...facts, ...others].map(({ name, error }) => `${name}: worst error ${(error * 100).toFixed(3)} %`),
    );
  },
};

/** The bench. */
export const ladders: Ladders = { quantile: () => ladder };

await registerBenches(ladders);
