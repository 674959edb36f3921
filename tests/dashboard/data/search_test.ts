import { assertEquals } from "@std/assert";
import { matcherOf } from "../../../src/dashboard/data/search.ts";

const LABELS = { pair: "BTC-USD", side: "buy", note: "a=b" };

Deno.test("matcherOf matches names and labels by all words", () => {
  const found = (search: string) => matcherOf(search)("order_execution_seconds", LABELS);
  const cases: [string, boolean][] = [
    ["", true],
    ["  ", true],
    ["order", true],
    ["ORDER btc", true],
    ["order eth", false],
    ["pair=btc", true],
    ["pair=btc side=sell", false],
    ["pair=", true],
    ["venue=", false],
    ["note=a=b", true],
    ["side=btc", false],
  ];
  assertEquals(cases.map(([search]) => [search, found(search)]), cases);
});
