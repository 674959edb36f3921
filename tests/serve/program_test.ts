import { assertEquals, assertMatch } from "@std/assert";
import { MOD, runScript } from "../_support/subprocess.ts";

const SERVER = import.meta.resolve("../../src/server.ts");
const IMPORTS = `import { createMetrics } from "${MOD}"; import { serveMetrics } from "${SERVER}";`;
const PROMETHEUS_ENV = "--allow-env=OTEL_EXPORTER_PROMETHEUS_HOST,OTEL_EXPORTER_PROMETHEUS_PORT";
const PRINT_REFUSAL = `try { await serveMetrics(createMetrics(), options); console.log("serves"); Deno.exit(1); }
  catch (error) { console.log(error.name + ": " + error.message); }`;

Deno.test("serveMetrics keeps the program alive until the server is closed, then it ends by itself", async () => {
  const source = `${IMPORTS}
    const metrics = createMetrics();
    const server = await serveMetrics(metrics, { port: 0 });
    globalThis.addEventListener("unload", () => console.log("ends"));
    const timer = setTimeout(() => {
      console.log("still here");
      server.close().then(() => console.log("closed"));
    }, 100);
    Deno.unrefTimer(timer);`;
  const { code, stdout, stderr } = await runScript(source, ["--allow-read", "--allow-net=127.0.0.1"]);
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "still here\nclosed\nends\n", stderr: "" });
});

Deno.test("serveMetrics takes host and port from options, then from the environment", async () => {
  const source = `${IMPORTS}
    await using metrics = createMetrics();
    {
      await using server = await serveMetrics(metrics);
      console.log(server.host, server.port > 0 && server.port !== 9464);
    }
    await using server = await serveMetrics(metrics, { host: "127.0.0.1" });
    console.log(server.host);`;
  const { code, stdout, stderr } = await runScript(
    source,
    ["--allow-read", "--allow-net=127.0.0.1,127.0.0.2", PROMETHEUS_ENV],
    { OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.2", OTEL_EXPORTER_PROMETHEUS_PORT: "0" },
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "127.0.0.2 true\n127.0.0.1\n", stderr: "" });
});

Deno.test("serveMetrics answers /internal/metrics by its option, then by METRICS_PROMETHEUS_ENABLED", async () => {
  const source = `${IMPORTS}
    await using metrics = createMetrics();
    for (const options of [{ port: 0 }, { port: 0, internalMetrics: false }]) {
      await using server = await serveMetrics(metrics, options);
      const response = await fetch(server.url + "/internal/metrics");
      await response.text();
      console.log(response.status);
    }`;
  const { code, stdout, stderr } = await runScript(
    source,
    ["--allow-read", "--allow-net=127.0.0.1", "--allow-env=METRICS_PROMETHEUS_ENABLED"],
    { METRICS_PROMETHEUS_ENABLED: "true" },
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "200\n404\n", stderr: "" });
});

Deno.test("serveMetrics refuses an invalid port of the environment", async () => {
  const { code, stdout } = await runScript(
    `${IMPORTS} const options = {}; ${PRINT_REFUSAL}`,
    ["--allow-read", "--allow-net=127.0.0.1", PROMETHEUS_ENV],
    { OTEL_EXPORTER_PROMETHEUS_PORT: "94x4" },
  );
  assertEquals(code, 0);
  assertEquals(
    stdout,
    "TypeError: Cannot serve metrics: OTEL_EXPORTER_PROMETHEUS_PORT in the environment must be a whole number " +
      'from 0 to 65535, got "94x4"\n',
  );
});

Deno.test("serveMetrics without the permission names the missing one", async () => {
  for (const aggregation of ["worker", "inline"]) {
    const refusal = PRINT_REFUSAL.replace("createMetrics()", `createMetrics({ aggregation: "${aggregation}" })`);
    const { code, stdout } = await runScript(`${IMPORTS} const options = { port: 0 }; ${refusal}`, ["--allow-read"]);
    assertEquals(code, 0);
    assertMatch(stdout, /^Error: Cannot serve metrics on 127\.0\.0\.1:0: permission is missing, run with --allow-net=/);
  }
});

Deno.test("serveMetrics reports an address that is not this machine's", async () => {
  const { code, stdout } = await runScript(
    `${IMPORTS} const options = { host: "192.0.2.1", port: 0 }; ${PRINT_REFUSAL}`,
    ["--allow-read", "--allow-net=192.0.2.1"],
  );
  assertEquals(code, 0);
  assertEquals(
    stdout,
    "Error: Cannot serve metrics on 192.0.2.1:0: this machine has no such address\n",
  );
});
