/**
 * Connections of an attack, in a separate process: starts over with each that the server ends, until its input
 * ends.
 *
 * @module
 */

import { ATTACKS, TLS } from "./attack_kinds.ts";

const PAUSE_MS = 10;

const [name, port] = Deno.args;
const attack = ATTACKS.find((each) => each.name === name)!;
const address = { hostname: "localhost", port: Number(port) };
const caCerts = [await Deno.readTextFile(TLS.caFile)];

console.log("begun");
for (let i = 0; i < attack.connections; i++) void goOn();
await Deno.stdin.readable.pipeTo(new WritableStream());
Deno.exit(0);

async function goOn(): Promise<never> {
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
