import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createMetrics, noopMetrics } from "../../mod.ts";
import { listen } from "../../src/serve/listener.ts";
import { serveMetrics } from "../../src/server.ts";
import type { ListenOptions } from "../../src/model/serving.ts";
import type { MetricsSource } from "../../src/model/source.ts";
import { handshakeTo } from "../_support/serve/live_sockets.ts";
import { readAll, writeAll } from "../_support/serve/raw.ts";
import { settingsWith, sourceOf, sourceWith } from "../_support/serve/sources.ts";

const FOLDER = decodeURIComponent(new URL("./tls/", import.meta.url).pathname);
const TLS = { certFile: `${FOLDER}cert.pem`, keyFile: `${FOLDER}key.pem` };
const AUTH = { bearer: "s3cret-s3cret-s3cret" };
const MANY = 200;

/** A request, and what its answer begins with and holds. */
interface Exchange {
  readonly request: string;
  readonly status: number;
  /** In the body, or among the headers. */
  readonly holds: string;
}

const KINDS: readonly ((i: number) => Exchange)[] = [
  (i) => ({ request: requestOf("GET", `/nothing/${i}`), status: 404, holds: `/nothing/${i}"` }),
  (i) => ({ request: requestOf("GET", `/metrics?i=${i}`), status: 200, holds: "##########" }),
  (i) => ({ request: requestOf("HEAD", `/metrics?i=${i}`), status: 200, holds: "content-length: 10" }),
  (i) => ({ request: requestOf("OPTIONS", `/metrics?i=${i}`), status: 204, holds: "allow: GET" }),
  (i) => ({ request: requestOf("POST", `/b/${i}`, "content-length: 5", "hello"), status: 404, holds: `/b/${i}"` }),
  (i) => ({
    request: requestOf("PUT", `/c/${i}`, "transfer-encoding: chunked", "3\r\nabc\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n"),
    status: 404,
    holds: `/c/${i}"`,
  }),
  (i) => ({
    request: requestOf("GET", "/metrics", "accept-encoding: x;q=1,*;q=0", `\r\n`.repeat(i % 3)),
    status: 406,
    holds: "codings",
  }),
  (i) => ({ request: requestOf("GET", `/${"y".repeat(9_000)}${i}`), status: 414, holds: "8192" }),
];

function requestOf(method: string, target: string, header = "x: y", body = ""): string {
  return `${method} ${target} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${AUTH.bearer}\r\n${header}\r\n\r\n${body}`;
}

async function serving(
  changes: Partial<ListenOptions>,
  source: MetricsSource,
  use: (port: number) => Promise<void>,
): Promise<void> {
  const listener = await listen(source, settingsWith(changes));
  try {
    await use(listener.address.port);
  } finally {
    await listener.close();
  }
}

/** Sends requests in pieces of some lengths while it reads, and checks that each is answered in its place. */
async function assertAnswered(connection: Deno.Conn, exchanges: readonly Exchange[], lengths: readonly number[]) {
  const last = `${requestOf("GET", "/last", "connection: close")}`;
  const bytes = new TextEncoder().encode(exchanges.map(({ request }) => request).join("") + last);
  const answers = readAll(connection);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths.length === 0 ? bytes.length : lengths[i % lengths.length];
    await writeAll(connection, bytes.subarray(at, at += length));
  }
  const parts = (await answers).split(/(?=HTTP\/1\.1 \d{3} )/);
  assertEquals(parts.length, exchanges.length + 1);
  exchanges.forEach(({ request, status, holds }, i) => {
    const [start] = request.split("\r\n");
    assertEquals([i, start, parts[i].slice(9, 12)], [i, start, String(status)]);
    assert(parts[i].includes(holds), `${start}\n${parts[i]}`);
  });
  assert(parts.at(-1)?.includes('/last"'));
}

for (const auth of [undefined, AUTH]) {
  const how = auth === undefined ? "without auth" : "with auth";
  Deno.test(`listen answers ${MANY} requests of each kind that come at once, in their order, ${how}`, async () => {
    await serving({ auth }, sourceOf(10), async (port) => {
      for (const kind of KINDS) {
        using connection = await Deno.connect({ hostname: "127.0.0.1", port });
        await assertAnswered(connection, Array.from({ length: MANY }, (_, i) => kind(i)), []);
      }
    });
  });
}

Deno.test("listen answers pipelined requests in their order, in whatever pieces they arrive", async () => {
  await serving({ auth: AUTH }, sourceOf(10), async (port) => {
    const kinds = fc.array(fc.nat(KINDS.length - 1), { minLength: 1, maxLength: 12 });
    const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(kinds, lengths, async (chosen, pieces) => {
        using connection = await Deno.connect({ hostname: "127.0.0.1", port });
        await assertAnswered(connection, chosen.map((kind, i) => KINDS[kind](i)), pieces);
      }),
      { numRuns: 40 },
    );
  });
});

Deno.test("listen answers pipelined requests over TLS too", async () => {
  await serving({ tls: TLS, auth: AUTH }, sourceOf(10), async (port) => {
    const caCerts = [await Deno.readTextFile(`${FOLDER}ca.pem`)];
    using connection = await Deno.connectTls({ hostname: "localhost", port, caCerts });
    await assertAnswered(connection, Array.from({ length: MANY }, (_, i) => KINDS[i % KINDS.length](i)), []);
  });
});

Deno.test("listen answers pipelined requests without credentials, each in its place", async () => {
  await serving({ auth: AUTH }, sourceOf(10), async (port) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const answers = readAll(connection);
    const head = "HTTP/1.1\r\nhost: localhost\r\n";
    for (let i = 0; i < MANY; i++) await writeAll(connection, `GET /${i % 2 ? "health" : "metrics"} ${head}\r\n`);
    await writeAll(connection, `GET /health ${head}connection: close\r\n\r\n`);
    const statuses = (await answers).match(/HTTP\/1\.1 \d{3}/g)?.map((each) => Number(each.slice(9)));
    assertEquals(statuses, [...Array.from({ length: MANY }, (_, i) => i % 2 ? 200 : 401), 200]);
  });
});

for (const tls of [undefined, TLS]) {
  Deno.test(`listen begins one request of a connection at a time, ${tls ? "https" : "http"}`, async () => {
    let begun = 0;
    const made = Promise.withResolvers<void>();
    const source = sourceWith({
      health: async () => {
        begun += 1;
        await made.promise;
        return await noopMetrics.health();
      },
    });
    await serving({ tls }, source, async (port) => {
      const caCerts = [await Deno.readTextFile(`${FOLDER}ca.pem`)];
      const connect = () =>
        tls ? Deno.connectTls({ hostname: "localhost", port, caCerts }) : Deno.connect({ hostname: "127.0.0.1", port });
      using connection = await connect();
      const answers = readAll(connection);
      for (let i = 0; i < MANY; i++) await writeAll(connection, requestOf("GET", "/health"));
      await writeAll(connection, requestOf("GET", "/health", "connection: close"));
      // By then the server has had many turns to read all of it.
      for (let i = 0; i < 20; i++) {
        using other = await connect();
        await writeAll(other, requestOf("GET", "/health/live", "connection: close"));
        assert((await readAll(other)).startsWith("HTTP/1.1 200"));
      }
      assertEquals(begun, 1);
      made.resolve();
      assertEquals((await answers).match(/HTTP\/1\.1 200/g)?.length, MANY + 1);
      assertEquals(begun, MANY + 1);
    });
  });
}

Deno.test("listen forwards the bytes behind a handshake to the WebSocket", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  await using server = await serveMetrics(metrics, { port: 0 });
  const get = "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";
  // A frame that ends it, with code 1000 and a mask of zeros; as text it is a byte each.
  const close = "\x88\x82\0\0\0\0\x03\xe8";
  const bytes = Uint8Array.from(get.repeat(3) + handshakeTo("/live") + close, (character) => character.charCodeAt(0));
  for (const length of [bytes.length, bytes.length - 5, 50]) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    for (let at = 0; at < bytes.length; at += length) await writeAll(connection, bytes.subarray(at, at + length));
    const answers = await readAll(connection);
    assertEquals(answers.match(/HTTP\/1\.1 \d{3}/g)?.map((each) => each.slice(9)), ["200", "200", "200", "101"]);
    assert(answers.endsWith("\ufffd\x02\x03"), JSON.stringify(answers.slice(-20)));
  }
});

Deno.test("listen answers the requests before malformed bytes, and before a WebSocket", async () => {
  await serving({}, sourceOf(10), async (port) => {
    const get = "GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n";
    const ends: [end: string, status: string][] = [
      ["NONSENSE\r\n\r\n", "400"],
      [`GET / HTTP/1.1\r\nx: ${"x".repeat(40_000)}`, "431"],
      [handshakeTo("/live", { origin: "http://evil.example" }), "403"],
      ["GET /metrics HTTP/1.1\r\nconnection: close\r\n\r\n", "400"],
    ];
    for (const [end, status] of ends) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await writeAll(connection, get.repeat(5) + end);
      const statuses = (await readAll(connection)).match(/HTTP\/1\.1 \d{3}/g)?.map((each) => each.slice(9));
      assertEquals(statuses, ["200", "200", "200", "200", "200", status]);
    }
  });
});
