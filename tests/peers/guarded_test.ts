import { assertEquals } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { serveMetrics } from "../../src/server.ts";
import { withDirectory } from "../_support/directory.ts";
import { exampleConfig, Prometheus } from "../_support/peers/prometheus.ts";

function tlsFile(name: string): string {
  return decodeURIComponent(new URL(`../serve/tls/${name}`, import.meta.url).pathname);
}

/** The example's configuration with a scheme, an authority and credentials, as its comments have them. */
async function guardedConfig(target: string, credentials: string): Promise<string> {
  const config = await exampleConfig(target);
  const job = "  - job_name: hotpath\n";
  const tls = `    scheme: https\n    tls_config:\n      ca_file: ${tlsFile("ca.pem")}\n`;
  assertEquals(config.split(job).length, 2);
  return config.replace(job, job + tls + credentials);
}

Deno.test("a Prometheus scrapes over TLS with a token, or with a password, and not without", async () => {
  await withDirectory(async (directory) => {
    const file = `${directory}/secret`;
    await Deno.writeTextFile(file, "s3cret");
    const ways = [
      { auth: { bearerFile: file }, credentials: `    authorization:\n      credentials_file: ${file}\n` },
      {
        auth: { username: "prometheus", passwordFile: file },
        credentials: `    basic_auth:\n      username: prometheus\n      password_file: ${file}\n`,
      },
    ];
    const tls = { certFile: tlsFile("cert.pem"), keyFile: tlsFile("key.pem") };
    await Promise.all(ways.map(async ({ auth, credentials }) => {
      await using metrics = createMetrics();
      metrics.counter("orders_total").inc(7);
      await using server = await serveMetrics(metrics, { port: 0, auth, tls });
      const target = `127.0.0.1:${server.port}`;
      await using admitted = await Prometheus.start(await guardedConfig(target, credentials), []);
      await using refused = await Prometheus.start(await guardedConfig(target, ""), []);
      assertEquals([await admitted.value("up"), await admitted.value("orders_total")], [1, 7]);
      assertEquals(await refused.value("up"), 0);
      assertEquals((await refused.targets())[0].lastError, "server returned HTTP status 401 Unauthorized");
    }));
  });
});
