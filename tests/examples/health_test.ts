import { assertEquals } from "@std/assert";
import { BUILT_IN_CHECKS } from "../../src/health/settings.ts";
import { Program } from "../_support/cli/program.ts";
import { guideOf, optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/health/main.ts";

Deno.test("health main prints the guide's changes and answers of its probes, then ends by itself", async () => {
  await using program = new Program(MAIN, ["0"], { permissions: await optionsInGuide(MAIN) });
  assertEquals(await program.end(), { code: 0, lines: await outputInGuide(MAIN), errors: "" });
});

Deno.test("health README lists all built-in checks with their default limits", async () => {
  const rows = [...(await guideOf(MAIN)).matchAll(/^\| `(\w+)` +\|[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
  const listed = Object.fromEntries(rows.map(([, name, ...limits]) => [name, limits.map((limit) => limit.trim())]));
  const expected = BUILT_IN_CHECKS.map(([name, { fallback, unit }]) => {
    if (typeof fallback === "boolean") return [name, [fallback ? "yes" : "", "", ""]];
    const { degraded, unhealthy, critical } = fallback;
    return [name, [degraded, unhealthy, critical].map((limit) => shown(limit, unit === "seconds"))];
  });
  assertEquals(listed, Object.fromEntries(expected));
});

function shown(limit: number, isDuration: boolean): string {
  if (limit === Number.POSITIVE_INFINITY) return "";
  if (!isDuration) return String(limit);
  return limit < 1 ? `${limit * 1_000} ms` : `${limit} s`;
}
