import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { Program } from "../_support/cli/program.ts";
import { optionsInGuide } from "../_support/examples/guide.ts";

const COST = "examples/performance/cost.ts";
const ROUNDS = 3;

Deno.test("cost prints the nanoseconds of each call, and drops no record", async () => {
  const permissions = await optionsInGuide(COST);
  await using program = new Program(COST, [String(ROUNDS)], { permissions });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  const total = lines.pop() ?? "";
  // Histograms and timings, sampled out or not; counters and gauges make no records.
  assertEquals(total, `${3 * ROUNDS * 65_536} calls recorded or sampled out, 0 records dropped`);
  assertEquals(lines.length, 6);
  for (const line of lines) {
    assertMatch(line, /^\S.* +\d+\.\d ns$/);
    assertGreater(Number.parseFloat(line.slice(-12)), 0, line);
  }
});
