import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Histogram, Metrics, Timer } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { decodeFamilies, type ProtoMetric } from "../_support/encode/metrics_proto.ts";
import {
  type ParsedFamily,
  type ParsedSample,
  parseExposition,
  seriesKey,
} from "../_support/encode/parse_exposition.ts";

const ESCAPINGS = ["allow-utf-8", "underscores", "dots", "values"] as const;
const TYPES = ["counter", "gauge", "histogram", "timer", "summary"] as const;

/** Any text, ill-formed ones included, often ones that differ only in what UTF-8 cannot write. */
const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom("\ud800", "\udfff", "\ufffd", "🚀", "a", "\0", "\u2028", '"', "\\", "\n", "\r") }),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 8 }),
);

/** Names that are close to each other once something is put behind them, taken off them or escaped. */
const names = fc.oneof(
  fc.array(
    fc.constantFrom(
      ...["a", "_total", "_seconds", "_bytes", "_bucket", "_sum", "_count", "_created", "_info", "_window", "_slo"],
      ...["_violations", "_ratio", "total", "seconds", "9", "_", ".", "-", ":", "é", "_dot_", "U__", "_2e_", '"', "\n"],
    ),
    { minLength: 1, maxLength: 4 },
  ).map((parts) => parts.join("")),
  texts,
);

const labelNames = fc.oneof(
  { weight: 3, arbitrary: fc.constant("label") },
  fc.constantFrom("name", "_name_", "-name-", "__name__", "le", "a.b", "a_dot_b", "U__a_2e_b", "é", "1", "__proto__"),
  texts,
);

const instruments = fc.record({
  type: fc.constantFrom(...TYPES),
  name: names,
  unit: fc.constantFrom("", "", "seconds", "bytes", "total", "bucket", "window"),
  help: texts,
  labels: fc.array(labelNames, { maxLength: 3 }),
  hasSlo: fc.boolean(),
  records: fc.array(fc.record({ values: fc.array(texts, { minLength: 3, maxLength: 3 }), exemplar: texts }), {
    minLength: 1,
    maxLength: 6,
  }),
});

type Instrument = Parameters<Parameters<typeof instruments.map>[0]>[0];

/** What was recorded in an instrument: how often in each label set, as UTF-8 distinguishes them. */
type Recorded = ReadonlyMap<string, number>;

/** Records a one for each record; `undefined` if the instrument is refused. */
function record(metrics: Metrics, instrument: Instrument): Recorded | undefined {
  const { type, name, unit, help, labels, hasSlo, records } = instrument;
  const slo = hasSlo ? { threshold: "5ms", target: 0.9 } as const : undefined;
  let family;
  try {
    if (type === "timer") family = metrics.timer(name, { help, labels, ...(slo && { slo }) });
    else if (type === "histogram") family = metrics.histogram(name, { help, labels, unit, buckets: [0.5, 1, 2] });
    else if (type === "summary") family = metrics.summary(name, { help, labels, unit });
    else if (type === "gauge") family = metrics.gauge(name, { help, labels, unit });
    else family = metrics.counter(name, { help, labels, unit });
  } catch (error) {
    assert(error instanceof RangeError || error instanceof TypeError, String(error));
    return undefined;
  }
  const recorded = new Map<string, number>();
  for (const { values, exemplar } of records) {
    const handle = family.with(Object.fromEntries(labels.map((label, i) => [label, values[i]])));
    const trace = { trace: exemplar };
    if ("set" in handle) handle.set(1);
    else if ("inc" in handle) handle.incWithExemplar(1, trace);
    else if ("observeWithExemplar" in handle) (handle as Timer | Histogram).observeWithExemplar(1, trace);
    else handle.observe(1);
    const key = JSON.stringify(labels.map((_, i) => values[i].toWellFormed()));
    recorded.set(key, (recorded.get(key) ?? 0) + 1);
  }
  return recorded;
}

async function bodyOf(metrics: Metrics, type: string, escaping: string): Promise<Uint8Array> {
  const { body, contentType } = await metrics.scrape({ accept: `${type};escaping=${escaping}` });
  assert(contentType.endsWith(`escaping=${escaping}`), contentType);
  return body;
}

/** Number of series and total count of each family of the program in a text exposition. */
function totalsOf(families: readonly ParsedFamily[], suffix: string): [series: number, total: number][] {
  return families.filter(isOfProgram).map(({ name, type, samples }) => {
    const ending = type === "counter" ? suffix : type === "gauge" ? "" : "_count";
    const own = samples.filter((sample) => sample.name === name + ending);
    return [own.length, own.reduce((sum, { value }) => sum + value, 0)];
  });
}

function isOfProgram({ name }: { readonly name: string }): boolean {
  return !name.startsWith("hotpath_");
}

/** What the exposition must have of an instrument: its own family, those of windows and of objectives. */
function expectedOf({ type, hasSlo }: Instrument, recorded: Recorded): [series: number, total: number][] {
  const series = recorded.size;
  const count = [...recorded.values()].reduce((sum, times) => sum + times, 0);
  if (type === "gauge") return [[series, series]];
  if (type === "counter" || type === "summary") return [[series, count]];
  // A window's summary has quantiles only; one second is above the objective.
  const windows: [number, number][] = [[0, 0]];
  if (type === "histogram" || !hasSlo) return [[series, count], ...windows];
  return [[series, count], ...windows, [series, count], [series, 0], [series, 10 * series]];
}

/** Samples of protobuf by the identity of their series. */
function protoSeries(name: string, { label = [] }: ProtoMetric): string {
  const labels = new Map(label.map(({ name = "", value = "" }) => [name, value]));
  assertEquals(labels.size, label.length);
  return seriesKey({ name, labels } satisfies Pick<ParsedSample, "name" | "labels">);
}

Deno.test("any accepted registry is valid in every format and escaping: series are unique, and counts add up", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(instruments, { minLength: 1, maxLength: 5 }), async (all) => {
      await using test = inlineMetrics({ windows: ["1s"] });
      const { metrics, clock } = test;
      const expected: [number, number][] = [];
      const named = new Set<string>();
      for (const instrument of all) {
        // The same name again is the same instrument, or refused.
        if (named.has(instrument.name)) continue;
        const recorded = record(metrics, instrument);
        if (recorded === undefined) continue;
        named.add(instrument.name);
        expected.push(...expectedOf(instrument, recorded));
      }
      clock.advance(10);
      for (const escaping of ESCAPINGS) {
        const text = parseExposition(await bodyOf(metrics, "text/plain;version=0.0.4", escaping), "text");
        const open = parseExposition(
          await bodyOf(metrics, "application/openmetrics-text;version=1.0.0", escaping),
          "openmetrics",
        );
        assertClose(totalsOf(text, ""), expected);
        assertClose(totalsOf(open, "_total"), expected);
        const proto = decodeFamilies(
          await bodyOf(
            metrics,
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
            escaping,
          ),
        );
        assertEquals(proto.map(({ name }) => name), text.map(({ name }) => name));
        const series = proto.flatMap(({ name = "", metric = [] }) => metric.map((each) => protoSeries(name, each)));
        assertEquals(new Set(series).size, series.length);
      }
      const snapshot = JSON.parse(JSON.stringify(await metrics.snapshot()));
      assert(JSON.stringify(snapshot).isWellFormed());
    }),
    { seed: 8, numRuns: 120 },
  );
});

/** Burn rates are no whole numbers. */
function assertClose(actual: readonly [number, number][], expected: readonly [number, number][]): void {
  assertEquals(actual.map(([series, total]): [number, number] => [series, Math.round(total)]), [...expected]);
}
