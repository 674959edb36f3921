import { assertEquals } from "@std/assert";
import { MOD, runScript } from "../_support/subprocess.ts";

const IMPORTS = `import { createMetrics } from "${MOD}";
  import { serveMetrics } from "${import.meta.resolve("../../src/server.ts")}";`;

Deno.test("serveMetrics warns once if others can read the metrics without credentials", async () => {
  const source = `${IMPORTS}
    for (const aggregation of ["worker", "inline"]) {
      await using metrics = createMetrics({ aggregation });
      await using server = await serveMetrics(metrics, { host: "0.0.0.0", port: 0 });
      for (let i = 0; i < 3; i++) await (await fetch("http://127.0.0.1:" + server.port + "/metrics")).text();
      console.log(server.port);
    }`;
  const { code, stdout, stderr } = await runScript(source, ["--allow-read", "--allow-net=0.0.0.0,127.0.0.1"]);
  const warnings = stdout.trimEnd().split("\n").map((port) =>
    `Hotpath serves metrics on 0.0.0.0:${port} without authentication\n`
  );
  assertEquals([code, stderr, warnings.length], [0, warnings.join(""), 2]);
});

Deno.test("serveMetrics does not warn on loopback or with credentials", async () => {
  const source = `${IMPORTS}
    const cases = [{}, { host: "127.0.0.2" }, { host: "localhost" }, { host: "0.0.0.0", auth: { bearer: "s3cret" } }];
    for (const options of cases) {
      await using metrics = createMetrics({ aggregation: "inline" });
      await using server = await serveMetrics(metrics, { port: 0, ...options });
      console.log(server.host);
    }`;
  const permissions = ["--allow-read", "--allow-net=0.0.0.0,127.0.0.1,127.0.0.2,localhost"];
  const { code, stdout, stderr } = await runScript(source, permissions);
  assertEquals([code, stdout, stderr], [0, "127.0.0.1\n127.0.0.2\n127.0.0.1\n0.0.0.0\n", ""]);
});

Deno.test("serveMetrics on a name requires the permission for its address, and reports that", async () => {
  const source = `${IMPORTS}
    await using metrics = createMetrics({ aggregation: "inline" });
    await serveMetrics(metrics, { host: "localhost", port: 0 }).catch((error) => console.log(error.message));`;
  const { code, stdout, stderr } = await runScript(source, ["--allow-read", "--allow-net=localhost"]);
  const says = "Cannot serve metrics on localhost:0: permission is missing, run with --allow-net=127.0.0.1:0\n";
  assertEquals([code, stdout, stderr], [0, says, ""]);
});
