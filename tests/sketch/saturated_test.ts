import { assertEquals } from "@std/assert";
import { saturated } from "../../src/sketch/saturated.ts";

Deno.test("saturated is a sum as it is, or the largest double of its sign", () => {
  const { MAX_VALUE, POSITIVE_INFINITY, NEGATIVE_INFINITY } = Number;
  for (const sum of [0, 1.5, -1.5, MAX_VALUE, -MAX_VALUE]) assertEquals(saturated(sum), sum);
  assertEquals([saturated(POSITIVE_INFINITY), saturated(NEGATIVE_INFINITY)], [MAX_VALUE, -MAX_VALUE]);
});
