import { assertEquals, assertStringIncludes } from "@std/assert";
import { SETTINGS } from "../../src/config/settings/table.ts";
import { ROUTES } from "../../src/serve/page.ts";
import { Program } from "../_support/cli/program.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/security/main.ts";
const TOKEN = "correct-horse-battery-staple";

Deno.test("security main answers a scrape with the token, and refuses it without or with a wrong one", async () => {
  const permissions = await optionsInGuide(MAIN);
  await using program = new Program(MAIN, ["0"], { permissions, env: { METRICS_AUTH_BEARER: TOKEN } });
  const line = await program.line() ?? "";
  assertEquals([line.replace(/:\d+\//, ":9464/")], await outputInGuide(MAIN));
  const [url] = /http:\/\/[\d.:]+/.exec(line) ?? [];
  const ask = (path: string, authorization?: string) =>
    fetch(`${url}${path}`, { headers: authorization === undefined ? {} : { authorization } });

  const refusal = { type: "about:blank", title: "Unauthorized", status: 401 };
  for (const wrong of [undefined, "Bearer wrong", TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
    const response = await ask("/metrics?name[]=logins_total", wrong);
    assertEquals(response.status, 401, wrong);
    assertEquals(await response.json(), { ...refusal, detail: "credentials are missing or wrong" });
  }
  const response = await ask("/metrics?name[]=logins_total", `Bearer ${TOKEN}`);
  assertEquals(response.status, 200);
  assertEquals((await response.text()).split("\n")[2], "logins_total 1");

  const open: string[] = [];
  for (const { path } of ROUTES) {
    const { status, body } = await ask(path);
    await body?.cancel();
    if (status !== 401) open.push(path);
  }
  assertEquals(open, ["/health", "/health/live", "/health/ready"]);
  assertEquals(await program.stop("SIGTERM"), { code: 0, lines: [], errors: "" });
});

Deno.test("security main does not start without a token", async () => {
  await using program = new Program(MAIN, ["0"], { permissions: await optionsInGuide(MAIN) });
  const errors = "Set METRICS_AUTH_BEARER to the token that scrapers send\n";
  assertEquals(await program.end(), { code: 1, lines: [], errors });
});

Deno.test("security guide shows the bounds that are the defaults of their settings", async () => {
  const count = (number: number) => number.toLocaleString("en");
  const { seriesMax, labelValueMax, ringCapacity, scrapesMax } = SETTINGS;
  const { scrapeTimeoutMs, responseBytesMax, requestBytesMax, liveClientsMax } = SETTINGS;
  const bounds: readonly [option: string | undefined, bound: string][] = [
    [seriesMax.option, `${count(seriesMax.fallback)};`],
    [labelValueMax.option, `${count(labelValueMax.fallback)} code points;`],
    [ringCapacity.option, `${count(ringCapacity.fallback)} per thread;`],
    [scrapesMax.option, `${count(scrapesMax.fallback)}, then 503`],
    [scrapeTimeoutMs.option, `${scrapeTimeoutMs.fallback / 1_000} s, then`],
    [responseBytesMax.option, `${responseBytesMax.fallback / 2 ** 20} MiB, then`],
    [requestBytesMax.option, `${requestBytesMax.fallback / 2 ** 10} KiB, then 413`],
    [liveClientsMax.option, `${count(liveClientsMax.fallback)}, 16; then 503`],
  ];
  const guide = await Deno.readTextFile(new URL("../../examples/security/README.md", import.meta.url));
  const rows = guide.split("\n").filter((line) => line.startsWith("| "));
  for (const [option, bound] of bounds) {
    assertStringIncludes(rows.find((row) => row.includes(`| \`${option}\``)) ?? "", bound);
  }
});
