import { assertEquals } from "@std/assert";
import { parseTraceId } from "../../src/model/spans.ts";

Deno.test("parseTraceId accepts 32 hexadecimal digits of either case, except all zeros", () => {
  const id = "4bf92f3577b34da6a3ce929d0e0e4736";
  assertEquals([parseTraceId(id), parseTraceId(id.toUpperCase())], [id, id]);
  for (
    const wrong of [undefined, 5, "", "0".repeat(32), id.slice(1), `${id}0`, ` ${id}`, `${id}\n`, `g${id.slice(1)}`]
  ) {
    assertEquals(parseTraceId(wrong), undefined);
  }
});
