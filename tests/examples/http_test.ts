import { assertEquals, assertStringIncludes } from "@std/assert";
import { pollText, Program, valueOf } from "../_support/cli/program.ts";
import { optionsInGuide } from "../_support/examples/guide.ts";

const HONO = "examples/http/hono.ts";
const DENO_SERVE = "examples/http/deno_serve.ts";

async function start(program: string, args: readonly string[]): Promise<Program> {
  return new Program(program, args, { permissions: await optionsInGuide(program) });
}

function countOf(text: string, labels: string): number {
  return valueOf(text, `http_server_request_duration_seconds_count{${labels}}`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`hono measures its requests, its own calls and its quotes, and mounts the metrics, until ${signal}`, async () => {
    await using program = await start(HONO, ["0"]);
    const url = await program.url();
    assertEquals(await (await fetch(`${url}/quotes/btc-usd`)).json(), { pair: "BTC-USD", price: 64_250.5 });
    const unknown = await fetch(`${url}/quotes/none`);
    assertEquals([unknown.status, await unknown.json()], [404, { error: "no price for NONE" }]);
    assertEquals(await (await fetch(`${url}/relay`)).json(), { pair: "ETH-USD", price: 3_120.25 });
    assertEquals(await (await fetch(`${url}/ticks`)).text(), "tick 1\ntick 2\ntick 3\n");
    assertEquals((await (await fetch(`${url}/orders`, { method: "POST" })).json()).error, "the market is closed");
    assertEquals(await (await fetch(`${url}/nowhere`)).text(), "404 Not Found");

    const ticks = 'method="GET",route="/ticks",status="200"';
    const nowhere = 'method="GET",route="unmatched",status="404"';
    const text = await pollText(
      `${url}/internal/metrics`,
      (text) => countOf(text, ticks) === 1 && countOf(text, nowhere) === 1,
    );
    assertEquals(countOf(text, 'method="GET",route="/quotes/:pair",status="200"'), 2);
    assertEquals(countOf(text, 'method="POST",route="/orders",status="500"'), 1);
    assertEquals(valueOf(text, 'http_server_errors_total{class="RangeError"}'), 1);
    assertEquals(valueOf(text, 'http_server_errors_total{class="client_error"}'), 2);
    assertEquals(valueOf(text, 'http_server_response_body_size_bytes_sum{method="GET",route="/ticks"}'), 21);
    const host = new URL(url).host;
    const call = `http_client_request_duration_seconds_count{method="GET",host="${host}",status="200"}`;
    assertEquals(valueOf(text, call), 1);
    assertEquals(valueOf(text, 'quotes_total{pair="BTC-USD"}'), 1);
    assertEquals(valueOf(text, "quote_lookup_seconds_count"), 3);
    assertStringIncludes(await (await fetch(`${url}/internal`)).text(), 'href="./internal/metrics"');
    assertEquals(await program.stop(signal), { code: 0, lines: [], errors: "" });
  });
}

Deno.test("deno_serve measures its requests by pattern, and a job explicitly", async () => {
  await using program = await start(DENO_SERVE, ["0", "0"]);
  const line = await program.line() ?? "";
  const [url, scrapes] = line.match(/http:\/\/[\d.:]+/g) ?? [];
  for (const name of ["ann", "bob"]) assertEquals(await (await fetch(`${url}/users/${name}`)).text(), `hello ${name}`);
  assertEquals(await (await fetch(`${url}/nowhere`)).text(), "not found");
  const users = 'method="GET",route="/users/:name",status="200"';
  const unmatched = 'method="GET",route="unmatched",status="404"';
  const text = await pollText(
    `${scrapes}/metrics`,
    (text) => countOf(text, users) === 2 && countOf(text, unmatched) === 1,
  );
  assertEquals(countOf(text, 'method="POST",route="/jobs/:id",status="202"'), 1);
  assertEquals(await program.stop("SIGINT"), { code: 0, lines: [], errors: "" });
});
