import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { DrainRoom } from "../../../src/aggregate/drain/drain_room.ts";

Deno.test("DrainRoom keeps its memory while it has room for all series, else takes room for twice as many", () => {
  const room = new DrainRoom();
  const { positions } = room;
  room.growTo(positions.length);
  assertStrictEquals(room.positions, positions);
  room.growTo(positions.length + 1);
  assertNotStrictEquals(room.positions, positions);
  assertEquals(room.positions.length, 2 * (positions.length + 1));
});
