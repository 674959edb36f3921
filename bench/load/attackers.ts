/**
 * Connections of an attack, in a process of their own: begins again with each that the server ends, until its input
 * ends.
 *
 * @module
 */

import { ATTACKS } from "./attack_kinds.ts";

const PAUSE_MS = 10;

const [name, port] = Deno.args;
const attack = ATTACKS.find((each) => each.name === name)!;

console.log("begun");
for (let i = 0; i < attack.connections; i++) void goOn();
await Deno.stdin.readable.pipeTo(new WritableStream());
Deno.exit(0);

async function goOn(): Promise<never> {
  for (;;) {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
      await attack.act(connection);
    } catch {
      // Ended by the server, or as many as the system allows.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
