/**
 * What it takes to put a value into what quantiles are asked of, in Hotpath's aggregator and elsewhere: the values are
 * log-normal, as durations are. DDSketch has the same relative error of about 0.55 %, HDR two digits, a t-digest none that
 * is bounded by the value.
 *
 * Does not measure memory, nor how far quantiles are off (`quantile_bench.ts`).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { DDSketch } from "@datadog/sketches-js";
import * as hdr from "hdr-histogram-js";
import { TDigest as PeerDigest } from "tdigest";
import { Sketch } from "../../src/sketch/sketch.ts";
import { TDigest } from "../../src/sketch/tdigest.ts";
import { logNormal } from "../lib/workload.ts";
import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";

const BURST = 16_384;
const MASK = BURST - 1;
const SCHEMA = 6;
const RELATIVE_ERROR = 0.0055;
/** HDR histograms hold whole numbers: nanoseconds. */
const NS_PER_SECOND = 1e9;
const HDR_OPTIONS = {
  lowestDiscernibleValue: 1,
  highestTrackableValue: 1e12,
  numberOfSignificantValueDigits: 2,
} as const;

const values = logNormal(BURST, 7);
const wholes = values.map((value) => Math.round(value * NS_PER_SECOND));

await hdr.initWebAssembly();
const sketch = new Sketch(SCHEMA);
const digest = new TDigest();
const ddSketch = new DDSketch({ relativeAccuracy: RELATIVE_ERROR });
const peerDigest = new PeerDigest();
const hdrJs = hdr.build({ ...HDR_OPTIONS, bitBucketSize: 64 });
const hdrWasm = hdr.build({ ...HDR_OPTIONS, bitBucketSize: 64, useWebAssembly: true });
let recorded = 0;

const ladder: Ladder = {
  name: "sketch insert",
  cases: [
    {
      name: "exponential histogram",
      burst: BURST,
      run: (count) => {
        recorded += count;
        for (let i = 0; i < count; i++) sketch.record(values[i & MASK], 1);
      },
    },
    {
      name: "t-digest",
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) digest.record(values[i & MASK], 1);
      },
    },
    {
      name: "@datadog/sketches-js accept",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) ddSketch.accept(values[i & MASK]);
      },
    },
    {
      name: "tdigest push",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) peerDigest.push(values[i & MASK]);
      },
    },
    {
      name: "hdr-histogram-js recordValue",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) hdrJs.recordValue(wholes[i & MASK]);
      },
    },
    {
      name: "hdr-histogram-js WASM recordValue",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) hdrWasm.recordValue(wholes[i & MASK]);
      },
    },
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

/** The bench. */
export const ladders: Ladders = { sketch: () => ladder };

await registerBenches(ladders);
