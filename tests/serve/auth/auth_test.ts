import { assert, assertEquals, assertNotMatch, assertThrows } from "@std/assert";
import { Hono } from "hono";
import { createMetrics, type MetricsSource, noopMetrics } from "../../../mod.ts";
import { createGuard } from "../../../src/serve/auth/auth.ts";
import { metricsRoutes, type RoutesOptions } from "../../../src/hono.ts";
import { ROUTES } from "../../../src/serve/page.ts";
import { serveMetrics } from "../../../src/server.ts";
import { withDirectory } from "../../_support/directory.ts";
import { MOD, runScript } from "../../_support/subprocess.ts";
import { assertProblem } from "../../_support/serve/problems.ts";

const SECRET = "s3cret";
const BEARER = { authorization: `Bearer ${SECRET}` };
const BASIC = { authorization: `Basic ${btoa(`me:${SECRET}`)}` };
const OPEN = ["/health", "/health/live", "/health/ready"];

function mounted(auth: RoutesOptions["auth"], source: MetricsSource = noopMetrics): Hono {
  return new Hono().route("/internal", metricsRoutes(source, { auth, internalMetrics: true }));
}

Deno.test("metricsRoutes with auth answers health probes to everybody, everything else with 401", async () => {
  const app = mounted({ bearer: SECRET });
  for (const path of OPEN) {
    const response = await app.request(`/internal${path}`);
    assertEquals([path, response.status], [path, 200]);
    assertNotMatch(await response.text(), /\d|reason/);
  }
  const guarded = ["", "/", "/internal/metrics", "/nothing", ...ROUTES.map(({ path }) => path)];
  for (const path of guarded.filter((each) => !OPEN.includes(each))) {
    for (const method of ["GET", "POST"]) {
      const response = await app.request(`/internal${path}`, { method });
      assertEquals(response.headers.get("www-authenticate"), 'Bearer realm="Hotpath"');
      await assertProblem(response, 401, "credentials are missing or wrong");
    }
    const head = await app.request(`/internal${path}`, { method: "HEAD" });
    assertEquals([path, head.status, await head.text()], [path, 401, ""]);
  }
  await assertProblem(await app.request("/internal/health", { method: "POST" }), 401, "credentials");
});

Deno.test("metricsRoutes with auth answers requests with credentials as if there was none", async () => {
  for (
    const [auth, headers] of [[{ bearer: SECRET }, BEARER], [{ username: "me", password: SECRET }, BASIC]] as const
  ) {
    const app = mounted(auth);
    for (const path of ["", ...ROUTES.filter(({ isLive }) => !isLive).map(({ path }) => path)]) {
      const response = await app.request(`/internal${path}`, { headers });
      await response.text();
      assertEquals([path, response.status], [path, 200]);
    }
    await assertProblem(await app.request("/internal/nothing", { headers }), 404, "there is no route");
    await assertProblem(await app.request("/internal/metrics", { headers, method: "PUT" }), 405, "not PUT");
  }
});

Deno.test("createGuard admits the exact credentials in their scheme, which may be in any case", () => {
  const bearer = createGuard({ bearer: SECRET });
  const good = [`Bearer ${SECRET}`, `bearer ${SECRET}`, `BEARER   ${SECRET}`];
  for (const each of good) assertEquals([each, bearer.admits(each)], [each, true]);
  const bad = [
    "",
    "Bearer",
    "Bearer ",
    SECRET,
    `Basic ${SECRET}`,
    `Bearer ${SECRET}x`,
    "Bearer s3cre",
    "Bearer S3CRET",
  ];
  for (const each of [undefined, ...bad, `Bearer ${SECRET} x`, `Bearer ${SECRET},`, `Bearer\t${SECRET}`]) {
    assertEquals([each, bearer.admits(each)], [each, false]);
  }

  const basic = createGuard({ username: "mé", password: "pä:ss" });
  const encoded = btoa(String.fromCharCode(...new TextEncoder().encode("mé:pä:ss")));
  assertEquals(basic.challenge, 'Basic realm="Hotpath", charset="UTF-8"');
  assert(basic.admits(`Basic ${encoded}`));
  assert(basic.admits(`basic ${encoded}`));
  for (const each of ["", btoa("m:p"), encoded.slice(0, -1), `${encoded}=`, "mé:pä:ss"]) {
    assertEquals([each, basic.admits(`Basic ${each}`), basic.admits(`Bearer ${each}`)], [each, false, false]);
  }
  assert(!basic.admits(`Bearer ${encoded}`));
});

Deno.test("createGuard reads secrets from files, without the line feed at their end", async () => {
  await withDirectory(async (directory) => {
    const file = `${directory}/secret`;
    for (const end of ["", "\n", "\r\n"]) {
      await Deno.writeTextFile(file, SECRET + end);
      assert(createGuard({ bearerFile: file }).admits(BEARER.authorization));
      assert(createGuard({ username: "me", passwordFile: file }).admits(BASIC.authorization));
    }
  });
});

Deno.test("createGuard reports why a file has no secret, and shows nothing of it", async () => {
  await withDirectory(async (directory) => {
    const file = `${directory}/secret`;
    const refusals: [text: string | undefined, says: string][] = [
      [undefined, `cannot read the token file ${file}: there is no such file`],
      ["", `the token in ${file} must be one or more visible ASCII characters without spaces, got ""`],
      ["\n", `the token in ${file} must be one or more visible ASCII characters without spaces, got ""`],
      [`${SECRET} ${SECRET}`, `the token in ${file} must be one or more visible ASCII characters without spaces`],
      [`${SECRET}\n${SECRET}\n`, `the token in ${file} must be one or more visible ASCII characters without spaces`],
    ];
    for (const [text, says] of refusals) {
      if (text !== undefined) await Deno.writeTextFile(file, text);
      const error = assertThrows(() => createGuard({ bearerFile: file }), Error, `Cannot serve metrics: ${says}`);
      assert(!Deno.inspect(error).includes(SECRET));
    }
    const refuse = () => createGuard({ username: "me", passwordFile: directory });
    assertThrows(refuse, Error, `cannot read the password file ${directory}: it is a directory`);
  });
});

Deno.test("metricsRoutes takes credentials from the configuration of its metrics", async () => {
  const config = { source: "x.yaml", metrics: { auth: { bearer: SECRET } } };
  await using metrics = createMetrics({ aggregation: "inline", config });
  const app = metricsRoutes(metrics);
  await assertProblem(await app.request("/metrics"), 401, "credentials");
  const response = await app.request("/metrics", { headers: BEARER });
  assertEquals(response.status, 200);
  assert((await response.text()).length > 0);
});

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`serveMetrics with a token in a file requires it, and no answer contains it, ${aggregation}`, async () => {
    await withDirectory(async (directory) => {
      await Deno.writeTextFile(`${directory}/token`, `${SECRET}\n`);
      await using metrics = createMetrics({ aggregation });
      metrics.counter("orders_total").inc(7);
      await using server = await serveMetrics(metrics, { port: 0, auth: { bearerFile: `${directory}/token` } });
      await assertProblem(await fetch(`${server.url}/metrics`), 401, "credentials");
      for (const { path } of [{ path: "/" }, ...ROUTES.filter(({ isLive }) => !isLive)]) {
        const response = await fetch(server.url + path, { headers: BEARER });
        const text = await response.text();
        assertEquals([path, response.status, text.includes(SECRET)], [path, 200, false]);
      }
      assertEquals(Deno.inspect(server, { depth: 10, showHidden: true }).includes(SECRET), false);
    });
  });
}

Deno.test("serveMetrics without a readable secret starts no server, and serves when asked again", async () => {
  for (const aggregation of ["worker", "inline"] as const) {
    await using metrics = createMetrics({ aggregation });
    const config = { port: 0, auth: { bearerFile: "/missing/token" } };
    const refused = await serveMetrics(metrics, config).catch((error: Error) => error.message);
    assertEquals(
      refused,
      "Cannot serve metrics: cannot read the token file /missing/token: there is no such file",
    );
    await using server = await serveMetrics(metrics, { port: 0, auth: { bearer: SECRET } });
    await assertProblem(await fetch(`${server.url}/metrics`), 401, "credentials");
  }
});

Deno.test("serveMetrics takes a token file from the environment, and names a missing permission", async () => {
  await withDirectory(async (directory) => {
    const file = `${directory}/token`;
    await Deno.writeTextFile(file, SECRET);
    const source = `
      import { createMetrics } from "${MOD}";
      import { serveMetrics } from "${import.meta.resolve("../../../src/server.ts")}";
      await using metrics = createMetrics({ aggregation: "inline" });
      try {
        await using server = await serveMetrics(metrics, { port: 0 });
        for (const headers of [{}, { authorization: "Bearer ${SECRET}" }]) {
          const response = await fetch(server.url + "/metrics", { headers });
          await response.text();
          console.log(response.status);
        }
      } catch (error) {
        console.log(error.message);
      }`;
    const env = { METRICS_AUTH_TOKEN_FILE: file };
    const root = new URL("../../../", import.meta.url).pathname;
    const permissions = ["--allow-net=127.0.0.1", "--allow-env=METRICS_*", `--allow-read=${root}`];
    const without = await runScript(source, permissions, env);
    assertEquals(without, {
      code: 0,
      stdout: `Cannot serve metrics: cannot read the token file ${file}: ` +
        `permission is missing, run with --allow-read=${file}\n`,
      stderr: "",
    });
    const granted = await runScript(source, [...permissions.slice(0, 2), `--allow-read=${root},${file}`], env);
    assertEquals(granted, { code: 0, stdout: "401\n200\n", stderr: "" });
  });
});
