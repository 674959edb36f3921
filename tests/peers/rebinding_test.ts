import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { serveMetrics } from "../../src/server.ts";
import { TestBrowser, type TestPage } from "../_support/peers/browser.ts";

const NAME = "evil.example";

/** What a page reads at an address; begins with `blocked` if nothing. */
function fetchIn({ page }: TestPage, url: string): Promise<string> {
  return page.evaluate(
    (url) =>
      fetch(url).then(async (response) => `${response.status} ${await response.text()}`, (error) => `blocked ${error}`),
    url,
  );
}

/** What a page hears first of a WebSocket; `error` if it is refused. */
function listenIn({ page }: TestPage, url: string): Promise<string> {
  return page.evaluate((url) =>
    new Promise<string>((resolve) => {
      // The page's own.
      const socket = new (globalThis as unknown as { WebSocket: new (url: string) => WebSocket }).WebSocket(url);
      socket.onmessage = ({ data }) => resolve(String(data));
      socket.onerror = () => resolve("error");
    }), url);
}

Deno.test("a page whose name resolves to this machine reads nothing, whichever way it asks", async () => {
  await using browser = await TestBrowser.start([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`]);
  await using test = await browser.open();
  // The page comes from what the name stood for before.
  const before = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response("a page", { headers: { "content-type": "text/html", "connection": "close" } });
  });
  const { port } = before.addr;
  await test.page.goto(`http://${NAME}:${port}/`);
  await before.shutdown();
  await using metrics = createMetrics();
  metrics.counter("secret_orders_total").inc(42);
  await using server = await serveMetrics(metrics, { port });
  for (const path of ["/metrics", "/metrics.json", "/live/sse", "/"]) {
    assertMatch(await fetchIn(test, path), /^421 .*this server does not accept the Host/);
  }
  assertEquals(await listenIn(test, `ws://${NAME}:${server.port}/live`), "error");
  assertEquals(await listenIn(test, `ws://127.0.0.1:${server.port}/live`), "error");

  await test.page.goto(`http://localhost:${server.port}/`);
  assertStringIncludes(await fetchIn(test, "/metrics"), "secret_orders_total 42");
  assertStringIncludes(await listenIn(test, `ws://localhost:${server.port}/live`), '"type":"start"');
});

Deno.test("a page of another site reads with cors if its origin is named, and else takes no place of the feed", async () => {
  await using site = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("a page"));
  await using browser = await TestBrowser.start();
  await using test = await browser.open();
  await test.page.goto(`http://localhost:${site.addr.port}/`);
  const auth = { bearer: "s3cret" };
  for (const isNamed of [false, true]) {
    const cors = { origins: isNamed ? [`http://localhost:${site.addr.port}`] : [] };
    await using metrics = createMetrics();
    metrics.counter("secret_orders_total").inc(42);
    await using server = await serveMetrics(metrics, { port: 0, cors, auth });
    await using others = createMetrics();
    await using open = await serveMetrics(others, { port: 0, cors });
    const asked = await test.page.evaluate(
      ([url, authorization]) =>
        fetch(url, { headers: { authorization } }).then((response) => response.text(), () => "blocked"),
      [`${server.url}/metrics`, `Bearer ${auth.bearer}`],
    );
    assertEquals([isNamed, asked.includes("secret_orders_total 42"), asked === "blocked"], [
      isNamed,
      isNamed,
      !isNamed,
    ]);
    const heard = await listenIn(test, `${open.url.replace("http", "ws")}/live`);
    assertEquals([isNamed, heard.includes('"type":"start"'), heard === "error"], [isNamed, isNamed, !isNamed]);
    if (isNamed) continue;
    // Without asking for leave to read.
    await test.page.evaluate((url) => fetch(url, { mode: "no-cors" }).catch(() => {}), `${open.url}/live/sse`);
    assertNotMatch(await (await fetch(`${open.url}/metrics`)).text(), /^hotpath_live_clients [1-9]/m);
  }
});
