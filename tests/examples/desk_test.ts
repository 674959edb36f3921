import { assertEquals } from "@std/assert";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { Desk } from "../../examples/trading/desk.ts";
import { distributionOf } from "../_support/snapshots.ts";

Deno.test("Desk answers and draws the latest sixty values, and times what it does", async () => {
  await using test = inlineMetrics();
  using desk = new Desk({
    databaseQuery: test.metrics.timer("database_query"),
    apiResponse: test.metrics.timer("api_response"),
    dashboardRender: test.metrics.timer("dashboard_render"),
  });
  assertEquals([await desk.answer().json(), desk.render()], [[], ""]);
  for (let value = 1; value <= 100; value++) desk.note(value);
  assertEquals(await desk.answer().json(), Array.from({ length: 60 }, (_, i) => 100 - i));
  const lines = desk.render().split("\n");
  assertEquals([lines.length, lines[0], lines[50]], [60, `${"█".repeat(40)} 100.00`, `${"█".repeat(20)} 50.00`]);
  const snapshot = await test.metrics.snapshot();
  const counts = ["database_query", "api_response", "dashboard_render"].map((name) =>
    distributionOf(snapshot, `${name}_seconds`).count
  );
  assertEquals(counts, [104, 2, 2]);
});
