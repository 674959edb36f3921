import { assertEquals, assertNotStrictEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { MetricFamily } from "../../src/model/families.ts";
import type { Exposition } from "../../src/model/source.ts";
import { type Exposable, Exposer } from "../../src/aggregate/exposer.ts";
import { scalarFamily } from "../_support/encode/points.ts";
import { selfValues } from "../_support/model/self_values.ts";

const LIMIT = { bucketsMax: Infinity, zeroThresholdMax: 0 };

/** Fake metrics, and the reads of them. */
class Source implements Exposable {
  readonly steps: string[] = [];
  readonly #families: () => Iterable<MetricFamily>;

  constructor(families: () => Iterable<MetricFamily>) {
    this.#families = families;
  }

  families(): Iterable<MetricFamily> {
    this.steps.push("families");
    return this.#families();
  }

  drain(): void {
    this.steps.push("drain");
  }
}

function gauge(name: string, value = 1): MetricFamily {
  return scalarFamily("gauge", { name, points: [{ labels: {}, value }] });
}

function textOf({ body }: Exposition): string {
  return new TextDecoder().decode(body);
}

Deno.test("Exposer writes the requested metrics, in the accepted format", async () => {
  const exposer = new Exposer(new Source(() => [gauge("a"), gauge("b"), gauge("c")]), LIMIT);
  const { body, contentType } = await exposer.expose({ accept: "application/openmetrics-text;version=1.0.0" });
  assertEquals(textOf({ body, contentType }), "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE c gauge\nc 1\n# EOF\n");
  assertEquals(contentType, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores");
  assertEquals(textOf(await exposer.expose({ names: ["c", "a", "a"] })), "# TYPE a gauge\na 1\n# TYPE c gauge\nc 1\n");
  assertEquals(textOf(await exposer.expose({ names: ["d"] })), "");
  assertEquals(textOf(await exposer.expose({ names: [] })).split("\n").length, 7);
});

Deno.test("Exposer has rings drained while it writes for long, and answers one scrape after the other", async () => {
  const slow = () => {
    // As long as several pauses apart, whatever the machine: a point is written once the clock has advanced.
    const endMs = performance.now() + 6;
    while (performance.now() < endMs);
    return 1;
  };
  const points = {
    *[Symbol.iterator]() {
      for (let i = 0; i < 3; i++) yield { labels: {}, quantiles: [[0.5, slow()]] as const };
    },
  };
  const family: MetricFamily = { type: "summary", name: "slow", unit: "", help: "", owner: {}, points };
  const source = new Source(() => [family]);
  const exposer = new Exposer(source, LIMIT);
  const both = await Promise.all([exposer.expose({}), exposer.expose({})]);
  const scrape = ["families", "drain", "drain", "drain"];
  assertEquals(source.steps, [...scrape, ...scrape]);
  assertEquals(selfValues(exposer.times), { hotpath_scrape_duration_seconds: 2 });
  assertEquals(both.map(textOf).map((text) => text.split("\n").length), [5, 5]);
});

Deno.test("Exposer answers the next scrape after one that failed, without what that had written", async () => {
  let isBroken = true;
  const points = {
    *[Symbol.iterator]() {
      yield { labels: {}, value: 1 };
      if (isBroken) throw new Error("it broke");
    },
  };
  const family: MetricFamily = { type: "gauge", name: "depth", unit: "", help: "", owner: {}, points };
  const exposer = new Exposer(new Source(() => [family]), LIMIT);
  await assertRejects(() => exposer.expose({}), Error, "it broke");
  isBroken = false;
  assertEquals(textOf(await exposer.expose({})), "# TYPE depth gauge\ndepth 1\n");
});

Deno.test("Exposer writes over a body only once it was taken back", async () => {
  const exposer = new Exposer(new Source(() => [gauge("depth")]), LIMIT);
  const first = await exposer.expose({});
  const second = await exposer.expose({});
  assertNotStrictEquals(first.body.buffer, second.body.buffer);
  exposer.reuse(first);
  const third = await exposer.expose({});
  assertStrictEquals(third.body.buffer, first.body.buffer);
  // Released twice, and a body of another exposer.
  exposer.reuse(first);
  exposer.reuse({ body: new Uint8Array(9), contentType: "" });
  assertNotStrictEquals((await exposer.expose({})).body.buffer, third.body.buffer);
  assertEquals(textOf(second), "# TYPE depth gauge\ndepth 1\n");
});
