import { assert, assertEquals } from "@std/assert";
import { Hono } from "hono";
import { noopMetrics } from "../../../mod.ts";
import { metricsRoutes } from "../../../src/hono.ts";
import { listen } from "../../../src/serve/listener.ts";
import { WrongGuesses } from "../../../src/serve/auth/wrong_guesses.ts";
import { assertProblem } from "../../_support/serve/problems.ts";
import { settingsWith, sourceOf } from "../../_support/serve/sources.ts";

const TOKEN = "s3cret-s3cret-s3cret";
const RIGHT = { authorization: `Bearer ${TOKEN}` };
const WRONG = { authorization: "Bearer guess" };

Deno.test("WrongGuesses allows ten at once and then one a second, by address", () => {
  let nowMs = 0;
  const guesses = new WrongGuesses(() => nowMs);
  const count = (address: string, times: number) => Array.from({ length: times }, () => guesses.count(address));
  assertEquals(count("192.0.2.1", 12), [...Array(10).fill(0), 1_000, 1_000]);
  assertEquals(count("192.0.2.2", 1), [0]);
  nowMs += 400;
  assertEquals(count("192.0.2.1", 1), [600]);
  nowMs += 600;
  assertEquals(count("192.0.2.1", 2), [0, 1_000]);
  nowMs += 1e9;
  assertEquals(count("192.0.2.1", 11), [...Array(10).fill(0), 1_000]);
});

Deno.test("WrongGuesses treats an IPv6 network as one address, and both notations of an IPv4 address too", () => {
  const guesses = new WrongGuesses(() => 0);
  for (let i = 0; i < 5; i++) assertEquals(guesses.count(`2001:db8::${i}:1`), 0);
  for (let i = 0; i < 5; i++) assertEquals(guesses.count(`2001:db8:0:0:${i}:2:3:4`), 0);
  assertEquals([guesses.count("2001:db8::ffff"), guesses.count("2001:db8:0:1::1")], [1_000, 0]);
  for (let i = 0; i < 10; i++) guesses.count(i % 2 === 0 ? "::ffff:192.0.2.1" : "192.0.2.1");
  assertEquals([guesses.count("::FFFF:192.0.2.1"), guesses.size], [1_000, 3]);
});

Deno.test("WrongGuesses remembers a maximum of addresses, and limits those beyond together", () => {
  let nowMs = 0;
  const guesses = new WrongGuesses(() => nowMs);
  for (let i = 0; i < 100_000; i++) guesses.count(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  assert(guesses.size <= 1_025);
  assertEquals(guesses.count("192.0.2.1"), 1_000);
  nowMs += 20_000;
  assertEquals(guesses.count("192.0.2.1"), 0);
  assert(guesses.size < 10);
});

Deno.test("metricsRoutes answers wrong credentials with 429 after some, accepts right ones, and counts no missing ones", async () => {
  const app = new Hono().route("/internal", metricsRoutes(noopMetrics, { auth: { bearer: TOKEN } }));
  const ask = (headers: Record<string, string>, hostname: string) =>
    app.fetch(new Request("http://x/internal/metrics", { headers }), { remoteAddr: { hostname } });
  for (let i = 0; i < 20; i++) await assertProblem(await ask({}, "192.0.2.1"), 401, "missing or wrong");
  for (let i = 0; i < 10; i++) await assertProblem(await ask(WRONG, "192.0.2.1"), 401, "missing or wrong");
  const limited = await ask(WRONG, "192.0.2.1");
  assertEquals(limited.headers.get("retry-after"), "1");
  await assertProblem(limited, 429, "too many wrong credentials");
  assertEquals((await ask(RIGHT, "192.0.2.1")).status, 200);
  await assertProblem(await ask({}, "192.0.2.1"), 401, "missing or wrong");
  await assertProblem(await ask(WRONG, "192.0.2.2"), 401, "missing or wrong");
});

Deno.test("listen limits wrong credentials of the administrator and of scrapers together, and locks out neither", async () => {
  const admin = { bearer: "another-token" };
  const listener = await listen(sourceOf(10), settingsWith({ auth: { bearer: TOKEN }, admin }));
  try {
    const url = `http://127.0.0.1:${listener.address.port}`;
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const response = await fetch(url + (i % 2 === 0 ? "/metrics" : "/admin/settings"), { headers: WRONG });
      await response.bytes();
      statuses.push(response.status);
    }
    assertEquals(statuses, [...Array(10).fill(401), 429, 429]);
    const right = await fetch(`${url}/metrics`, { headers: RIGHT });
    assertEquals([right.status, (await right.bytes()).length], [200, 10]);
    const elsewhere = await fetch(`${url}/admin/settings`, { headers: { authorization: `Bearer ${admin.bearer}` } });
    await assertProblem(elsewhere, 404, "no route at /admin/settings");
  } finally {
    await listener.close();
  }
});
