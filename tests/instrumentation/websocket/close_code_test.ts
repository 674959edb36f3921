import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { closeCodeLabel } from "../../../src/instrumentation/websocket/close_code.ts";

Deno.test("closeCodeLabel keeps registered codes and groups others by their thousand", () => {
  const codes = [1000, 1001, 1006, 1015, 3000, 3008, 0, 1004, 1016, 2999, 3001, 4000, 4999];
  assertEquals(codes.map(closeCodeLabel), [
    ...["1000", "1001", "1006", "1015", "3000", "3008", "1006"],
    ...["1xxx", "1xxx", "2xxx", "3xxx", "4xxx", "4xxx"],
  ]);
  assertEquals([5000, 999, -1, NaN, Infinity].map(closeCodeLabel), Array(5).fill("other"));
});

Deno.test("closeCodeLabel has few labels whatever the peer sends", () => {
  const labels = new Set<string>();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65_535 }), (code) => {
      labels.add(closeCodeLabel(code));
    }),
    { numRuns: 5_000 },
  );
  assert(labels.size <= 23, `${labels.size} labels`);
});
