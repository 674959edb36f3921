/**
 * Tests of what `checkout.ts` records.
 *
 * Run them with `deno test examples/testing/checkout_test.ts`.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { createCheckout } from "./checkout.ts";

const decline = () => Promise.reject(new Error("no funds"));

Deno.test("createCheckout counts payments by outcome, and none stays active", async () => {
  await using test = inlineMetrics();
  let charge = () => Promise.resolve();
  const pay = createCheckout(() => charge(), test.metrics);

  assertEquals(await pay(500), true);
  charge = decline;
  assertEquals(await pay(500), false);

  const text = await test.metrics.scrape();
  assertStringIncludes(text, 'payments_total{outcome="paid"} 1\n');
  assertStringIncludes(text, 'payments_total{outcome="declined"} 1\n');
  assertStringIncludes(text, "payments_active 0\n");
});

Deno.test("createCheckout times each payment, also a declined one", async () => {
  await using test = inlineMetrics();
  const pay = createCheckout(async () => {
    test.clock.advance(200); // the payment takes 200 ms, without waiting
    await decline();
  }, test.metrics);
  await pay(500);

  const text = await test.metrics.scrape();
  assertStringIncludes(text, "payment_duration_seconds_sum 0.2\n");
  assertStringIncludes(text, "payment_duration_seconds_count 1\n");
});

Deno.test("createCheckout violates its objective above 500 ms only", async () => {
  await using test = inlineMetrics();
  const breaches: number[] = [];
  test.metrics.addEventListener("slobreach", ({ worstSeconds }) => breaches.push(worstSeconds));
  let durationMs = 500;
  const pay = createCheckout(() => Promise.resolve(test.clock.advance(durationMs)), test.metrics);

  await pay(100);
  await test.metrics.flush();
  assertEquals(breaches, []);

  durationMs = 750;
  await pay(100);
  await test.metrics.flush();
  assertEquals(breaches, [0.75]);
});

Deno.test("createCheckout needs no metrics", async () => {
  assertEquals(await createCheckout(decline)(500), false);
});
