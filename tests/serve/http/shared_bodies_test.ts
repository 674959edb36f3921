import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { type Body, type Share, SharedBodies } from "../../../src/serve/http/shared_bodies.ts";

/** A body that is made when the test says so. */
class Order {
  readonly #made: PromiseWithResolvers<Body> = Promise.withResolvers();
  readonly begun: PromiseWithResolvers<void> = Promise.withResolvers();
  hasBegun = false;

  readonly make = (): Promise<Body> => {
    this.hasBegun = true;
    this.begun.resolve();
    return this.#made.promise;
  };

  deliver(bytes: number): void {
    this.#made.resolve(bodyOf(bytes));
  }

  fail(error: Error): void {
    // It may arrive before the wait begins.
    this.#made.promise.catch(() => {});
    this.#made.reject(error);
  }
}

function bodyOf(bytes: number): Body {
  return { bytes: new Uint8Array(bytes), headers: {} };
}

/** Turns of the event loop in which everything that could begin has begun. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
}

Deno.test("SharedBodies shares one body among requests before its beginning, and makes another for later ones", async () => {
  const bodies = new SharedBodies(1_000);
  const [first, second] = [new Order(), new Order()];
  const early = [bodies.take("a", first.make), bodies.take("a", second.make)];
  await first.begun.promise;
  const late = bodies.take("a", second.make);
  first.deliver(10);
  const [one, same] = await Promise.all(early.map(({ body }) => body));
  assert(one === same);
  await second.begun.promise;
  second.deliver(20);
  assertEquals((await late.body).bytes.byteLength, 20);
  assertEquals(bodies.bytes, 30);
  for (const share of [...early, late]) share.release();
  assertEquals(bodies.bytes, 0);
});

Deno.test("SharedBodies makes one body at a time, in the order of the requests", async () => {
  const bodies = new SharedBodies(1_000);
  const orders = [new Order(), new Order(), new Order()];
  const shares = orders.map(({ make }, i) => bodies.take(`${i}`, make));
  for (const [i, order] of orders.entries()) {
    await order.begun.promise;
    await settled();
    assertEquals(orders.map(({ hasBegun }) => hasBegun), orders.map((_, j) => j <= i));
    order.deliver(1);
  }
  for (const share of shares) {
    await share.body;
    share.release();
  }
});

Deno.test("SharedBodies begins nothing while the limit of bytes is in use", async () => {
  const bodies = new SharedBodies(100);
  const [large, next] = [new Order(), new Order()];
  const readers = [bodies.take("large", large.make), bodies.take("large", large.make)];
  large.deliver(250);
  await Promise.all(readers.map(({ body }) => body));
  const waiting = bodies.take("next", next.make);
  readers[0].release();
  await settled();
  assertEquals([bodies.bytes, next.hasBegun], [250, false]);
  readers[1].release();
  await next.begun.promise;
  next.deliver(1);
  await waiting.body;
  waiting.release();
  assertEquals(bodies.bytes, 0);
});

Deno.test("SharedBodies does not make a body that no request waits for, and keeps nothing of it", async () => {
  const bodies = new SharedBodies(100);
  const [running, dropped, last] = [new Order(), new Order(), new Order()];
  const shares = [bodies.take("running", running.make), bodies.take("dropped", dropped.make)];
  await running.begun.promise;
  for (const share of shares) share.release();
  const share = bodies.take("last", last.make);
  running.deliver(50);
  await last.begun.promise;
  assertEquals([dropped.hasBegun, bodies.bytes], [false, 0]);
  last.deliver(1);
  await share.body;
  share.release();
});

Deno.test("SharedBodies rejects all shares of a body that could not be made, and continues", async () => {
  const bodies = new SharedBodies(100);
  const [bad, good] = [new Order(), new Order()];
  const shares = [bodies.take("bad", bad.make), bodies.take("bad", bad.make)];
  bad.fail(new Error("it broke"));
  for (const share of shares) {
    await assertRejects(() => share.body, Error, "it broke");
    share.release();
  }
  const thrown = bodies.take("thrown", () => {
    throw new Error("at once");
  });
  await assertRejects(() => thrown.body, Error, "at once");
  thrown.release();
  const share = bodies.take("good", good.make);
  good.deliver(1);
  assertEquals((await share.body).bytes.byteLength, 1);
  share.release();
  assertEquals(bodies.bytes, 0);
});

Deno.test("SharedBodies never holds more than its limit and one body, in any order of requests and releases", async () => {
  const largest = 60;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.nat(5), bytes: fc.nat(largest), holds: fc.nat(4) }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 200 }),
      async (visits, bytesMax) => {
        const bodies = new SharedBodies(bytesMax);
        let most = 0;
        const visit = async (share: Share, holds: number) => {
          await share.body;
          most = Math.max(most, bodies.bytes);
          for (let turn = 0; turn < holds; turn++) await Promise.resolve();
          share.release();
        };
        await Promise.all(visits.map(({ key, bytes, holds }) => {
          return visit(bodies.take(`${key}`, () => Promise.resolve(bodyOf(bytes))), holds);
        }));
        assertEquals(bodies.bytes, 0);
        assert(most < bytesMax + largest, `${most} bytes`);
      },
    ),
    { seed: 4, numRuns: 50 },
  );
});
