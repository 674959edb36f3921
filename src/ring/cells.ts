/**
 * Cells: one aligned double each, written by one thread and read by the aggregator. Counters and gauges live here and use
 * no ring slots. Cells come in fixed chunks, because a growable `SharedArrayBuffer` makes every store ten times slower.
 *
 * After its cells, a chunk has a stamp for each of them. The stamp of a counter is its start, in milliseconds since the
 * epoch; that of a gauge, where the order matters, is the number in the shared sequence at which it was last set, and 0
 * before that.
 *
 * After the stamps, a chunk has a byte for each cell, written by the aggregator: the series in which it placed the
 * cell. A later aggregator must place the cell in the same series.
 *
 * A sum of whole numbers is exact up to 2⁵³, as are the samples of a scraper. A second cell for larger sums would slow
 * down every addition, and no format could carry the result.
 *
 * @module
 */

/** Number of cells in a chunk. */
export const CHUNK_CELLS = 1_024;

/** Number of doubles in a chunk: the cells, then as many stamps. The stamp of cell `i` is at `i + CHUNK_CELLS`. */
export const CHUNK_LENGTH: number = 2 * CHUNK_CELLS;

const CHUNK_BYTES: number = CHUNK_LENGTH * Float64Array.BYTES_PER_ELEMENT + CHUNK_CELLS;

/** Series in which the aggregator placed a cell. */
export const Place = {
  /** Not placed yet. */
  none: 0,
  /** The series of its own label set. */
  own: 1,
  /** The overflow series. */
  overflow: 2,
} as const;

/**
 * Allocates the memory of a chunk.
 *
 * @param shared Whether another thread reads it
 */
export function createChunk(shared: boolean): ArrayBufferLike {
  return shared ? new SharedArrayBuffer(CHUNK_BYTES) : new ArrayBuffer(CHUNK_BYTES);
}

/** Whether a value has the type and size of a chunk that another thread can read. */
export function isSharedChunk(memory: unknown): memory is SharedArrayBuffer {
  return memory instanceof SharedArrayBuffer && memory.byteLength === CHUNK_BYTES;
}

/** Returns a view over the cells of a chunk and their stamps. */
export function cellsOf(memory: ArrayBufferLike): Float64Array {
  return new Float64Array(memory, 0, CHUNK_LENGTH);
}

/** Returns a view over the places of a chunk's cells, one {@linkcode Place} each. */
export function placesOf(cells: Float64Array): Uint8Array {
  return new Uint8Array(cells.buffer, CHUNK_LENGTH * Float64Array.BYTES_PER_ELEMENT, CHUNK_CELLS);
}

/** Position of a cell. */
export interface Cell {
  /** Number of the chunk, counted per thread. */
  readonly chunk: number;
  /** Index in the chunk. */
  readonly index: number;
  /** View over the chunk. */
  readonly cells: Float64Array;
}

/** Allocator of the cells of one thread. */
export class CellAllocator {
  readonly #shared: boolean;
  readonly #announceChunk: (chunk: number, cells: Float64Array) => void;
  readonly #free: Cell[] = [];
  /** Memory of the first chunk until it is used. */
  #first: ArrayBufferLike | undefined;
  #cells: Float64Array | undefined;
  readonly #chunks: Float64Array[] = [];
  #next = CHUNK_CELLS;

  /**
   * Creates an allocator.
   *
   * @param shared Whether another thread reads the cells
   * @param announceChunk Called with each new chunk before a cell of it is allocated
   * @param first Zeroed memory of the first chunk; allocated when needed if omitted
   */
  constructor(
    shared: boolean,
    announceChunk: (chunk: number, cells: Float64Array) => void,
    first?: ArrayBufferLike,
  ) {
    this.#first = first;
    this.#shared = shared;
    this.#announceChunk = announceChunk;
  }

  /** All chunks, by number. */
  get chunks(): readonly Float64Array[] {
    return this.#chunks;
  }

  /**
   * Allocates a cell that holds zero.
   *
   * @param stamp Stamp of the cell
   */
  allocate(stamp: number = 0): Cell {
    const cell = this.#take();
    cell.cells[cell.index + CHUNK_CELLS] = stamp;
    return cell;
  }

  /** Returns the position of an allocated cell. */
  cellAt(cells: Float64Array, index: number): Cell {
    return { chunk: this.#chunks.indexOf(cells), index, cells };
  }

  /** Frees a cell that the aggregator no longer reads. */
  free(cell: Cell): void {
    this.#free.push(cell);
  }

  /** Releases all chunks, which another thread may reuse; later cells are allocated in new chunks. */
  release(): void {
    this.#first = this.#cells = undefined;
    this.#chunks.length = this.#free.length = 0;
  }

  #take(): Cell {
    const reused = this.#free.pop();
    if (reused !== undefined) {
      reused.cells[reused.index] = 0;
      placesOf(reused.cells)[reused.index] = Place.none;
      return reused;
    }
    if (this.#cells === undefined || this.#next === CHUNK_CELLS) this.#cells = this.#addChunk();
    return { chunk: this.#chunks.length - 1, index: this.#next++, cells: this.#cells };
  }

  #addChunk(): Float64Array {
    const cells = cellsOf(this.#first ?? createChunk(this.#shared));
    this.#first = undefined;
    this.#chunks.push(cells);
    this.#next = 0;
    this.#announceChunk(this.#chunks.length - 1, cells);
    return cells;
  }
}
