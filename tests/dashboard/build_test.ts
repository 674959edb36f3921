import { assert } from "@std/assert";
import { buildDashboard, DASHBOARD } from "../../src/cli/build_dashboard.ts";

Deno.test("dashboard.ts is built from src/dashboard, else run deno task dashboard:build", async () => {
  assert(await buildDashboard() === await Deno.readTextFile(DASHBOARD), "run deno task dashboard:build");
});
