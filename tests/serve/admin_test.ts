import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Hono } from "hono";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { createMetrics, type MetricsSource, noopMetrics } from "../../mod.ts";
import { metricsRoutes, type RoutesOptions } from "../../src/hono.ts";
import { ROUTES } from "../../src/serve/page.ts";
import { serveMetrics } from "../../src/server.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { withDirectory } from "../_support/directory.ts";
import type { PatchJob } from "../_support/serve/patcher.ts";
import { assertProblem } from "../_support/serve/problems.ts";
import { readAll, responseOf, writeAll } from "../_support/serve/raw.ts";

const TOKEN = "adm1n-t0ken";
const SCRAPER = "s3cret";
const ADMIN = { authorization: `Bearer ${TOKEN}` };
const JSON_TYPE = { "content-type": "application/json" };
const PATH = "/admin/settings";
const METHODS = ["GET", "HEAD", "PATCH", "POST", "PUT", "DELETE", "OPTIONS"];
const MINUTE_MS = 60_000;

/** Asks an app. */
function asking(source: MetricsSource, options: RoutesOptions = { admin: { bearer: TOKEN } }, prefix = "") {
  const app = new Hono().route(prefix || "/", metricsRoutes(source, options));
  const ask = (method: string, body?: BodyInit, headers: HeadersInit = {}) =>
    app.request(prefix + PATH, { method, body, headers: { ...ADMIN, ...JSON_TYPE, ...headers } });
  const patch = (settings: unknown, headers?: HeadersInit) => ask("PATCH", JSON.stringify(settings), headers);
  return { app, ask, patch };
}

Deno.test("metricsRoutes has no /admin without an administrator's token", async () => {
  await using test = inlineMetrics();
  for (const options of [{}, { auth: { bearer: SCRAPER } }, { auth: { username: "me", password: SCRAPER } }]) {
    const { app } = asking(test.metrics, options);
    for (const path of [PATH, "/admin", "/admin/", "/admin/other"]) {
      for (const method of METHODS) {
        for (const headers of [{}, ADMIN, { authorization: `Bearer ${SCRAPER}` }] as Record<string, string>[]) {
          const response = await app.request(path, { method, headers });
          if (method === "HEAD") assertEquals(response.status, 404);
          else await assertProblem(response, 404, `there is no route at ${path}`);
        }
      }
    }
  }
  assertEquals([test.metrics.enabled, test.metrics.samplingRate], [true, 1]);
});

Deno.test("metricsRoutes answers everything under /admin with 401 but to the administrator", async () => {
  await using test = inlineMetrics();
  const options = { admin: { bearer: TOKEN }, auth: { bearer: SCRAPER } };
  const wrong = [undefined, `Bearer ${SCRAPER}`, `Bearer ${TOKEN}x`, "Bearer", `Basic ${TOKEN}`, TOKEN];
  const body = JSON.stringify({ enabled: false });
  for (const authorization of wrong) {
    const headers = { ...JSON_TYPE, ...(authorization !== undefined && { authorization }) };
    // Each has a separate limit of wrong guesses.
    const { app } = asking(test.metrics, options);
    for (const path of [PATH, "/admin", "/admin/other"]) {
      await assertProblem(await app.request(path, { headers }), 401, "credentials are missing or wrong");
      const refused = await app.request(path, { method: "PATCH", body, headers });
      assertEquals(refused.headers.get("www-authenticate"), 'Bearer realm="Hotpath"');
      await assertProblem(refused, 401, "credentials are missing or wrong");
    }
  }
  assert(test.metrics.enabled);
  const { app } = asking(test.metrics, options);
  await assertProblem(await app.request("/admin/other", { headers: ADMIN }), 404, "there is no route at /admin/other");
  await assertProblem(await app.request("/admin", { headers: ADMIN }), 404, "there is no route at /admin");
});

Deno.test("the administrator's token opens nothing but /admin", async () => {
  const { app } = asking(noopMetrics, { admin: { bearer: TOKEN }, auth: { bearer: SCRAPER } });
  for (
    const path of [
      "/",
      "/nothing",
      ...ROUTES.map(({ path }) => path).filter((each) => !each.startsWith("/health")),
    ]
  ) {
    await assertProblem(await app.request(path, { headers: ADMIN }), 401, "credentials are missing or wrong");
  }
});

Deno.test("metricsRoutes refuses the same token for scrapers and the administrator, and shows nothing of it", async () => {
  const says = "Cannot serve metrics: admin must differ from the token of auth, got a hidden value";
  await withDirectory(async (directory) => {
    const bearerFile = `${directory}/token`;
    await Deno.writeTextFile(bearerFile, `${TOKEN}\n`);
    for (const auth of [{ bearer: TOKEN }, { bearerFile }]) {
      for (const admin of [{ bearer: TOKEN }, { bearerFile }]) {
        assertEquals(assertThrows(() => metricsRoutes(noopMetrics, { auth, admin }), RangeError).message, says);
      }
    }
    metricsRoutes(noopMetrics, { auth: { username: "me", password: TOKEN }, admin: { bearerFile } });
  });
});

Deno.test("GET /admin/settings returns the current values", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0.25 } });
  const { ask } = asking(test.metrics, undefined, "/internal");
  const response = await ask("GET");
  assertEquals([response.status, response.headers.get("cache-control")], [200, "no-store"]);
  assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
  assertEquals(await response.json(), {
    enabled: true,
    samplingRate: 0.25,
    budget: null,
    exportEnabled: true,
    rollout: null,
  });
  test.metrics.enabled = false;
  test.metrics.samplingRate = 0.5;
  const changed = await (await ask("GET")).json();
  assertEquals(changed, { enabled: false, samplingRate: 0.5, budget: null, exportEnabled: true, rollout: null });
  const head = await ask("HEAD");
  assertEquals([head.status, await head.text()], [200, ""]);
  await assertProblem(await ask("GET", undefined, { accept: "text/html" }), 406, "is application/json only");
});

Deno.test("PATCH /admin/settings changes what it names, by either media type, and answers as GET does", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const { ask, patch } = asking(metrics);
  for (const type of ["application/json; charset=utf-8", "application/merge-patch+json", "Application/JSON"]) {
    metrics.samplingRate = 1;
    const response = await patch({ samplingRate: 0.5, exportEnabled: false }, { "content-type": type });
    const answer = { enabled: true, samplingRate: 0.5, budget: null, exportEnabled: false, rollout: null };
    assertEquals([response.status, await response.json()], [200, answer]);
    assertEquals([metrics.enabled, metrics.samplingRate], [true, 0.5]);
    assertEquals(await (await ask("GET")).json(), answer);
  }
  const orders = metrics.counter("orders_total");
  await (await patch({ enabled: false })).json();
  orders.inc();
  assertEquals(metrics.enabled, false);
  await (await patch({ enabled: true })).json();
  orders.inc();
  assertEquals((await metrics.scrape()).includes("\norders_total 1\n"), true);
  const same = await patch({});
  assertEquals([same.status, (await same.json()).samplingRate], [200, 0.5]);
});

Deno.test("PATCH /admin/settings applies all of a change or nothing, and names the problem", async () => {
  await using test = inlineMetrics();
  const { ask, patch } = asking(test.metrics);
  const before = await (await ask("GET")).text();
  const refusals: [body: BodyInit, status: number, detail: string][] = [
    ['{ "enabled": false, "samplingRate": 2 }', 422, "samplingRate must be a number from 0 to 1, got 2"],
    ['{ "enabled": false, "exportEnabled": 0 }', 422, "exportEnabled must be true or false, got 0"],
    ['{ "enabled": false, "samplingrate": 1 }', 422, 'got "samplingrate"; did you mean "samplingRate"?'],
    ['{ "enabled": false, "rollout": { "from": 0, "to": 1, "over": "soon" } }', 422, "rollout.over must be a duration"],
    ["[]", 422, "the patch must be an object"],
    [`${"[".repeat(2_000)}${"]".repeat(2_000)}`, 422, `got ${"[".repeat(79)}…`],
    [`{ "samplingRate": ${"[".repeat(2_000)}${"]".repeat(2_000)} }`, 422, `got ${"[".repeat(79)}…`],
    [`{ "${"k".repeat(4_000)}": 1 }`, 422, `got "${"k".repeat(79)}…"`],
    ['{ "__proto__": { "enabled": false } }', 422, 'got "__proto__"'],
    ["", 400, "the body must be JSON"],
    ['{ "enabled": false', 400, "the body must be JSON"],
    [new Uint8Array([0x22, 0xff, 0x22]), 400, "the body must be UTF-8"],
    [new Uint8Array([0x22, 0xc3]), 400, "the body must be UTF-8"],
    [`{ "enabled": false }${" ".repeat(4_100)}`, 413, "a request's body must have at most 4096 bytes"],
  ];
  for (const [body, status, detail] of refusals) {
    await assertProblem(await ask("PATCH", body), status, detail);
    assertEquals(await (await ask("GET")).text(), before);
  }
  await assertProblem(await ask("PATCH"), 400, "the body must be JSON");
  for (const type of ["text/plain", "application/json-patch+json", ""]) {
    const refused = await patch({ enabled: false }, { "content-type": type });
    assertEquals(refused.headers.get("accept-patch"), "application/json, application/merge-patch+json");
    await assertProblem(refused, 415, "must be application/json or application/merge-patch+json");
  }
  await assertProblem(await patch({ enabled: false }, { "content-encoding": "gzip" }), 415, "not be compressed");
  for (const method of METHODS.filter((each) => !["GET", "HEAD", "PATCH", "OPTIONS"].includes(each))) {
    const refused = await ask(method);
    assertEquals(refused.headers.get("allow"), "GET, HEAD, PATCH, OPTIONS");
    await assertProblem(refused, 405, `${PATH} supports GET, HEAD, PATCH, not ${method}`);
  }
  assertEquals(await (await ask("GET")).text(), before);
});

Deno.test("PATCH /admin/settings answers any JSON with 200 or 422, and changes nothing with 422", async () => {
  await using test = inlineMetrics();
  const { ask, patch } = asking(test.metrics);
  const value = fc.oneof(fc.jsonValue(), fc.boolean(), fc.double({ min: -0.5, max: 1.5, noNaN: true }));
  const rollout = fc.record({ from: value, to: value, over: fc.oneof(value, fc.constantFrom("1s", "9h", "0s", "1d")) });
  const settings = fc.record({ enabled: value, samplingRate: value, budget: value, exportEnabled: value }, {
    requiredKeys: [],
  });
  const body = fc.oneof(value, settings, fc.record({ rollout: fc.oneof(value, rollout), enabled: value }));
  const stateOf = async (response: Response) => {
    const { rollout, ...rest } = await response.json();
    return { ...rest, startedAt: rollout?.startedAt };
  };
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(body, async (body) => {
      const before = await stateOf(await ask("GET"));
      const response = await patch(body);
      seen.add(response.status);
      if (response.status === 422) {
        await assertProblem(response, 422, "Cannot change settings: ");
        assertEquals(await stateOf(await ask("GET")), before);
        return;
      }
      assertEquals(response.status, 200);
      assertEquals(await stateOf(response), await stateOf(await ask("GET")));
    }),
    { examples: [[{}], [{ enabled: 0 }]] },
  );
  assertEquals(seen, new Set([200, 422]));
});

Deno.test("PATCH /admin/settings reads a body of unknown length no further than its limit", async () => {
  await using test = inlineMetrics();
  const { ask } = asking(test.metrics);
  let chunks = 0;
  const endless = new ReadableStream({
    pull(controller) {
      chunks += 1;
      controller.enqueue(new Uint8Array(1_000).fill(32));
    },
  });
  await assertProblem(await ask("PATCH", endless), 413, "at most 4096 bytes");
  assert(chunks < 10, `${chunks} chunks`);
  const parts = new ReadableStream({
    start(controller) {
      for (const part of ['{ "sampling', 'Rate": 0.5 }']) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
  assertEquals((await ask("PATCH", parts)).status, 200);
  assertEquals(test.metrics.samplingRate, 0.5);
  const small = asking(test.metrics, { admin: { bearer: TOKEN }, requestBytesMax: 5 });
  await assertProblem(await small.patch({ enabled: true }), 413, "at most 5 bytes");
});

Deno.test("PATCH /admin/settings accepts a body that a middleware of the app has read", async () => {
  await using test = inlineMetrics();
  const app = new Hono();
  app.use(async ({ req }, next) => {
    await req.text();
    await next();
  });
  app.route("/", metricsRoutes(test.metrics, { admin: { bearer: TOKEN } }));
  const init = { method: "PATCH", headers: { ...ADMIN, ...JSON_TYPE }, body: '{ "samplingRate": 0.5 }' };
  assertEquals((await app.request(PATH, init)).status, 200);
  assertEquals(test.metrics.samplingRate, 0.5);
});

Deno.test("PATCH /admin/settings begins a rollout, and rolls it back in one call", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0.05 } });
  const { metrics, clock } = test;
  const { ask, patch } = asking(metrics);
  const begun = await (await patch({ rollout: { from: 0.1, to: 1, over: "1h" } })).json();
  const { startedAt, ...rollout } = begun.rollout;
  assertEquals(new Date(startedAt).toISOString(), startedAt);
  assertEquals(rollout, { state: "running", from: 0.1, to: 1, over: "1h", rate: 0.1, rateBefore: 0.05 });
  assertEquals(metrics.samplingRate, 0.1);
  for (const [minutes, rate] of [[15, 0.325], [30, 0.55], [45, 0.775]]) {
    clock.advance(15 * MINUTE_MS);
    await metrics.flush();
    assertAlmostEquals(metrics.samplingRate, rate, 1e-9, `after ${minutes} minutes`);
    const now = await (await ask("GET")).json();
    assertAlmostEquals(now.rollout.rate, rate, 1e-9);
    assertEquals([now.rollout.state, now.rollout.startedAt, now.samplingRate], [
      "running",
      startedAt,
      metrics.samplingRate,
    ]);
  }
  clock.advance(15 * MINUTE_MS);
  await metrics.flush();
  const ended = await (await ask("GET")).json();
  assertEquals([ended.samplingRate, ended.rollout.state, ended.rollout.rate], [1, "completed", 1]);
  const back = await (await patch({ rollout: null })).json();
  assertEquals(back, { enabled: true, samplingRate: 0.05, budget: null, exportEnabled: true, rollout: null });
  assertEquals(metrics.samplingRate, 0.05);
});

Deno.test("a rollout ends when the program or the administrator sets the rate, also to what it is", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  const { patch } = asking(metrics);
  const byHand = [
    () => void (metrics.samplingRate = 0.1),
    async () => void await (await patch({ samplingRate: 0.1 })).json(),
  ];
  for (const set of byHand) {
    await (await patch({ rollout: { from: 0.1, to: 1, over: "10m" } })).json();
    await set();
    clock.advance(5 * MINUTE_MS);
    await metrics.flush();
    assertEquals(metrics.samplingRate, 0.1);
    assertEquals((await (await patch({})).json()).rollout, null);
  }
});

Deno.test("metricsRoutes has no settings for noopMetrics", async () => {
  const { ask, patch } = asking(noopMetrics);
  await assertProblem(await ask("GET"), 404, "there is no route at /admin/settings");
  await assertProblem(await patch({ enabled: false }), 404, "there is no route at /admin/settings");
  const refused = await ask("GET", undefined, { authorization: "" });
  await assertProblem(refused, 401, "credentials");
});

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`serveMetrics has /admin/settings over a socket for the token in a file, ${aggregation}`, async () => {
    await withDirectory(async (directory) => {
      const bearerFile = `${directory}/token`;
      await Deno.writeTextFile(bearerFile, `${TOKEN}\n`);
      await using metrics = createMetrics({ aggregation });
      await using server = await serveMetrics(metrics, { port: 0, admin: { bearerFile }, auth: { bearer: SCRAPER } });
      const url = server.url + PATH;
      const patch = async (settings: unknown) => {
        const headers = { ...ADMIN, ...JSON_TYPE };
        const response = await fetch(url, { method: "PATCH", headers, body: JSON.stringify(settings) });
        return [response.status, await response.json()];
      };
      await assertProblem(await fetch(url), 401, "credentials");
      await assertProblem(await fetch(url, { headers: { authorization: `Bearer ${SCRAPER}` } }), 401, "credentials");
      await assertProblem(await fetch(`${server.url}/metrics`, { headers: ADMIN }), 401, "credentials");

      const off = { enabled: false, samplingRate: 0.5, budget: null, exportEnabled: true, rollout: null };
      assertEquals(await patch({ enabled: false, samplingRate: 0.5 }), [200, off]);
      assertEquals([metrics.enabled, metrics.samplingRate], [false, 0.5]);
      metrics.enabled = true;
      assertEquals(await (await fetch(url, { headers: ADMIN })).json(), { ...off, enabled: true });

      const [status, { detail }] = await patch({ enabled: false, samplingRate: 5 });
      assertEquals([status, detail], [
        422,
        "Cannot change settings: samplingRate must be a number from 0 to 1, got 5",
      ]);
      assertEquals([metrics.enabled, metrics.samplingRate], [true, 0.5]);
      const large = { method: "PATCH", headers: { ...ADMIN, ...JSON_TYPE }, body: " ".repeat(5_000) };
      await assertProblem(await fetch(url, large), 413, "a request's body must have at most 4096 bytes");
      await assertProblem(await fetch(url, { method: "PATCH", headers: ADMIN, body: "{}" }), 415, "must be");
      assertEquals(Deno.inspect(server, { depth: 10, showHidden: true }).includes(TOKEN), false);
    });
  });

  Deno.test(`serveMetrics completes a rollout and rolls it back, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation, drainIntervalMs: 5 });
    await using server = await serveMetrics(metrics, { port: 0, admin: { bearer: TOKEN } });
    const patch = async (rollout: unknown) => {
      const init = { method: "PATCH", headers: { ...ADMIN, ...JSON_TYPE }, body: JSON.stringify({ rollout }) };
      return await (await fetch(server.url + PATH, init)).json();
    };
    const { rollout: { state, rateBefore } } = await patch({ from: 0.1, to: 0.9, over: "1s" });
    assertEquals([state, rateBefore], ["running", 1]);
    const seen = new Set<number>();
    while (metrics.samplingRate !== 0.9) {
      seen.add(metrics.samplingRate);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const rates = [...seen];
    assertEquals(rates, rates.toSorted((a, b) => a - b));
    assert(rates.every((rate) => rate >= 0.1 && rate < 0.9), `${rates}`);
    assertEquals((await patch(null)).samplingRate, 1);
    assertEquals(metrics.samplingRate, 1);
  });

  Deno.test(`serveMetrics accepts a change in chunks, and continues on the same connection, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    await using server = await serveMetrics(metrics, { port: 0, admin: { bearer: TOKEN } });
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const head = ["Host: localhost", `Authorization: Bearer ${TOKEN}`, "Content-Type: application/json"];
    const patch = (...more: string[]) => [`PATCH ${PATH} HTTP/1.1`, ...head, ...more].join("\r\n");
    await writeAll(connection, `${patch("Content-Length: 20")}\r\n\r\n{ "enabled": false }`);
    const chunks = '10\r\n{ "samplingRate"\r\n7\r\n: 0.5 }\r\n0\r\n\r\n';
    await writeAll(connection, `${patch("Transfer-Encoding: chunked", "Connection: close")}\r\n\r\n${chunks}`);
    const answers = (await readAll(connection)).split("HTTP/1.1 ").filter((each) => each !== "");
    const [, second] = answers.map((each) => responseOf(`HTTP/1.1 ${each}`));
    assertEquals([answers.length, second.status], [2, 200]);
    assertEquals([metrics.enabled, metrics.samplingRate], [false, 0.5]);
  });
}

Deno.test("a change over HTTP acts on a thread that never yields to its event loop", async () => {
  await using metrics = createMetrics();
  await using server = await serveMetrics(metrics, { port: 0, admin: { bearer: TOKEN } });
  const patcher = new Worker(new URL("../_support/serve/patcher.ts", import.meta.url));
  await once(patcher, "message");
  const job: PatchJob = { url: server.url + PATH, token: TOKEN, patch: { enabled: false } };
  patcher.postMessage(job);
  const endMs = performance.now() + MINUTE_MS;
  while (metrics.enabled && performance.now() < endMs);
  assertEquals(metrics.enabled, false);
  const [[status]] = await once(patcher, "message");
  assertEquals(status, 200);
  await patcher.terminate();
});
