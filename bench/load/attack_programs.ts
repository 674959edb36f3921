/**
 * Both ends of an attack, each a process that runs until its input ends: `server BEARER SCHEME` serves metrics and prints
 * its port; `attackers NAME PORT` keeps the attack's connections, and reconnects each that the server ends.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";
import { type Attack, ATTACKS, TLS } from "./attack_kinds.ts";

const SERIES = 500;
const PAUSE_MS = 10;

const [role, ...args] = Deno.args;
if (role === "server") await serve(args);
else await attack(args);

async function serve([bearer, scheme]: readonly string[]): Promise<void> {
  const metrics = createMetrics();
  const orders = metrics.counter("orders_total", { labels: ["venue"] });
  for (let i = 0; i < SERIES; i++) orders.with({ venue: `venue ${i}` }).inc();
  await using server = await serveMetrics(metrics, {
    port: 0,
    ...(bearer !== "" && { auth: { bearer } }),
    ...(scheme === "https" && { tls: { certFile: TLS.certFile, keyFile: TLS.keyFile } }),
  });
  console.log(server.port);
  await inputEnds();
  await metrics.close();
}

async function attack([name, port]: readonly string[]): Promise<void> {
  const attack = ATTACKS.find((each) => each.name === name)!;
  const caCerts = [await Deno.readTextFile(TLS.caFile)];
  console.log("begun");
  for (let i = 0; i < attack.connections; i++) void keepConnected(attack, Number(port), caCerts);
  await inputEnds();
  Deno.exit(0);
}

async function keepConnected(attack: Attack, port: number, caCerts: string[]): Promise<never> {
  const address = { hostname: "localhost", port };
  for (;;) {
    try {
      using connection = await (attack.isTls ? Deno.connectTls({ ...address, caCerts }) : Deno.connect(address));
      await attack.act(connection);
    } catch {
      // Ended by the server, or as many as the system allows.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function inputEnds(): Promise<void> {
  await Deno.stdin.readable.pipeTo(new WritableStream());
}
