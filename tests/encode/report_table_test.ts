import { assert, assertEquals } from "@std/assert";
import { type Row, sorted, table } from "../../src/encode/report_table.ts";
import { widthOf } from "../../src/encode/text_width.ts";

const TITLES = ["NAME", "COUNT", "SLO"];
const ROWS = [
  ['orders_total{pair="BTC-USD"}', "1,000", "99 % within 5 ms: breached, 66.6 %"],
  ['注文{pair="円"}', "3", "-"],
].map((cells): Row => ({ cells, keys: {} }));

Deno.test("table aligns columns that contain wide letters", () => {
  assertEquals(table(TITLES, ROWS), [
    "NAME                          COUNT  SLO",
    'orders_total{pair="BTC-USD"}  1,000  99 % within 5 ms: breached, 66.6 %',
    '注文{pair="円"}                   3  -',
  ]);
});

Deno.test("table cuts the last column first, then the middle of names, and keeps numbers", () => {
  assertEquals(table(TITLES, ROWS, 65)[1], 'orders_total{pair="BTC-USD"}  1,000  99 % within 5 ms: breached,…');
  assertEquals(table(TITLES, ROWS, 53)[1], 'orders_tot…BTC-USD"}  1,000  99 % within 5 ms: breac…');
  assertEquals(table(TITLES, ROWS, 35)[1], 'orders_tot…BTC-USD"}  1,000  99 % …');
});

Deno.test("table is never wider than the terminal", () => {
  for (let width = 0; width < 80; width++) {
    for (const line of table(TITLES, ROWS, width)) assert(widthOf(line) <= width, `${width}: ${line}`);
  }
});

Deno.test("sorted puts texts in ascending order, numbers in descending, and rows without a value last", () => {
  const values = [2, null, 10, undefined, -1];
  const rows = values.map((count, index): Row => ({ cells: [`${index}`], keys: { count, name: "edcba"[index] } }));
  const order = (column?: string) => sorted(rows, column).map(({ cells: [cell] }) => cell).join("");
  assertEquals([order(), order("count"), order("name"), order("value")], ["01234", "20413", "43210", "01234"]);
});
