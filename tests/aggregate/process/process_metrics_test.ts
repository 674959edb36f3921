import { assertEquals } from "@std/assert";
import type { ScalarPoint } from "../../../src/model/families.ts";
import { type ProcessNumber, processNumbers } from "../../../src/aggregate/process/process_numbers.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";
import { ProcessMetrics } from "../../../src/aggregate/process/process_metrics.ts";

const IDLE_TTL_MS = 1_000;

/** A number that the test reads. */
function numberOf(name: string, read: () => number, createdMs: number = 0): ProcessNumber {
  const [any] = processNumbers();
  const type = createdMs > 0 ? "counter" : "gauge";
  return { ...any, definition: { ...any.definition, type, name, exposedName: name }, needs: "--all", createdMs, read };
}

function storeOf(): SeriesStore {
  return new SeriesStore(planWindows([]), 100, IDLE_TTL_MS);
}

function valuesOf(store: SeriesStore, nowMs: number = 0): Record<string, unknown> {
  return Object.fromEntries(
    store.snapshot(nowMs).map(({ name, series: [first] }) => [name, "value" in first && first.value]),
  );
}

Deno.test("ProcessMetrics shows what was read last", () => {
  const store = storeOf();
  let value = 3;
  const metrics = new ProcessMetrics(store, [numberOf("a_total", () => value, 5_000), numberOf("b", () => 2 * value)]);
  assertEquals(valuesOf(store), {});
  metrics.read();
  assertEquals(valuesOf(store), { a_total: 3, b: 6 });
  value = 4;
  assertEquals(valuesOf(store), { a_total: 3, b: 6 });
  metrics.read();
  assertEquals(valuesOf(store), { a_total: 4, b: 8 });
  const created = [...store.families(0)].map(({ points }) =>
    [...points as Iterable<ScalarPoint>].map(({ createdMs }) => createdMs)
  );
  assertEquals(created, [[5_000], [undefined]]);
});

Deno.test("ProcessMetrics exposes nothing that is not permitted, and never tries it again", () => {
  const store = storeOf();
  let tries = 0;
  const refused = numberOf("secret", () => {
    tries += 1;
    throw new Deno.errors.NotCapable("no");
  });
  const metrics = new ProcessMetrics(store, [refused, numberOf("open", () => 1)]);
  for (let i = 0; i < 3; i++) metrics.read();
  assertEquals([tries, valuesOf(store)], [1, { open: 1 }]);
  assertEquals([...metrics.missing()], [["secret", "--all"]]);
});

Deno.test("ProcessMetrics keeps the value of what cannot be read any more, and tries again", () => {
  const store = storeOf();
  let problem: Error | undefined;
  const metrics = new ProcessMetrics(store, [numberOf("open", () => {
    if (problem !== undefined) throw problem;
    return 7;
  })]);
  problem = new Error("too many open files");
  metrics.read();
  assertEquals([valuesOf(store), metrics.missing().size], [{}, 0]);
  problem = undefined;
  metrics.read();
  // Revoking a permission later must not lose the series.
  problem = new Deno.errors.NotCapable("revoked");
  metrics.read();
  assertEquals([valuesOf(store), metrics.missing().size], [{ open: 7 }, 0]);
});

Deno.test("ProcessMetrics is never idle", () => {
  const store = storeOf();
  new ProcessMetrics(store, [numberOf("start", () => 1)]).read();
  for (let nowMs = 0; nowMs <= 10 * IDLE_TTL_MS; nowMs += IDLE_TTL_MS / 10) {
    store.sweep(nowMs);
    assertEquals(valuesOf(store, nowMs), { start: 1 });
  }
});
