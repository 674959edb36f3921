/**
 * Native histograms as a reader has them, spans and deltas, and what Prometheus does with them: the rules that the
 * writer is checked by. Shares no code with it.
 *
 * @module
 */

/** A span: the gap before it, and its length. */
export type Span = readonly [offset: number, length: number];

/** The buckets of one side of zero. */
export interface Side {
  readonly spans: readonly Span[];
  /** By bucket: the difference to the one before. */
  readonly deltas: readonly number[];
}

/** A native histogram. */
export interface SpanHistogram {
  readonly schema: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: Side;
  readonly negative: Side;
  /** Upper bounds in place of exponential ones. */
  readonly customBounds?: readonly number[];
}

/** A bucket and its bounds. */
export interface Bucket {
  readonly index: number;
  readonly lower: number;
  readonly upper: number;
  readonly isLowerInclusive: boolean;
  readonly isUpperInclusive: boolean;
  readonly count: number;
}

/** The schema of histograms whose bounds are listed. */
export const CUSTOM_SCHEMA = -53;

/** No buckets. */
export const EMPTY_SIDE: Side = { spans: [], deltas: [] };

/** Fails as Prometheus does if a histogram breaks a rule, with the same words. */
export function validate(histogram: SpanHistogram): void {
  const { schema, positive, negative, customBounds, zeroCount, zeroThreshold, sum, count } = histogram;
  let total = zeroCount;
  if (schema === CUSTOM_SCHEMA) {
    within("custom buckets: ", () => checkCustomBounds(customBounds ?? [], positive));
    if (zeroCount !== 0) throw new Error("custom buckets: must have zero count of 0");
    if (zeroThreshold !== 0) throw new Error("custom buckets: must have zero threshold of 0");
    if (negative.spans.length > 0) throw new Error("custom buckets: must not have negative spans");
    if (negative.deltas.length > 0) throw new Error("custom buckets: must not have negative buckets");
  } else if (schema >= -4 && schema <= 8) {
    within("positive side: ", () => checkSpans(positive));
    within("negative side: ", () => checkSpans(negative));
    within("negative side: ", () => total += checkedTotal(negative));
    if (customBounds !== undefined) throw new Error("histogram with exponential schema must not have custom bounds");
  } else {
    const rule = "which must be between -4 and 8 for exponential buckets, or -53 for custom buckets";
    throw new Error(`histogram has an invalid schema, ${rule}, got schema ${schema}`);
  }
  within("positive side: ", () => total += checkedTotal(positive));
  const found = `${total} observations found in buckets, but the Count field is ${count}: `;
  if (Number.isNaN(sum) && total > count) {
    throw new Error(`${found}histogram's observation count should be at least the number of observations`);
  }
  if (!Number.isNaN(sum) && total !== count) {
    const rule = "should equal the number of observations found in the buckets (in absence of NaN)";
    throw new Error(`${found}histogram's observation count ${rule}`);
  }
}

/** The buckets of a side in the order of their spans, empty ones too, as far as there are counts. */
export function bucketsOf(histogram: SpanHistogram, side: "positive" | "negative"): Bucket[] {
  const { schema, customBounds } = histogram;
  return countsOf(histogram[side]).map(([index, count]) => {
    const [lower, upper] = [boundOf(index - 1, schema, customBounds), boundOf(index, schema, customBounds)];
    if (side === "negative") {
      return { index, lower: -upper, upper: -lower, isLowerInclusive: true, isUpperInclusive: false, count };
    }
    const isLowerInclusive = lower === -Infinity;
    return { index, lower, upper, isLowerInclusive, isUpperInclusive: true, count };
  });
}

/** The counts up to each positive bucket, those in gaps too. */
export function cumulativeBucketsOf(histogram: SpanHistogram): Bucket[] {
  const counts = countsOf(histogram.positive);
  const cumulative: Bucket[] = [];
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    const [index, count] = counts[i];
    for (let gap = i === 0 ? index : counts[i - 1][0] + 1; gap <= index; gap++) {
      if (gap === index) total += count;
      const upper = boundOf(gap, histogram.schema, histogram.customBounds);
      cumulative.push({
        index: gap,
        lower: -Infinity,
        upper,
        isLowerInclusive: true,
        isUpperInclusive: true,
        count: total,
      });
    }
  }
  return cumulative;
}

/** The same counts without empty buckets, but for gaps of up to so many. */
export function compacted({ spans, deltas }: Side, emptyBucketsMax: number): Side {
  const counts = countsOf({ spans, deltas });
  const kept = sideOf(counts.filter(([, count]) => count !== 0), emptyBucketsMax);
  // What no span accounts for is carried along.
  return counts.length === 0 ? kept : { ...kept, deltas: [...kept.deltas, ...deltas.slice(counts.length)] };
}

/** The same counts at a lower schema. */
export function atLowerSchema(side: Side, schema: number, targetSchema: number): Side {
  checkOffsets(side);
  const { spans, deltas } = side;
  const needed = spanLength(spans);
  const rule = "histogram spans specify different number of buckets than provided";
  if (deltas.length < needed) throw new Error(`have ${deltas.length} buckets but spans need more: ${rule}`);
  if (deltas.length > needed) throw new Error(`spans need ${needed} buckets, have ${deltas.length} buckets: ${rule}`);
  const merged = new Map<number, number>();
  for (const [index, count] of countsOf(side)) {
    const target = Math.ceil(index / 2 ** (schema - targetSchema));
    merged.set(target, (merged.get(target) ?? 0) + count);
  }
  return sideOf([...merged], 0);
}

/** The share of a bucket's values that are taken to lie below a value inside of it. */
export function fractionBelow({ lower, upper }: Pick<Bucket, "lower" | "upper">, value: number, isLinear: boolean) {
  if (isLinear) return (value - lower) / (upper - lower);
  const [from, to, at] = [lower, upper, value].map((bound) => Math.log2(Math.abs(bound)));
  return (at - from) / (to - from);
}

/** The series of a classic histogram with the same bounds. */
export function classicSeriesOf(
  { schema, customBounds = [], positive, count, sum }: SpanHistogram,
  labels: readonly string[],
): { readonly lset: readonly string[]; readonly val: number }[] {
  const [first, name, ...others] = labels;
  if (first !== "__name__") throw new Error("metric name label '__name__' is missing");
  if (schema !== CUSTOM_SCHEMA) throw new Error("unsupported histogram schema, not a NHCB");
  checkSpans(positive);
  const counts = new Map(countsOf(positive));
  let total = 0;
  const buckets = [...customBounds, Infinity].map((bound, index) => {
    total += counts.get(index) ?? 0;
    const le = bound === Infinity ? "+Inf" : Number.isInteger(bound) ? `${bound}.0` : String(bound);
    return { lset: ["__name__", `${name}_bucket`, ...others, "le", le], val: total };
  });
  return [
    ...buckets,
    { lset: ["__name__", `${name}_count`, ...others], val: count },
    { lset: ["__name__", `${name}_sum`, ...others], val: sum },
  ];
}

/** The upper bound of a bucket. */
export function boundOf(index: number, schema: number, customBounds?: readonly number[]): number {
  if (schema === CUSTOM_SCHEMA) return index < 0 ? -Infinity : customBounds?.[index] ?? Infinity;
  const exponent = index / 2 ** schema;
  // The last bucket ends at the largest double, the one behind it holds infinity.
  return exponent === 1_024 ? Number.MAX_VALUE : 2 ** exponent;
}

/** The counts of buckets by index, as far as both spans and deltas go. */
export function countsOf({ spans, deltas }: Side): [index: number, count: number][] {
  const counts: [number, number][] = [];
  let index = 0;
  let count = 0;
  for (const [offset, length] of spans) {
    index += offset;
    for (let i = 0; i < length && counts.length < deltas.length; i++) {
      count += deltas[counts.length];
      counts.push([index++, count]);
    }
  }
  return counts;
}

/** Spans and deltas of counts by ascending index. */
export function sideOf(counts: readonly (readonly [index: number, count: number])[], emptyBucketsMax: number): Side {
  const spans: [number, number][] = [];
  const filled: number[] = [];
  let next = 0;
  for (const [index, count] of counts) {
    const gap = index - next;
    if (spans.length > 0 && gap <= emptyBucketsMax) filled.push(...Array<number>(gap).fill(0));
    else spans.push([gap, 0]);
    filled.push(count);
    spans[spans.length - 1][1] += filled.length - spanLength(spans);
    next = index + 1;
  }
  return { spans, deltas: filled.map((count, i) => count - (filled[i - 1] ?? 0)) };
}

function within(side: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`${side}${(error as Error).message}`);
  }
}

function spanLength(spans: readonly Span[]): number {
  return spans.reduce((total, [, length]) => total + length, 0);
}

function checkOffsets({ spans }: Side, from = 1): void {
  spans.forEach(([offset], at) => {
    if (at < from || offset >= 0) return;
    throw new Error(`span number ${at + 1} with offset ${offset}: histogram has a span whose offset is negative`);
  });
}

function checkSpans(side: Side, from = 1): void {
  checkOffsets(side, from);
  const needed = spanLength(side.spans);
  if (needed === side.deltas.length) return;
  const rule = "histogram spans specify different number of buckets than provided";
  throw new Error(`spans need ${needed} buckets, have ${side.deltas.length} buckets: ${rule}`);
}

function checkedTotal({ deltas }: Side): number {
  let count = 0;
  let total = 0;
  deltas.forEach((delta, at) => {
    count += delta;
    total += count;
    if (count >= 0) return;
    const found = `bucket number ${at + 1} has observation count of ${count}`;
    throw new Error(`${found}: histogram has a bucket whose observation count is negative`);
  });
  return total;
}

function checkCustomBounds(bounds: readonly number[], side: Side): void {
  bounds.forEach((bound, at) => {
    if (Number.isNaN(bound)) throw new Error("histogram custom bounds must not be NaN");
    if (at === 0 || bound > bounds[at - 1]) return;
    const found = `previous bound is ${bounds[at - 1].toFixed(6)} and current is ${bound.toFixed(6)}`;
    throw new Error(`${found}: histogram custom bounds must be in strictly increasing order`);
  });
  if (bounds.at(-1) === Infinity) {
    throw new Error("last +Inf bound must not be explicitly defined: histogram custom bounds must be finite");
  }
  checkSpans(side, 0);
  const length = side.spans.reduce((total, [offset, length]) => total + offset + length, 0);
  if (length <= bounds.length + 1) return;
  const found = `only ${bounds.length} custom bounds defined which is insufficient to cover total span length of`;
  throw new Error(`${found} ${length}: histogram custom bounds are too few`);
}
