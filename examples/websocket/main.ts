/**
 * Both ends of a WebSocket, measured: a server that echoes, and a client that sends three messages. Prints the metrics.
 *
 * @module
 */

import { once } from "node:events";
import { createMetrics, instrumentWebSocket } from "@hotpath/metrics";

await using metrics = createMetrics();

const ended = Promise.withResolvers<void>();
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
  if (request.headers.get("upgrade") !== "websocket") return new Response("WebSockets only", { status: 426 });
  const { socket, response } = Deno.upgradeWebSocket(request);
  instrumentWebSocket(metrics, socket, { name: "echo" }); // before listeners are added
  socket.onmessage = async ({ data }) => {
    await Promise.resolve(); // timed as well
    socket.send(data);
  };
  socket.onclose = () => ended.resolve();
  return response;
});

const client = instrumentWebSocket(metrics, new WebSocket(`ws://127.0.0.1:${server.addr.port}`), { name: "echo" });
await once(client, "open");
for (const message of ["hello", "grüezi", new Uint8Array(100)]) {
  client.send(message);
  await once(client, "message");
}
client.close(1000);
await Promise.all([once(client, "close"), ended.promise]);
await server.shutdown();

const text = await metrics.scrape();
console.log(text.split("\n").filter((line) => /^websocket_.*(_active|_total|_count)\{/.test(line)).join("\n"));
