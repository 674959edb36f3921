import { assert, assertEquals, assertLess } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { serveMetrics } from "../../src/server.ts";
import { valueOf } from "../_support/snapshots.ts";
import { readAll, writeAll } from "../_support/serve/raw.ts";

const READERS = 40;
const SCRAPES_MAX = 8;
const ROOMS = 2_400;
const ROOM_LENGTH = 4_096;
const IDENTITY = { "accept-encoding": "identity" };

/** Asks for the metrics and reads nothing; each as something else, so that nothing is shared. */
async function slowReader(port: number, i: number): Promise<Deno.Conn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const headers = ["Host: localhost", "Connection: close", `Accept: text/plain;version=0.0.${i}`];
  await writeAll(connection, `GET /metrics HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
  return connection;
}

Deno.test("serveMetrics answers others, or refuses them for a moment, while many connections read nothing", async () => {
  await using metrics = createMetrics({ labelValueMax: ROOM_LENGTH });
  const orders = metrics.counter("orders_total");
  // More than a connection takes by itself.
  const rooms = metrics.counter("rooms_total", { labels: ["room"] });
  for (let i = 0; i < ROOMS; i++) rooms.with({ room: `${i}`.padEnd(ROOM_LENGTH, "x") }).inc();
  const options = { port: 0, scrapesMax: SCRAPES_MAX, scrapeTimeout: "2s" } as const;
  await using server = await serveMetrics(metrics, options);

  const readers = await Promise.all(Array.from({ length: READERS }, (_, i) => slowReader(server.port, i)));
  for (const expected of [503, 200]) {
    let status = 0;
    while (status !== expected) {
      orders.inc();
      const response = await fetch(`${server.url}/metrics`, { headers: IDENTITY });
      status = response.status;
      assert(status === 200 || response.headers.get("retry-after") === "1");
      await response.bytes().catch(() => {});
      assertEquals(await (await fetch(`${server.url}/health`)).json(), { status: "HEALTHY" });
    }
  }

  const whole = ROOMS * ROOM_LENGTH;
  // None of them holds a place any more: all places can be taken at once.
  const scrape = async () => {
    const response = await fetch(`${server.url}/metrics`, { headers: IDENTITY });
    const length = await response.bytes().then((body) => body.length, () => 0);
    return response.status === 200 && length > whole;
  };
  while (!(await Promise.all(Array.from({ length: SCRAPES_MAX }, scrape))).every(Boolean));

  // They were cut off, or refused; none has all of it, although it is read now.
  for (const reader of readers) {
    assertLess((await readAll(reader)).length, whole);
    reader.close();
  }
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "rooms_total", { room: "7".padEnd(ROOM_LENGTH, "x") }), 1);
  assertEquals(snapshot.meta.dropped, 0);
});
