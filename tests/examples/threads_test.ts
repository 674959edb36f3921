import { assertEquals, assertMatch } from "@std/assert";
import { Program } from "../_support/cli/program.ts";

Deno.test("threads main adds up what its threads recorded, then ends by itself", async () => {
  await using program = new Program("examples/threads/main.ts", ["3"], { permissions: ["--allow-read=."] });
  const lines = ["orders_total 30000", "order_execution_seconds_count 30000"];
  assertEquals(await program.end(), { code: 0, lines, errors: "" });
});

Deno.test("threads fallback aggregates inline where no worker may start, and names the permission", async () => {
  await using denied = new Program("examples/threads/fallback.ts", [], { permissions: [] });
  const { code, lines, errors } = await denied.end();
  assertEquals([code, lines[1], errors], [0, "Aggregation: inline, orders: 1", ""]);
  assertMatch(lines[0], /^Cannot reach the aggregator: its worker could not start: .*--allow-read=.* is enough$/);

  await using granted = new Program("examples/threads/fallback.ts", [], { permissions: ["--allow-read=src"] });
  assertEquals(await granted.end(), { code: 0, lines: ["Aggregation: worker, orders: 1"], errors: "" });
});
