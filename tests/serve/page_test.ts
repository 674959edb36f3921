import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { type Health, noopMetrics } from "../../mod.ts";
import { metricsRoutes } from "../../src/hono.ts";
import { SCRIPT, STYLE } from "../../src/serve/dashboard.ts";
import { PAGE_POLICY, renderPage, ROUTES } from "../../src/serve/page.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

const WELL: Health = { status: "HEALTHY", reasons: [], checks: [], isReady: true, uptimeSeconds: 1 };

/** What the server wrote itself: the page without its script and its style. */
function markupOf(page: string): string {
  return page.replace(`<script>${SCRIPT}</script>`, "").replace(`<style>${STYLE}</style>`, "");
}

/** Where the links of a page at a path lead to, other than to a place within it. */
function pathsOf(page: string, path: string): string[] {
  return linksOf(page).map((link) => new URL(link, `http://localhost${path}`).pathname);
}

function linksOf(page: string): string[] {
  return [...markupOf(page).matchAll(/<a [^>]*href="([^"#][^"]*)"/g)].map(([, link]) => link);
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${new Uint8Array(digest).toBase64()}`;
}

async function pageOf(prefix: string, path: string): Promise<{ app: Hono; response: Response }> {
  const app = new Hono().route(prefix, metricsRoutes(noopMetrics));
  return { app, response: await app.request(path) };
}

Deno.test("page is HTML of this moment, and its policy allows its own script and style, and no other server", async () => {
  const { response } = await pageOf("/internal", "/internal");
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-type") ?? "", /^text\/html/);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(response.headers.get("content-security-policy"), PAGE_POLICY);
  const page = await response.text();
  const [, script] = /<script>(.*?)<\/script>/s.exec(page) ?? [];
  const [, style] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  assertEquals(PAGE_POLICY.split("; "), [
    "default-src 'none'",
    `script-src '${await hashOf(script)}'`,
    `style-src '${await hashOf(style)}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  assert(page.startsWith("<!doctype html>\n"));
  assertNotMatch(style, /@import|url\(/i);
  assertNotMatch(markupOf(page), /<script|<img|<iframe|<form|<style|javascript:| on[a-z]+=| style=|@import|url\(/i);
  assertEquals([...markupOf(page).matchAll(/<link.*>/g)].map(([link]) => link), ['<link rel="icon" href="data:,">']);
});

Deno.test("page says without scripts that it lacks them, and holds the licence of what it runs", async () => {
  const page = await (await pageOf("/", "/")).response.text();
  assertStringIncludes(markupOf(page), "<noscript><p");
  assertStringIncludes(SCRIPT, "The MIT License");
  assertStringIncludes(SCRIPT, "Leon Sorokin");
});

Deno.test("page links to each route below the prefix that it is mounted at", async () => {
  for (const prefix of ["/", "/internal", "/a/b-c"]) {
    const base = prefix === "/" ? "" : prefix;
    const { app, response } = await pageOf(prefix, prefix);
    const links = pathsOf(await response.text(), prefix);
    assertEquals(links, ROUTES.map(({ path }) => base + path));
    for (const [at, link] of links.entries()) {
      // That of a WebSocket is no page, and these metrics have no live feed.
      if (ROUTES[at].isLive) continue;
      const answer = await app.request(link);
      assertEquals([link, answer.status], [link, 200]);
      await answer.body?.cancel();
    }
  }
});

Deno.test("page links to where its routes are behind a proxy that takes a part of the path away", async () => {
  const { response } = await pageOf("/", "/");
  assertEquals(pathsOf(await response.text(), "/hp/"), ROUTES.map(({ path }) => `/hp${path}`));
});

Deno.test("page counts what is there and names the status with its reasons", async () => {
  await using test = inlineMetrics({ ringCapacity: 64 });
  const histogram = test.metrics.histogram("message_bytes", { unit: "bytes" });
  for (let i = 0; i < 1_300; i++) {
    histogram.observe(i);
    if (i % 64 === 63) await test.metrics.flush();
  }
  for (let i = 0; i < 100; i++) histogram.observe(i);
  test.clock.advance(61_400);
  await test.metrics.flush();
  const page = await (await metricsRoutes(test.metrics).request("/")).text();
  assertStringIncludes(page, '<p class="DEGRADED">DEGRADED: 46.7 % of records were dropped in the last minute</p>');
  const cells = [...page.matchAll(/<th scope="row">([^<]+)<\/th><td>([^<]+)<\/td>/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  const recorded = 1_300 - 1_300 % 64 + 64;
  assertEquals(cells, [
    ["Uptime", "61 s"],
    ["Series", "1"],
    ["Records", recorded.toLocaleString("en")],
    ["Records dropped", String(1_400 - recorded)],
  ]);
});

Deno.test("renderPage escapes what it did not write itself", async () => {
  const { meta } = await noopMetrics.snapshot();
  const reason = `<script>alert("1")</script> & 'more'`;
  const page = renderPage('/"><b>', { ...WELL, status: "CRITICAL", reasons: [reason] }, meta);
  assertNotMatch(markupOf(page), /<script|<b>/);
  assertStringIncludes(page, "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;");
  assertEquals(linksOf(page)[0], "/&quot;&gt;&lt;b&gt;/metrics");
});
