import { assert, assertEquals, assertLess } from "@std/assert";
import { listen, type Listener } from "../../src/serve/listener.ts";
import type { ListenOptions } from "../../src/model/serving.ts";
import type { MetricsSource } from "../../src/model/source.ts";
import { assertProblem } from "../_support/serve/problems.ts";
import { readAll, responseOf, sendRaw, writeAll } from "../_support/serve/raw.ts";
import { settingsWith, sourceOf, sourceWith } from "../_support/serve/sources.ts";

const HEAD = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

async function serving(
  changes: Partial<ListenOptions>,
  source: MetricsSource,
  use: (port: number, listener: Listener) => Promise<void>,
): Promise<void> {
  const listener = await listen(source, settingsWith(changes));
  try {
    await use(listener.address.port, listener);
  } finally {
    await listener.close();
  }
}

Deno.test("listen answers malformed bytes with a problem, and continues", async () => {
  await serving({}, sourceOf(10), async (port) => {
    const refusals: [request: string, status: number, detail: string][] = [
      ["NONSENSE\r\n\r\n", 400, "not an HTTP request"],
      ["GET /metrics HTTP/9.9\r\n\r\n", 400, "not an HTTP request"],
      ["GET /m\0etrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "not an HTTP request"],
      [`GET /metrics ${HEAD}no colon\r\n\r\n`, 400, "not an HTTP request"],
      [`GET /metrics ${HEAD}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`, 400, "not an HTTP request"],
      [`GET /metrics ${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`, 400, "not an HTTP request"],
      [`GET /metrics ${HEAD}X: ${"x".repeat(40_000)}\r\n\r\n`, 431, "too long"],
      [`GET /${"x".repeat(40_000)} ${HEAD}\r\n`, 431, "too long"],
      [`GET /${"x".repeat(9_000)} ${HEAD}\r\n`, 414, "at most 8192 bytes"],
      [`GET metrics ${HEAD}\r\n`, 400, "not an HTTP request"],
      ["GET /metrics HTTP/1.1\r\n\r\n", 400, "must have a Host"],
      [`POST /metrics ${HEAD}Expect: luck\r\nContent-Length: 9\r\n\r\n`, 417, "100-continue"],
      [`TRACE /metrics ${HEAD}\r\n`, 405, "only GET and HEAD are supported, not TRACE"],
      [`CONNECT localhost:80 ${HEAD}\r\n`, 405, "only GET and HEAD are supported, not CONNECT"],
    ];
    for (const [request, status, detail] of refusals) {
      await assertProblem(responseOf(await sendRaw(port, request)), status, detail);
    }
    const answers = [
      `GET http://localhost:1/metrics ${HEAD}\r\n`,
      `GET /health/../metrics ${HEAD}\r\n`,
      `GET /metrics ${HEAD}Upgrade: h2c\r\n\r\n`,
      "GET /metrics HTTP/1.0\r\n\r\n",
    ];
    for (const request of answers) {
      const response = responseOf(await sendRaw(port, request));
      assertEquals([request, response.status, await response.text()], [request, 200, "#".repeat(10)]);
    }
    await assertProblem(responseOf(await sendRaw(port, `GET //metrics ${HEAD}\r\n`)), 404, "no route at //metrics");
  });
});

Deno.test("listen refuses bodies over its limit without waiting for them, and accepts smaller ones", async () => {
  await serving({ requestBytesMax: 100 }, sourceOf(10), async (port) => {
    const tooLarge = "a request's body must have at most 100 bytes";
    const declared = `POST /metrics ${HEAD}Content-Length: 1000000\r\n\r\nxxx`;
    await assertProblem(responseOf(await sendRaw(port, declared)), 413, tooLarge);
    const chunk = `${(101).toString(16)}\r\n${"x".repeat(101)}\r\n`;
    const chunked = `POST /metrics ${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk}`;
    await assertProblem(responseOf(await sendRaw(port, chunked)), 413, tooLarge);

    const next = `GET /metrics ${HEAD}\r\n`;
    const keep = "HTTP/1.1\r\nHost: localhost\r\n";
    const small = [
      `POST /metrics ${keep}Content-Length: 100\r\n\r\n${"x".repeat(100)}`,
      `POST /metrics ${keep}Transfer-Encoding: chunked\r\n\r\n3\r\nxxx\r\n0\r\n\r\n`,
    ];
    for (const request of small) {
      const answers = await sendRaw(port, request + next);
      assertEquals(answers.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 405", "HTTP/1.1 200"]);
    }
  });
});

Deno.test("listen ends connections that do not send a request in time", async () => {
  await serving({ scrapeTimeoutMs: 50 }, sourceOf(10), async (port) => {
    const beginnings = [
      "",
      "GET /metrics HT",
      `GET /metrics ${HEAD}X: `,
      `POST /metrics ${HEAD}Content-Length: 9\r\n\r\nx`,
    ];
    const answers = await Promise.all(beginnings.map((beginning) => sendRaw(port, beginning)));
    for (const answer of answers) await assertProblem(responseOf(answer), 408, "did not arrive in time");
    const open = `POST /metrics ${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
    await assertProblem(responseOf(await sendRaw(port, open)), 408, "did not arrive in time");
  });
});

Deno.test("listen answers consecutive requests in their order", async () => {
  await serving({}, sourceOf(10), async (port) => {
    const keep = "HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const answers = await sendRaw(
      port,
      `GET /metrics ${keep}GET /nothing ${keep}HEAD /metrics ${keep}GET / ${HEAD}\r\n`,
    );
    assertEquals(answers.match(/HTTP\/1\.1 \d+/g), ["200", "404", "200", "200"].map((each) => `HTTP/1.1 ${each}`));
  });
});

Deno.test("listen answers a client that has closed its sending side, and does not wait for an incomplete request", async () => {
  const keep = "HTTP/1.1\r\nHost: localhost\r\n";
  const get = `GET /metrics ${keep}\r\n`;
  const rounds: [request: string, statuses: readonly number[]][] = [
    [get, [200]],
    [get.repeat(50), Array<number>(50).fill(200)],
    [`POST /metrics ${keep}Content-Length: 3\r\n\r\nabc`, [405]],
    [`POST /metrics ${keep}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n${get}`, [405, 200]],
    ["", []],
    ["GET /metrics HTTP/1.1\r\nHost: loc", []],
    [`POST /metrics ${keep}Content-Length: 30\r\n\r\nabc`, []],
    [`${get}POST /metrics ${keep}Transfer-Encoding: chunked\r\n\r\n3\r\na`, [200]],
  ];
  // Nothing of this ends by itself.
  await serving({ scrapeTimeoutMs: 3_600_000 }, sourceOf(10), async (port) => {
    for (const [request, statuses] of rounds) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await writeAll(connection, request);
      await connection.closeWrite();
      const answers = (await readAll(connection)).matchAll(/HTTP\/1\.1 (\d+)/g);
      assertEquals([request, Array.from(answers, ([, status]) => Number(status))], [request, statuses]);
    }
  });
});

Deno.test("Listener.close waits for requests in flight, and not for clients that do not read", async () => {
  const made = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const source = sourceWith({
    expose: async () => {
      asked.resolve();
      await made.promise;
      return { body: new Uint8Array(10), contentType: "text/plain" };
    },
  });
  const listener = await listen(source, settingsWith({}));
  const answer = fetch(`http://127.0.0.1:${listener.address.port}/metrics`);
  await asked.promise;
  const closed = listener.close();
  made.resolve();
  assertEquals((await (await answer).bytes()).length, 10);
  await closed;

  const other = await listen(sourceOf(50_000_000), settingsWith({ scrapeTimeoutMs: 600_000 }));
  using slow = await Deno.connect({ hostname: "127.0.0.1", port: other.address.port });
  await writeAll(slow, `GET /metrics ${HEAD}\r\n`);
  const start = new Uint8Array(8);
  await slow.read(start);
  assertEquals(new TextDecoder().decode(start), "HTTP/1.1");
  await other.close();
  assertLess((await readAll(slow)).length, 50_000_000);
});

Deno.test("listen continues when clients disconnect in the middle of an answer", async () => {
  await serving({ scrapesMax: 1 }, sourceOf(20_000_000), async (port) => {
    for (let i = 0; i < 5; i++) {
      const gone = await Deno.connect({ hostname: "127.0.0.1", port });
      await writeAll(gone, `GET /metrics ${HEAD}\r\n`);
      await gone.read(new Uint8Array(100));
      gone.close();
      let status = 503;
      while (status === 503) {
        const response = await fetch(`http://127.0.0.1:${port}/metrics`);
        status = response.status;
        assert(status === 200 || response.headers.get("retry-after") === "1");
        await response.bytes();
      }
      assertEquals(status, 200);
    }
  });
});

Deno.test("listen frees the place of a client that disconnected before its answer was made", async () => {
  const asked = Promise.withResolvers<void>();
  const made = Promise.withResolvers<void>();
  const source = sourceWith({
    expose: async () => {
      asked.resolve();
      await made.promise;
      return { body: new Uint8Array(1_000_000), contentType: "text/plain" };
    },
  });
  await serving({ scrapesMax: 1, scrapeTimeoutMs: 600_000 }, source, async (port) => {
    const gone = await Deno.connect({ hostname: "127.0.0.1", port });
    await writeAll(gone, `GET /metrics ${HEAD}\r\n`);
    await asked.promise;
    gone.close();
    // Once the server answers this, it has heard of the end of the other.
    await (await fetch(`http://127.0.0.1:${port}/health`)).text();
    made.resolve();
    for (let status = 503; status !== 200;) {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      status = response.status;
      await response.bytes();
    }
  });
});
