import { assertEquals } from "@std/assert";
import { matchesName, parseNameFilter } from "../../src/encode/name_filter.ts";
import { testCases } from "../cases.ts";

interface Filtering {
  readonly url: string;
  readonly shouldContain: readonly string[];
  readonly shouldNotContain: readonly string[];
}

testCases<Filtering>(
  "a name filter lets through what the published vectors say",
  "content-negotiation/promhttp.TestHandlerWithMetricFilter.json",
  (cases) => {
    for (const { url, shouldContain, shouldNotContain } of cases) {
      const filter = parseNameFilter(new URL(url, "http://localhost").searchParams);
      for (const name of shouldContain) assertEquals(matchesName(filter, name), true, `${url} ${name}`);
      for (const name of shouldNotContain) assertEquals(matchesName(filter, name), false, `${url} ${name}`);
    }
  },
);

Deno.test("a name filter matches whole names only, and can be sent to another thread", () => {
  const filter = structuredClone(parseNameFilter(new URLSearchParams({ "name[]": "my.name" })));
  assertEquals(["my.name", "my.names", "my", "My.name"].map((name) => matchesName(filter, name)), [
    true,
    false,
    false,
    false,
  ]);
  assertEquals(parseNameFilter(new URLSearchParams({ name: "x" })), undefined);
});
