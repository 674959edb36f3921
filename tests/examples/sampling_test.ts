import { assert, assertEquals, assertMatch } from "@std/assert";
import { Program } from "../_support/cli/program.ts";

Deno.test("sampling main counts exactly at 10 %, and records all calls only within its budget", async () => {
  const permissions = ["--allow-read=src"];
  await using program = new Program("examples/sampling/main.ts", ["2"], { permissions });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);

  const [, sampledOut] = /^count 100000, of which (\d+) were sampled out$/.exec(lines[0]) ?? [];
  assert(Math.abs(Number(sampledOut) - 90_000) < 1_000, lines[0]);
  assertMatch(lines[1], /^mean \d+\.\d, with 95 % confidence \d+\.\d to \d+\.\d$/);
  assertMatch(lines[2], /^p99 \d+\.\d, with 95 % confidence \d+\.\d to \d+\.\d$/);
  const [, recorded, overhead] = /^\d+ calls\/s, ([\d.]+) % recorded, overhead ([\d.]+) %$/.exec(lines[4]) ?? [];
  assert(Number(recorded) < 100 || Number(overhead) <= 1, lines[4]);
  assertEquals(lines[5], "200000 calls, count 200000");
});
