import { assertEquals, assertRejects } from "@std/assert";
import { frameOf, watch } from "../../src/cli/watch.ts";

Deno.test("frameOf replaces what was on the terminal, line by line", () => {
  assertEquals(frameOf("a\nb", { columns: 80, rows: 24 }), "\x1b[Ha\x1b[K\nb\x1b[K\x1b[J");
});

Deno.test("frameOf cuts lines that are too long, and counts those that are too many", () => {
  assertEquals(frameOf("1\n2\n3", { columns: 3, rows: 4 }), "\x1b[H1\x1b[K\n2\x1b[K\n3\x1b[K\x1b[J");
  const frame = frameOf("12345\n2\n3\n4", { columns: 14, rows: 4 });
  assertEquals(frame, "\x1b[H12345\x1b[K\n2\x1b[K\n… 2 more lines\x1b[K\x1b[J");
  assertEquals(frameOf("12345", { columns: 3, rows: 4 }), "\x1b[H12…\x1b[K\x1b[J");
});

Deno.test("watch repeats its step until one fails", async () => {
  let steps = 0;
  const step = () => ++steps < 3 ? Promise.resolve() : Promise.reject(new Error("enough"));
  await assertRejects(() => watch(1, step), Error, "enough");
  assertEquals(steps, 3);
});
