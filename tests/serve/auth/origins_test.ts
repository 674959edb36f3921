import { assert, assertEquals } from "@std/assert";
import { Hono } from "hono";
import { noopMetrics } from "../../../mod.ts";
import { metricsRoutes, type RoutesOptions } from "../../../src/hono.ts";
import { serveMetrics } from "../../../src/server.ts";
import { createMetrics } from "../../../mod.ts";
import { handshakeTo } from "../../_support/serve/live_sockets.ts";
import { assertProblem } from "../../_support/serve/problems.ts";
import { responseOf, sendRaw, writeAll } from "../../_support/serve/raw.ts";

const SITE = "https://grafana.example.com";
const AUTH = { bearer: "s3cret" };
const RIGHT = { authorization: `Bearer ${AUTH.bearer}` };
const PREFLIGHT = { "access-control-request-method": "GET", "access-control-request-headers": "authorization" };

function mounted(options: RoutesOptions): Hono {
  return new Hono().route("/internal", metricsRoutes(noopMetrics, options));
}

function sharingOf({ headers }: Response): [string | null, string | null] {
  return [headers.get("access-control-allow-origin"), headers.get("access-control-allow-credentials")];
}

Deno.test("metricsRoutes shares nothing with other sites by default", async () => {
  const app = mounted({});
  for (const headers of [{ origin: SITE }, { origin: SITE, ...PREFLIGHT }, { origin: "null" }]) {
    for (const method of ["GET", "OPTIONS"]) {
      const response = await app.request("/internal/metrics", { method, headers });
      assertEquals([response.status < 300, sharingOf(response)], [true, [null, null]]);
      assert(!response.headers.get("vary")?.includes("origin"));
    }
  }
});

Deno.test("metricsRoutes with cors shares with the origins that are named, errors too, and varies by that", async () => {
  const app = mounted({ cors: { origins: [SITE, "http://localhost:3000"] }, auth: AUTH });
  for (const origin of [SITE, "http://localhost:3000"]) {
    const response = await app.request("/internal/metrics", { headers: { origin, ...RIGHT } });
    assertEquals([response.status, sharingOf(response)], [200, [origin, "true"]]);
    assert(response.headers.get("vary")?.split(", ").includes("origin"));
    const refused = await app.request("/internal/metrics", { headers: { origin } });
    assertEquals(sharingOf(refused), [origin, "true"]);
    await assertProblem(refused, 401, "credentials");
  }
  for (const origin of ["https://evil.example", `${SITE}.evil.example`, "https://grafana.example.com:8443", "null"]) {
    const response = await app.request("/internal/metrics", { headers: { origin, ...RIGHT } });
    assertEquals([response.status, sharingOf(response)], [200, [null, null]]);
  }
  const plain = await app.request("/internal/metrics", { headers: RIGHT });
  assert(plain.headers.get("vary")?.split(", ").includes("origin"));
});

Deno.test("metricsRoutes with cors for all shares with all, and no credentials that a browser keeps", async () => {
  const app = mounted({ cors: { origins: ["*"] } });
  const response = await app.request("/internal/metrics", { headers: { origin: "https://any.example" } });
  assertEquals([response.status, sharingOf(response)], [200, ["*", null]]);
});

Deno.test("metricsRoutes answers a preflight without credentials for origins that are named, and nothing to others", async () => {
  const app = mounted({ cors: { origins: [SITE] }, auth: AUTH });
  const ask = (origin: string) =>
    app.request("/internal/metrics", { method: "OPTIONS", headers: { origin, ...PREFLIGHT } });
  const { status, headers } = await ask(SITE);
  assertEquals([status, Object.fromEntries([...headers].filter(([name]) => /^access|^vary$/.test(name)))], [204, {
    "access-control-allow-origin": SITE,
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "authorization, content-type, last-event-id",
    "access-control-max-age": "600",
    "vary": "origin, access-control-request-method, access-control-request-headers",
  }]);
  const refused = await ask("https://evil.example");
  assertEquals(sharingOf(refused), [null, null]);
  await assertProblem(refused, 401, "credentials");
});

Deno.test("metricsRoutes shares nothing under /admin", async () => {
  const app = mounted({ cors: { origins: [SITE] }, admin: { bearer: "another-token" } });
  for (const method of ["GET", "OPTIONS", "PATCH"]) {
    const response = await app.request("/internal/admin/settings", { method, headers: { origin: SITE, ...PREFLIGHT } });
    assertEquals([response.status, sharingOf(response)], [401, [null, null]]);
  }
});

Deno.test("metricsRoutes answers OPTIONS with what a path allows, and with 404 for one that there is not", async () => {
  const app = mounted({});
  for (const path of ["/internal", "/internal/metrics", "/internal/health", "/internal/traces/x"]) {
    const response = await app.request(path, { method: "OPTIONS" });
    assertEquals([path, response.status, response.headers.get("allow")], [path, 204, "GET, HEAD, OPTIONS"]);
    assertEquals(await response.text(), "");
  }
  await assertProblem(await app.request("/internal/nothing", { method: "OPTIONS" }), 404, "there is no route at");
});

Deno.test("every answer has protective headers for browsers and proxies", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  await using server = await serveMetrics(metrics, { port: 0 });
  const head = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  const requests = [
    ...["/metrics", "/metrics.json", "/", "/health", "/nothing", "/traces"].map((path) => `GET ${path} ${head}\r\n`),
    `HEAD /live/sse ${head}\r\n`,
    `POST /metrics ${head}\r\n`,
    `OPTIONS * ${head}\r\n`,
    `OPTIONS /metrics ${head}\r\n`,
    `TRACE /metrics ${head}\r\n`,
    `CONNECT localhost:80 ${head}\r\n`,
    `GET /metrics ${head}Expect: luck\r\n\r\n`,
    `GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    "NONSENSE\r\n\r\n",
    `GET /metrics ${head}X: ${"x".repeat(40_000)}\r\n\r\n`,
    handshakeTo("/live", { origin: "http://evil.example" }),
  ];
  for (const request of requests) {
    const { headers } = responseOf(await sendRaw(server.port, request));
    const [start] = request.split("\r\n");
    const isPage = start.startsWith("GET / ");
    assertEquals([start, headers.get("x-content-type-options")], [start, "nosniff"]);
    assertEquals(headers.get("cache-control")?.startsWith("no-store"), true, start);
    assertEquals(headers.get("referrer-policy"), "no-referrer");
    assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
    assertEquals(headers.get("x-frame-options"), "DENY");
    const policy = headers.get("content-security-policy") ?? "";
    assert(policy.startsWith("default-src 'none'") && policy.includes("frame-ancestors 'none'"));
    assertEquals(policy.includes("script-src"), isPage);
  }
});

Deno.test("/live is open to pages of the requested host, with the default port of their scheme or another one", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  await using server = await serveMetrics(metrics, {
    port: 0,
    allowedHosts: ["x"],
    cors: { origins: [SITE] },
  });
  const statusOf = async (host: string, origin: string) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await writeAll(connection, handshakeTo("/live", { host, origin }));
    const bytes = new Uint8Array(1_000);
    return new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0)).slice(9, 12);
  };
  const own = [["x", "http://x"], ["x", "https://x"], ["x:443", "https://x"], ["x:80", "http://x"], ["X", "http://x"]];
  for (const [host, origin] of [...own, ["x:9464", "http://x:9464"], ["x", SITE], ["x:80", "http://x:80"]]) {
    assertEquals([host, origin, await statusOf(host, origin)], [host, origin, "101"]);
  }
  const others = [["x:443", "http://x"], ["x:80", "https://x"], ["x", "http://x:8080"], ["x", "http://y"], [
    "x",
    "null",
  ]];
  for (const [host, origin] of others) {
    assertEquals([host, origin, await statusOf(host, origin)], [host, origin, "403"]);
  }
});

Deno.test("/live/sse refuses pages of other sites, which could not read it", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const app = metricsRoutes(metrics, { cors: { origins: [SITE] } });
  const statusOf = async (headers: Record<string, string>) => {
    const response = await app.request("/live/sse", { headers: { host: "localhost", ...headers } });
    await response.body?.cancel();
    return response.status;
  };
  for (const site of ["cross-site", "same-site"]) assertEquals(await statusOf({ "sec-fetch-site": site }), 403);
  assertEquals(await statusOf({ origin: "https://evil.example", "sec-fetch-site": "cross-site" }), 403);
  assertEquals(await statusOf({ origin: SITE, "sec-fetch-site": "cross-site" }), 200);
  for (const site of ["same-origin", "none"]) assertEquals(await statusOf({ "sec-fetch-site": site }), 200);
  assertEquals(await statusOf({}), 200);
});
