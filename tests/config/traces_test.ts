import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMetrics, type MetricsOptions } from "../../mod.ts";
import { revealTraceExport, type TraceExportSettings } from "../../src/config/traces.ts";
import { resolveOptions } from "../../src/config/options.ts";
import { type Layers, resolveAll } from "../_support/config/resolving.ts";

const SECRET = "s3cret";
const OPTIONS = { endpoint: "http://option:1", headers: { "api-key": "option" }, serviceName: "option" };
const TRACES_ENV = {
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:1/own",
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: "api-key=traces",
};
const ENV = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:1/otlp/",
  OTEL_EXPORTER_OTLP_HEADERS: "api-key=all",
  OTEL_SERVICE_NAME: "env",
};
const FILE = { traces_endpoint: "http://file:1", traces_headers: { "api-key": "file" }, service_name: "file" };

function targetOf(endpoint: string, key: string | undefined, name: string): Record<string, unknown> {
  return { endpoint, headers: key === undefined ? {} : { "api-key": key }, resource: { "service.name": name } };
}

async function resolveTargets(cases: readonly Layers[]): Promise<unknown[]> {
  const outcomes = await resolveAll(cases);
  return outcomes.map(({ resolved, error }) =>
    error ?? (resolved?.traces as { exportTo: unknown } | undefined)?.exportTo
  );
}

Deno.test("resolveOptions takes options, then variables of traces, then those of all telemetry, then the file", async () => {
  const cases: [Layers, unknown][] = [
    [
      { options: { traces: OPTIONS }, env: { ...TRACES_ENV, ...ENV }, file: FILE },
      targetOf("http://option:1/", "option", "option"),
    ],
    [
      { options: { traces: {} }, env: { ...TRACES_ENV, ...ENV }, file: FILE },
      targetOf("http://traces:1/own", "traces", "env"),
    ],
    [{ options: { traces: {} }, env: ENV, file: FILE }, targetOf("http://all:1/otlp/v1/traces", "all", "env")],
    [{ env: ENV, file: FILE }, targetOf("http://all:1/otlp/v1/traces", "all", "env")],
    [{ options: { traces: {} }, file: FILE }, targetOf("http://file:1/", "file", "file")],
    [{ file: FILE }, targetOf("http://file:1/", "file", "file")],
    [
      { options: { traces: { endpoint: "https://collector" } } },
      targetOf("https://collector/", undefined, "unknown_service:deno"),
    ],
  ];
  assertEquals(await resolveTargets(cases.map(([layers]) => layers)), cases.map(([, target]) => target));
});

Deno.test("resolveOptions exports no traces unless the program or its file asks for traces", async () => {
  const cases: Layers[] = [
    { env: { ...TRACES_ENV, ...ENV } },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "nonsense", OTEL_EXPORTER_OTLP_HEADERS: "nonsense" } },
    { file: { service_name: "file" } },
    { options: { traces: {} } },
    { options: { traces: { headers: OPTIONS.headers, serviceName: "a" } } },
  ];
  // What is undefined is not in JSON.
  assertEquals(await resolveTargets(cases), cases.map(() => undefined));
});

Deno.test("resolveOptions exports to Zipkin where an option, a variable or the file names an endpoint", async () => {
  const NAMED = { OTEL_TRACES_EXPORTER: "zipkin" };
  const cases: [layers: Layers, endpoint: string | undefined][] = [
    [{ options: { traces: { zipkinEndpoint: "http://option:9411" } }, env: NAMED }, "http://option:9411/"],
    [{ options: { traces: {} }, env: { OTEL_EXPORTER_ZIPKIN_ENDPOINT: "http://env:1/x", ...NAMED } }, "http://env:1/x"],
    [{ options: { traces: {} }, env: NAMED }, "http://localhost:9411/api/v2/spans"],
    [{ options: { traces: {} }, env: { OTEL_TRACES_EXPORTER: "otlp, zipkin" } }, "http://localhost:9411/api/v2/spans"],
    [{ options: { traces: {} }, env: { OTEL_TRACES_EXPORTER: "otlp" } }, undefined],
    [{ env: NAMED }, undefined],
    [{ file: { traces_zipkin_endpoint: "http://file:9411" } }, "http://file:9411/"],
  ];
  const targets = await resolveTargets(cases.map(([layers]) => layers)) as ({ zipkinEndpoint: string } | undefined)[];
  assertEquals(targets.map((target) => target?.zipkinEndpoint), cases.map(([, endpoint]) => endpoint));
});

Deno.test("resolveOptions ignores a variable that an option precedes, and an empty one", async () => {
  const bad = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "bad",
    OTEL_EXPORTER_OTLP_ENDPOINT: "bad",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "bad",
    OTEL_EXPORTER_OTLP_HEADERS: "bad",
  };
  const empty = Object.fromEntries(Object.keys(bad).map((name) => [name, ""]));
  assertEquals(
    await resolveTargets([
      { options: { traces: OPTIONS }, env: bad },
      { options: { traces: {} }, env: { ...empty, ...ENV } },
    ]),
    [targetOf("http://option:1/", "option", "option"), targetOf("http://all:1/otlp/v1/traces", "all", "env")],
  );
});

Deno.test("resolveOptions makes the URL of traces of one for all telemetry", async () => {
  const urls = ["http://a", "http://a/", "http://a:4318/x", "https://a/x/y/?key=1"];
  const cases = urls.map((url) => ({ options: { traces: {} }, env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } }));
  const endpoints = (await resolveTargets(cases)).map((target) => (target as { endpoint: string }).endpoint);
  assertEquals(endpoints, [
    "http://a/v1/traces",
    "http://a/v1/traces",
    "http://a:4318/x/v1/traces",
    "https://a/x/y/v1/traces?key=1",
  ]);
});

Deno.test("resolveOptions reads headers as OpenTelemetry writes them", async () => {
  const texts: [text: string, headers: Record<string, string>][] = [
    ["a=1", { a: "1" }],
    [" a = 1 , B=2,", { a: "1", b: "2" }],
    ["authorization=Bearer%20a%3D%3D", { authorization: "Bearer a==" }],
    ["authorization=Basic a==", { authorization: "Basic a==" }],
  ];
  const cases = texts.map(([text]) => ({
    options: { traces: { endpoint: "http://a" } },
    env: { OTEL_EXPORTER_OTLP_HEADERS: text },
  }));
  const headers = (await resolveTargets(cases)).map((target) => (target as { headers: unknown }).headers);
  assertEquals(headers, texts.map(([, headers]) => headers));
});

const HIDDEN = "got a hidden value";
const URL_RULE = "be an http or https URL without a user";

Deno.test("resolveOptions refuses a bad variable of OpenTelemetry by its name and rule, and shows no secret", async () => {
  const refusals: [variable: string, text: string, says: string][] = [
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", `must ${URL_RULE}, got "localhost:4317"`],
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "4318", `must ${URL_RULE}, got "4318"`],
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", `http://me:${SECRET}@a`, `must ${URL_RULE}, ${HIDDEN}`],
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", `ftp://a?key=${SECRET}`, `must ${URL_RULE}, ${HIDDEN}`],
    ["OTEL_EXPORTER_OTLP_HEADERS", SECRET, `must be headers such as "api-key=…,other=…", ${HIDDEN}`],
    ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", `a b=${SECRET}`, `must have valid header names, ${HIDDEN}`],
    [
      "OTEL_EXPORTER_OTLP_HEADERS",
      `a=${SECRET}%`,
      `must have percent signs before two hexadecimal digits only, ${HIDDEN}`,
    ],
  ];
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://a" };
  const outcomes = await resolveAll(
    refusals.map(([variable, text]) => ({ options: { traces: {} }, env: { ...env, [variable]: text } })),
  );
  refusals.forEach(([variable, , says], i) => {
    assertEquals(outcomes[i].error, `RangeError: Cannot create metrics: ${variable} in the environment ${says}`);
  });
  const [{ error }] = await resolveAll([
    { options: { traces: {} }, env: { ...env, OTEL_EXPORTER_OTLP_HEADERS: "api-key=" } },
  ]);
  const rule = "must be one or more printable ASCII characters";
  assertEquals(
    error,
    `RangeError: Cannot create metrics: OTEL_EXPORTER_OTLP_HEADERS.api-key in the environment ${rule}, got ""`,
  );
});

Deno.test("createMetrics refuses where traces cannot be sent, by field and rule, and shows no secret", () => {
  const refusals: [traces: unknown, error: typeof RangeError | typeof TypeError, says: string][] = [
    [
      null,
      TypeError,
      'traces must be a boolean, or an object such as { endpoint: "http://localhost:4318" }, got null',
    ],
    [1, TypeError, `traces must be a boolean, or an object such as { endpoint: "http://localhost:4318" }, ${HIDDEN}`],
    [{ endpoint: 4318 }, TypeError, "traces.endpoint must be a string, got 4318"],
    [{ endpoint: "" }, RangeError, `traces.endpoint must ${URL_RULE}, got ""`],
    [{ endpoint: `http://${SECRET}@a` }, RangeError, `traces.endpoint must ${URL_RULE}, ${HIDDEN}`],
    [
      { endpoint: "http://a", headers: SECRET },
      TypeError,
      `traces.headers must be an object such as { "api-key": "…" }, ${HIDDEN}`,
    ],
    [{ endpoint: "http://a", headers: { a: 5 } }, TypeError, `traces.headers.a must be a string, ${HIDDEN}`],
    [
      { endpoint: "http://a", headers: { a: `${SECRET}\n` } },
      RangeError,
      `traces.headers.a must be one or more printable ASCII characters, ${HIDDEN}`,
    ],
    [
      { endpoint: "http://a", headers: { [`${SECRET}:`]: "1" } },
      RangeError,
      `traces.headers must have valid header names, ${HIDDEN}`,
    ],
    [{ endpoint: "http://a", serviceName: "" }, RangeError, 'traces.serviceName must be a name, got ""'],
    [{ endpoint: "http://a", serviceName: 5 }, TypeError, "traces.serviceName must be a string, got 5"],
  ];
  for (const [traces, error, says] of refusals) {
    const thrown = assertThrows(() => createMetrics({ traces } as MetricsOptions), error);
    assertEquals(thrown.message, `Cannot create metrics: ${says}`);
  }
  const config = { source: "x.yaml", metrics: { traces_headers: { a: [SECRET] } } };
  const { message } = assertThrows(() => createMetrics({ config }), TypeError);
  assertEquals(message, `Cannot create metrics: metrics.traces_headers.a in x.yaml must be a string, ${HIDDEN}`);
});

Deno.test("resolveOptions keeps headers where printing and JSON do not find them", () => {
  const { push: { traceExport: exportTo } } = resolveOptions({
    traces: { endpoint: "http://a", headers: { "Api-Key": SECRET } },
  });
  assert(!Deno.inspect(exportTo, { depth: 10, showHidden: true }).includes(SECRET));
  assert(!JSON.stringify(exportTo).includes(SECRET));
  assertEquals(revealTraceExport(exportTo as TraceExportSettings).headers, { "api-key": SECRET });
});
