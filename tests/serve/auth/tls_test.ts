import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createMetrics } from "../../../mod.ts";
import { serveMetrics } from "../../../src/server.ts";
import { readTls } from "../../../src/serve/auth/tls.ts";
import { withDirectory } from "../../_support/directory.ts";
import { MOD, runScript } from "../../_support/subprocess.ts";

/** A certificate of localhost and 127.0.0.1, signed by `ca.pem`, until 2126. */
const FOLDER = decodeURIComponent(new URL("../tls/", import.meta.url).pathname);
const TLS = { certFile: `${FOLDER}cert.pem`, keyFile: `${FOLDER}key.pem` };

function trustingClient(): Deno.HttpClient {
  return Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(`${FOLDER}ca.pem`)] });
}

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`serveMetrics with TLS serves HTTPS, and no HTTP, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    metrics.counter("orders_total").inc(7);
    await using server = await serveMetrics(metrics, { port: 0, tls: TLS });
    assertEquals(server.url, `https://127.0.0.1:${server.port}`);
    using client = trustingClient();
    const response = await fetch(`https://localhost:${server.port}/metrics`, { client });
    assertStringIncludes(await response.text(), "\norders_total 7\n");
    await assertRejects(() => fetch(`http://127.0.0.1:${server.port}/metrics`), TypeError);
    await assertRejects(() => fetch(`https://localhost:${server.port}/metrics`), TypeError);
  });

  Deno.test(`serveMetrics names the problem of a certificate or key, and serves when asked again, ${aggregation}`, async () => {
    await withDirectory(async (directory) => {
      const garbage = `${directory}/garbage.pem`;
      await Deno.writeTextFile(garbage, "-----BEGIN NONSENSE-----\n");
      const refusals: [tls: Partial<typeof TLS>, says: string][] = [
        [{ certFile: "missing.pem" }, "cannot read the certificate missing.pem: there is no such file"],
        [{ keyFile: "missing.pem" }, "cannot read the key missing.pem: there is no such file"],
        [{ certFile: FOLDER }, `cannot read the certificate ${FOLDER}: it is a directory`],
        [{ certFile: garbage }, `${garbage} holds no certificate in PEM`],
        [{ keyFile: garbage }, `${garbage} holds no private key in PEM without a passphrase`],
        [{ keyFile: TLS.certFile }, `${TLS.certFile} holds no private key in PEM without a passphrase`],
        [
          { keyFile: `${FOLDER}other_key.pem` },
          `the key ${FOLDER}other_key.pem does not belong to the certificate ${TLS.certFile}`,
        ],
      ];
      await using metrics = createMetrics({ aggregation });
      for (const [tls, says] of refusals) {
        const error = await assertRejects(() => serveMetrics(metrics, { port: 0, tls: { ...TLS, ...tls } }), Error);
        assertEquals(error.message, `Cannot serve metrics: ${says}`);
      }
      await using server = await serveMetrics(metrics, { port: 0, tls: TLS });
      using client = trustingClient();
      const response = await fetch(`https://localhost:${server.port}/health`, { client });
      assertEquals(await response.json(), { status: "HEALTHY" });
    });
  });
}

Deno.test("serveMetrics with TLS reports a port in use, and files that may not be read", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const says = `Cannot serve metrics on 127.0.0.1:${port}: the port is in use`;
  await assertRejects(() => serveMetrics(metrics, { port, tls: TLS }), Error, says);

  const root = decodeURIComponent(new URL("../../../src", import.meta.url).pathname);
  const mod = decodeURIComponent(new URL(MOD).pathname);
  const source = `
    import { createMetrics } from "${MOD}";
    import { serveMetrics } from "${import.meta.resolve("../../../src/server.ts")}";
    await using metrics = createMetrics({ aggregation: "inline" });
    await serveMetrics(metrics, { port: 0, tls: ${
    JSON.stringify(TLS)
  } }).catch((error) => console.log(error.message));`;
  const { stdout } = await runScript(source, ["--allow-net=127.0.0.1", `--allow-read=${root},${mod}`]);
  assertEquals(
    stdout,
    `Cannot serve metrics: cannot read the certificate ${TLS.certFile}: ` +
      `permission is missing, run with --allow-read=${TLS.certFile}\n`,
  );
});

Deno.test("serveMetrics with TLS ends silent connections", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  await using server = await serveMetrics(metrics, { port: 0, tls: TLS, scrapeTimeout: "50ms" });
  using silent = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  assertEquals(await silent.read(new Uint8Array(1)), null);
});

Deno.test("readTls returns both files unchanged", async () => {
  const { cert, key } = readTls(TLS);
  assertEquals([cert, key], [await Deno.readTextFile(TLS.certFile), await Deno.readTextFile(TLS.keyFile)]);
  assert(cert.startsWith("-----BEGIN CERTIFICATE-----"));
});

Deno.test("MetricsServer.close does not wait for connections that never shake hands", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const server = await serveMetrics(metrics, { port: 0, tls: TLS, scrapeTimeout: "10m" });
  using silent = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  using client = trustingClient();
  await (await fetch(`https://localhost:${server.port}/health`, { client })).text();
  await server.close();
  assertEquals(await silent.read(new Uint8Array(1)), null);
});
