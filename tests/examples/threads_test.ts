import { assertEquals } from "@std/assert";
import { Program } from "../_support/cli/program.ts";

Deno.test("threads main adds up what its threads recorded, then ends by itself", async () => {
  await using program = new Program("examples/threads/main.ts", ["3"], { permissions: ["--allow-read=."] });
  const lines = ["orders_total 30000", "order_execution_seconds_count 30000"];
  assertEquals(await program.end(), { code: 0, lines, errors: "" });
});
