import { assertEquals, assertRejects } from "@std/assert";
import { HttpProblem } from "../../src/serve/http/problem.ts";
import { Scrapes } from "../../src/serve/scrapes.ts";
import type { Body } from "../../src/serve/http/shared_bodies.ts";
import { assertProblem } from "../_support/serve/problems.ts";

const LIMITS = { scrapesMax: 2, scrapeTimeoutMs: 60_000, responseBytesMax: 1_000_000 };
const LARGE = 200_000;

function scrapeOf(bytes: number, isHead: boolean = false) {
  const body: Body = { bytes: new Uint8Array(bytes).map((_, i) => i), headers: { "content-type": "x/y" } };
  return { key: "a", make: () => Promise.resolve(body), isHead };
}

async function problemOf(answer: Promise<Response>): Promise<Response> {
  const problem = await answer.then(() => undefined, (error) => error);
  if (!(problem instanceof HttpProblem)) throw new Error(`it was answered, or failed with ${problem}`);
  return problem.toResponse();
}

Deno.test("Scrapes counts a scrape until its answer is read to the end, or given up", async () => {
  const scrapes = new Scrapes(LIMITS);
  const response = await scrapes.answer(scrapeOf(LARGE));
  assertEquals([scrapes.inFlight, scrapes.bytes, response.headers.get("content-length")], [1, LARGE, `${LARGE}`]);
  assertEquals(await response.bytes(), (await scrapeOf(LARGE).make()).bytes);
  assertEquals([scrapes.inFlight, scrapes.bytes], [0, 0]);

  const given = await scrapes.answer(scrapeOf(LARGE));
  const reader = given.body!.getReader();
  await reader.read();
  assertEquals([scrapes.inFlight, scrapes.bytes], [1, LARGE]);
  await reader.cancel();
  assertEquals([scrapes.inFlight, scrapes.bytes], [0, 0]);
});

Deno.test("Scrapes answers HEAD without a body to wait for", async () => {
  const scrapes = new Scrapes(LIMITS);
  const { headers, body } = await scrapes.answer(scrapeOf(LARGE, true));
  assertEquals([body, headers.get("content-length"), headers.get("content-type")], [null, `${LARGE}`, "x/y"]);
  assertEquals([scrapes.inFlight, scrapes.bytes], [0, 0]);
});

Deno.test("Scrapes refuses more than may be in flight with 503 and Retry-After", async () => {
  const scrapes = new Scrapes(LIMITS);
  const responses = await Promise.all([scrapes.answer(scrapeOf(LARGE)), scrapes.answer(scrapeOf(LARGE))]);
  const refusal = await problemOf(scrapes.answer(scrapeOf(LARGE)));
  assertEquals(refusal.headers.get("retry-after"), "1");
  await assertProblem(refusal, 503, "the limit of 2 scrapes in flight is reached");
  for (const response of responses) await response.bytes();
  assertEquals((await (await scrapes.answer(scrapeOf(1))).bytes()).length, 1);
  assertEquals(scrapes.inFlight, 0);
});

Deno.test("Scrapes refuses an answer that is not made in time with 503, and frees its place", async () => {
  const scrapes = new Scrapes({ ...LIMITS, scrapeTimeoutMs: 20 });
  const made = Promise.withResolvers<Body>();
  const late = { key: "late", make: () => made.promise, isHead: false };
  const refusal = await problemOf(scrapes.answer(late));
  assertEquals([refusal.headers.get("retry-after"), scrapes.inFlight], ["1", 0]);
  await assertProblem(refusal, 503, "the scrape took longer than 0.02 s");
  // What comes next waits for what is being made.
  await assertProblem(await problemOf(scrapes.answer(scrapeOf(1))), 503, "the scrape took longer than 0.02 s");
  made.resolve((await scrapeOf(LARGE).make()) as Body);
  await made.promise;
  assertEquals((await (await scrapes.answer(scrapeOf(1))).bytes()).length, 1);
  assertEquals([scrapes.inFlight, scrapes.bytes], [0, 0]);
});

Deno.test("Scrapes aborts an answer that is not taken in time", async () => {
  const scrapes = new Scrapes({ ...LIMITS, scrapeTimeoutMs: 20 });
  const response = await scrapes.answer(scrapeOf(LARGE));
  const reader = response.body!.getReader();
  await reader.read();
  await assertRejects(() => reader.closed, HttpProblem, "the scrape took longer than 0.02 s");
  assertEquals([scrapes.inFlight, scrapes.bytes], [0, 0]);
});

Deno.test("Scrapes lets a scrape wait until the bytes before it are sent, or its time is over", async () => {
  const scrapes = new Scrapes({ ...LIMITS, scrapeTimeoutMs: 10_000, responseBytesMax: LARGE });
  const first = await scrapes.answer(scrapeOf(LARGE));
  const second = scrapes.answer(scrapeOf(10));
  assertEquals((await first.bytes()).length, LARGE);
  assertEquals((await (await second).bytes()).length, 10);

  const slow = new Scrapes({ ...LIMITS, scrapeTimeoutMs: 100, responseBytesMax: LARGE });
  const unread = await slow.answer(scrapeOf(LARGE));
  await assertProblem(await problemOf(slow.answer(scrapeOf(10))), 503, "the scrape took longer than 0.1 s");
  await assertRejects(() => unread.bytes(), HttpProblem);
  assertEquals([slow.inFlight, slow.bytes], [0, 0]);
});

Deno.test("Scrapes frees a place when an answer cannot be made", async () => {
  const scrapes = new Scrapes(LIMITS);
  const broken = { key: "broken", make: () => Promise.reject(new Error("it broke")), isHead: false };
  for (let i = 0; i < 5; i++) await assertRejects(() => scrapes.answer(broken), Error, "it broke");
  assertEquals([scrapes.inFlight, scrapes.bytes], [0, 0]);
});
