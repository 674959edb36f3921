import { assert, assertEquals } from "@std/assert";
import { coarsened, countsOf, keyOf, NO_COUNTS } from "../../../src/dashboard/data/bucket_keys.ts";
import { exemplarsOfCell, heatCellsOf, rowRange } from "../../../src/dashboard/data/heat_cells.ts";

const SCHEMA = 6;

Deno.test("heatCellsOf makes a row of each bucket, and of several where there are too many", () => {
  const columns = [countsOf({ positive: [-10, 3, -4, 1] }, SCHEMA), NO_COUNTS, countsOf({ positive: [-9, 5] }, SCHEMA)];
  const all = heatCellsOf(columns, SCHEMA, 40);
  assertEquals([all.rows, all.columns, all.countMax, all.keysPerRow], [7, 3, 5, 1]);
  assertEquals([all.counts[0], all.counts[6], all.counts[2 * 7 + 1]], [3, 1, 5]);
  const few = heatCellsOf(columns, SCHEMA, 3);
  assertEquals([few.rows, few.keysPerRow, few.counts[0], few.counts[2], few.counts[6]], [3, 3, 3, 1, 5]);
  assertEquals(rowRange(few, 0).high, rowRange(few, 1).low);
});

Deno.test("heatCellsOf makes rows of whole buckets where several are merged", () => {
  const fine = countsOf({ positive: [-10, 3, -9, 1, -4, 1, 5, 2] }, SCHEMA);
  const coarse = coarsened(fine, 4);
  const { rows, keysPerRow, counts, lowestKey } = heatCellsOf([coarse], SCHEMA, 40, 4);
  assertEquals([rows, keysPerRow, [...counts]], [5, 4, [4, 1, 0, 0, 2]]);
  // The buckets from −11 to −8 are the lowest row.
  assertEquals(rowRange({ rows, columns: 1, counts, countMax: 4, lowestKey, keysPerRow, schema: SCHEMA }, 0), {
    low: 2 ** (-12 / 64),
    high: 2 ** (-8 / 64),
  });
  assertEquals([...heatCellsOf([coarse], SCHEMA, 3, 4).counts], [5, 0, 2]);
});

Deno.test("heatCellsOf ignores values that are not above zero, and has no rows without values", () => {
  const columns = [countsOf({ negative: [3, 9], zero: 4, positive: [1, 2] }, SCHEMA)];
  const { rows, counts } = heatCellsOf(columns, SCHEMA, 40);
  assertEquals([rows, [...counts]], [1, [2]]);
  assertEquals(heatCellsOf([NO_COUNTS], SCHEMA, 40).rows, 0);
});

Deno.test("exemplarsOfCell returns those in the cell, or else the nearest, never those without a trace", () => {
  const exemplar = (value: number, timestampMs: number, trace_id = "t") => ({
    labels: { trace_id },
    value,
    timestampMs,
  });
  const bare = { labels: {}, value: 0.0015, timestampMs: 1_500 };
  const inside = exemplar(0.0015, 1_500);
  const [near, far] = [exemplar(0.003, 9_000), exemplar(0.2, 1_500)];
  const range = { low: 0.001, high: 0.002 };
  const found = exemplarsOfCell([bare, far, inside, near], range, 1_000, 2_000, SCHEMA);
  assertEquals(found, { isInside: true, exemplars: [inside] });
  assertEquals(exemplarsOfCell([bare, far, near], range, 1_000, 2_000, SCHEMA), {
    isInside: false,
    exemplars: [near, far],
  });
  assertEquals(exemplarsOfCell([bare], range, 1_000, 2_000, SCHEMA).exemplars, []);
});

Deno.test("keyOf returns keys of the buckets that cells consist of", () => {
  const { rows, counts } = heatCellsOf([new Int32Array([keyOf(0.5, SCHEMA), 1, keyOf(0.52, SCHEMA), 1])], SCHEMA, 40);
  assertEquals(counts.reduce((sum, count) => sum + count, 0), 2);
  assert(rows > 1);
});
