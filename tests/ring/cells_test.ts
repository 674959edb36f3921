import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  type Cell,
  CellAllocator,
  cellsOf,
  CHUNK_CELLS,
  CHUNK_LENGTH,
  createChunk,
  isSharedChunk,
  Place,
  placesOf,
} from "../../src/ring/cells.ts";

function setUp(shared = false) {
  const chunks: Float64Array[] = [];
  const allocator = new CellAllocator(shared, (chunk, cells) => {
    assertEquals(chunk, chunks.length);
    chunks.push(cells);
  });
  return { allocator, chunks };
}

Deno.test("CellAllocator announces a chunk before a cell of it is allocated, and only when needed", () => {
  const { allocator, chunks } = setUp();
  assertEquals(chunks.length, 0);
  const first = allocator.allocate();
  assertEquals(chunks.length, 1);
  assertStrictEquals(chunks[first.chunk], first.cells);
});

Deno.test("CellAllocator gives every cell a different place, beyond 1,024 in the next chunk", () => {
  const { allocator, chunks } = setUp();
  const cells: Cell[] = [];
  for (let i = 0; i < CHUNK_CELLS * 2 + 1; i++) {
    const cell = allocator.allocate();
    assertStrictEquals(chunks[cell.chunk], cell.cells);
    cells.push(cell);
  }
  assertEquals(chunks.length, 3);
  assertEquals(cells[CHUNK_CELLS - 1].chunk, 0);
  assertEquals(cells[CHUNK_CELLS].chunk, 1);
  assertEquals(new Set(cells.map(({ chunk, index }) => chunk * CHUNK_CELLS + index)).size, cells.length);
});

Deno.test("CellAllocator cells are exact and apart", () => {
  const { allocator } = setUp();
  const cells = Array.from({ length: 100 }, () => allocator.allocate());
  for (let round = 1; round <= 1_000; round++) {
    cells.forEach(({ cells, index }, i) => cells[index] += i + round);
  }
  cells.forEach(({ cells, index }, i) => assertEquals(cells[index], 1_000 * i + 500_500));
});

Deno.test("CellAllocator reuses a freed cell as zero, and not before it is freed", () => {
  const { allocator, chunks } = setUp();
  const cell = allocator.allocate();
  cell.cells[cell.index] = 7;
  const other = allocator.allocate();
  assertEquals(other.index === cell.index && other.chunk === cell.chunk, false);
  allocator.free(cell);
  assertEquals(cell.cells[cell.index], 7, "who frees it may still read it");
  const again = allocator.allocate();
  assertEquals([again.chunk, again.index], [cell.chunk, cell.index]);
  assertEquals(again.cells[again.index], 0);
  assertEquals(chunks.length, 1);
});

Deno.test("CellAllocator uses shared memory only for another thread", () => {
  assertEquals(setUp(true).allocator.allocate().cells.buffer instanceof SharedArrayBuffer, true);
  assertEquals(setUp(false).allocator.allocate().cells.buffer instanceof ArrayBuffer, true);
});

Deno.test("CellAllocator.release stops allocating from memory that may be another thread's", () => {
  const memory = createChunk(true);
  const allocator = new CellAllocator(true, () => {}, memory);
  const cell = allocator.allocate();
  assertStrictEquals(cell.cells.buffer, memory);
  allocator.free(allocator.allocate());
  allocator.release();
  for (let i = 0; i < 3; i++) assertEquals(allocator.allocate(5).cells.buffer === memory, false);
  assertEquals(cell.cells[CHUNK_CELLS], 0);

  const unused = new CellAllocator(true, () => {}, memory);
  unused.release();
  assertEquals(unused.allocate().cells.buffer === memory, false);
});

Deno.test("CellAllocator uses the first chunk's memory once, and allocates later chunks", () => {
  const memory = createChunk(true);
  const allocator = new CellAllocator(true, () => {}, memory);
  const cells = Array.from({ length: CHUNK_CELLS + 1 }, () => allocator.allocate());
  assertStrictEquals(cells[0].cells.buffer, memory);
  assertEquals(cells[CHUNK_CELLS].cells.buffer === memory, false);
  assertEquals(allocator.chunks, [cells[0].cells, cells[CHUNK_CELLS].cells]);
});

Deno.test("CellAllocator.cellAt is the position of an allocated cell", () => {
  const { allocator } = setUp();
  const cells = Array.from({ length: CHUNK_CELLS + 3 }, () => allocator.allocate());
  for (const cell of [cells[1], cells[CHUNK_CELLS + 2]]) {
    assertEquals(allocator.cellAt(cell.cells, cell.index), cell);
  }
});

Deno.test("CellAllocator.allocate stamps a cell, and forgets where the aggregator placed the one before", () => {
  const { allocator } = setUp();
  const cell = allocator.allocate(7);
  assertEquals(cell.cells[cell.index + CHUNK_CELLS], 7);
  placesOf(cell.cells)[cell.index] = Place.overflow;
  allocator.free(cell);
  const again = allocator.allocate();
  assertEquals([again.cells[again.index + CHUNK_CELLS], placesOf(again.cells)[again.index]], [0, Place.none]);
});

Deno.test("placesOf is the byte for each cell behind the cells and their stamps", () => {
  const places = placesOf(cellsOf(createChunk(false)));
  assertEquals([places.length, places.byteOffset], [CHUNK_CELLS, CHUNK_LENGTH * 8]);
});

Deno.test("isSharedChunk accepts only shared memory of a chunk's size", () => {
  assertEquals(isSharedChunk(createChunk(true)), true);
  const others = [createChunk(false), new SharedArrayBuffer(createChunk(true).byteLength + 1), undefined, {}];
  assertEquals(others.map(isSharedChunk), others.map(() => false));
});
