import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createMetrics } from "../../mod.ts";
import { metricsRoutes } from "../../src/hono.ts";
import { serveMetrics } from "../../src/server.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { valueOf } from "../_support/snapshots.ts";
import { readAll, writeAll } from "../_support/serve/raw.ts";

/** Together 10,000 requests. */
const RAW_REQUESTS = 4_000;
const APP_REQUESTS = 6_000;
/** Raw requests that are under way at the same time. */
const BATCH = 200;
/** Behind what is sent, so that the connection ends: with an answer to this, or because there can be none. */
const LAST = new TextEncoder().encode("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

/** What may be said to anybody, whatever was sent. */
const STATUSES = [200, 204, 400, 401, 403, 404, 405, 406, 408, 413, 414, 417, 421, 431, 503];

const PATHS = ["/", "/metrics", "/metrics.json", "/health", "/health/ready", "/diagnostics/metrics", "/nothing"];
const HOSTILE = [
  "\0",
  "%00",
  "%",
  "%zz",
  "..",
  "//",
  "\\",
  "'",
  '"',
  "<script>",
  "é",
  "\u{1f600}",
  "?",
  "#",
  "&",
  "=",
  "[]",
  "name[]",
  "window",
  "__proto__",
  "constructor",
  ";q=",
  ",",
  "*/*",
  "0x",
  "-1",
  "1e309",
  " ",
  "\t",
];

const path = fc.constantFrom(...PATHS);
const junk = fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 8 })), { maxLength: 8 })
  .map((parts) => parts.join(""));
const query = fc.array(
  fc.tuple(fc.constantFrom("name[]", "window", "x", "__proto__"), junk).map(([key, value]) => `${key}=${value}`),
  { maxLength: 6 },
).map((pairs) => pairs.join("&"));
const headerName = fc.constantFrom(
  "accept",
  "accept-encoding",
  "authorization",
  "content-length",
  "transfer-encoding",
  "expect",
  "connection",
  "upgrade",
  "range",
  "if-none-match",
  "x-forwarded-for",
  "cookie",
);
const headerValue = fc.oneof(
  junk,
  fc.constantFrom(
    "gzip;q=0, identity;q=0",
    "chunked",
    "100-continue",
    "0",
    "5",
    "100000",
    "99999999999999999999",
    "Bearer x",
  ),
  fc.nat(9_000).map((length) => "x".repeat(length)),
);
const method = fc.oneof(
  fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PRI", "get"),
  fc.string({ maxLength: 6 }),
);

Deno.test("metricsRoutes answers any request, never with 500, and its numbers stay right", async () => {
  await using test = inlineMetrics();
  test.metrics.counter("orders_total").inc(7);
  const app = metricsRoutes(test.metrics, { internalMetrics: true });
  const request = fc.record({
    method: method.filter((each) => /^[A-Za-z]+$/.test(each) && !/^(CONNECT|TRACE|TRACK)$/i.test(each)),
    target: fc.tuple(path, junk, query).map(([start, rest, pairs]) => `${start}${rest}?${pairs}`),
    headers: fc.dictionary(headerName, headerValue.map((value) => value.replaceAll(/[^ -~]/g, "").trim())),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, target, headers }) => {
      const response = await app.fetch(new Request(`http://localhost${target}`, { method, headers }));
      assert(STATUSES.includes(response.status), `${response.status}`);
      const text = await response.text();
      const type = response.headers.get("content-type");
      if (response.status >= 400 && method !== "HEAD") assertEquals([type, text[0]], ["application/problem+json", "{"]);
      else if (method === "HEAD") assertEquals(text, "");
    }),
    { seed: 4, numRuns: APP_REQUESTS },
  );
  assertEquals(valueOf(await (await app.request("/metrics.json")).json(), "orders_total"), 7);
});

/** Bytes that look like a request, at first sight or not at all. */
const rawRequest: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  {
    weight: 6,
    arbitrary: fc.record({
      start: fc.oneof(
        fc.tuple(method, path, query, fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/", ""))
          .map(([verb, target, pairs, version]) => `${verb} ${target}?${pairs} ${version}`),
        junk,
        fc.nat(40_000).map((length) => `GET /${"x".repeat(length)} HTTP/1.1`),
      ),
      headers: fc.array(
        fc.oneof(
          fc.tuple(headerName, headerValue).map(([name, value]) => `${name}: ${value}`),
          fc.constant("Connection: close"),
          fc.constant("Transfer-Encoding: chunked"),
          junk,
          fc.nat(40_000).map((length) => `X: ${"y".repeat(length)}`),
        ),
        { maxLength: 6 },
      ),
      lineEnd: fc.oneof({ weight: 12, arbitrary: fc.constant("\r\n") }, fc.constantFrom("\n", "\r", "")),
      body: fc.oneof(junk, fc.constantFrom("0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "ffffffffff\r\n", "-1\r\n\r\n")),
    }).map(({ start, headers, lineEnd, body }) =>
      new TextEncoder().encode([start, "Host: localhost", ...headers, "", body].join(lineEnd))
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom("GET", "HEAD", "POST", "PUT"),
      path,
      fc.nat(12_000),
      fc.constantFrom("", "Content-Length: 70000\r\n", "Expect: luck\r\n", "Accept: image/png\r\n"),
    ).map(([verb, target, length, header]) =>
      new TextEncoder().encode(`${verb} ${target}?${"z".repeat(length)} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n`)
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 2, max: 20 }).map((count) =>
      new TextEncoder().encode("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(count))
    ),
  },
);
const visit = fc.record({ bytes: rawRequest, end: fc.constantFrom("whole", "whole", "whole", "cut", "gone") });

/** Sends bytes and returns the answer; or sends half of them, or disconnects at once. */
async function send(port: number, bytes: Uint8Array, end: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await writeAll(connection, end === "cut" ? bytes.subarray(0, bytes.length / 2) : bytes);
    if (end === "gone") return "";
    if (end === "cut") await connection.closeWrite();
    else await writeAll(connection, LAST);
  } catch {
    // The server has ended the connection already.
  }
  return await readAll(connection);
}

/** The numbers; asked for again while there are too many scrapes. */
async function ordersAt(url: string): Promise<number> {
  const response = await fetch(`${url}/metrics.json`);
  if (response.status === 200) return valueOf(await response.json(), "orders_total");
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  await response.body?.cancel();
  return await ordersAt(url);
}

Deno.test("serveMetrics survives bytes of all kinds, never answers with 500, and its numbers stay right", async () => {
  await using metrics = createMetrics();
  metrics.counter("orders_total").inc(7);
  await using server = await serveMetrics(metrics, { port: 0, scrapeTimeout: "300ms" });
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { minLength: BATCH, maxLength: BATCH }), async (visits) => {
      const answers = await Promise.all(visits.map(({ bytes, end }) => send(server.port, bytes, end)));
      for (const answer of answers) {
        if (answer === "") continue;
        const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map(([, status]) => status);
        assert(statuses.length > 0 && answer.startsWith("HTTP/1.1 "), answer);
        for (const status of statuses) seen.add(status);
      }
      assertEquals(await ordersAt(server.url), 7);
    }),
    { seed: 4, numRuns: RAW_REQUESTS / BATCH, endOnFailure: true },
  );
  const wrong = [...seen].filter((status) => ![...STATUSES, 100].includes(Number(status)));
  assertEquals(wrong, []);
  for (const status of ["200", "400", "404", "405", "406", "408", "413", "414", "417", "431"]) {
    assert(seen.has(status), `nothing was answered with ${status}`);
  }
});
