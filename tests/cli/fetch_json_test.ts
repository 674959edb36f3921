import { assertEquals, assertRejects } from "@std/assert";
import { fetchJson } from "../../src/cli/fetch_json.ts";

const WANTED = { route: "/metrics.json", what: "snapshot", check: (_place: unknown, given: unknown) => given };
const BYTES_MAX = 10_000;

/** Sends a request to a server with one answer to everything. */
async function ask(answer: () => Response): Promise<unknown> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  return await fetchJson(`http://127.0.0.1:${server.addr.port}`, WANTED, undefined, BYTES_MAX);
}

Deno.test("fetchJson reads an answer of as many bytes as it may have", async () => {
  const text = "ä".repeat((BYTES_MAX - 2) / 2);
  assertEquals(await ask(() => new Response(`"${text}"`)), text);
});

Deno.test("fetchJson stops reading an answer that does not end, or that was compressed to a little", async () => {
  const chunk = new Uint8Array(1_000).fill(32);
  const endless = () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }));
  const zipped = () => {
    const body = new Blob([new Uint8Array(2 ** 20).fill(32)]).stream().pipeThrough(new CompressionStream("gzip"));
    return new Response(body, { headers: { "content-encoding": "gzip" } });
  };
  for (const answer of [endless, zipped]) {
    await assertRejects(() => ask(answer), Error, `the answer has more than ${BYTES_MAX} bytes`);
  }
});
