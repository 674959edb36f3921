/**
 * Cells: one aligned double each, written by one thread and read by the aggregator. Counters and
 * gauges live here and use no ring slots. Cells come in fixed chunks, because a growable
 * `SharedArrayBuffer` makes every store ten times slower.
 *
 * Behind its cells, a chunk has a stamp for each of them. A counter's says since when it counts, in milliseconds since the
 * epoch; a gauge's is the number in the common sequence at which it was last set, where that matters; 0 if it was not.
 *
 * Behind the stamps, a chunk has a byte for each cell, which the aggregator writes: where it has put the cell. A later
 * aggregator must put it there too.
 *
 * A sum of whole numbers is exact up to 2⁵³, as the samples of whoever scrapes it: a second cell for what is beyond would
 * cost each addition, and nobody could be given the result.
 *
 * @module
 */

/** Cells in a chunk. */
export const CHUNK_CELLS = 1_024;

/** Doubles in a chunk: the cells, then as many stamps. The stamp of cell `i` is at `i + CHUNK_CELLS`. */
export const CHUNK_LENGTH: number = 2 * CHUNK_CELLS;

const CHUNK_BYTES: number = CHUNK_LENGTH * Float64Array.BYTES_PER_ELEMENT + CHUNK_CELLS;

/** Where the aggregator has put a cell. */
export const Place = {
  /** Nowhere yet. */
  none: 0,
  /** In the series of its own label set. */
  own: 1,
  /** In the overflow series. */
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

/** Whether something has the size of a chunk that another thread can read. */
export function isSharedChunk(memory: unknown): memory is SharedArrayBuffer {
  return memory instanceof SharedArrayBuffer && memory.byteLength === CHUNK_BYTES;
}

/** The cells of a chunk, then their stamps. */
export function cellsOf(memory: ArrayBufferLike): Float64Array {
  return new Float64Array(memory, 0, CHUNK_LENGTH);
}

/** Where the aggregator has put the cells of a chunk, one {@linkcode Place} each. */
export function placesOf(cells: Float64Array): Uint8Array {
  return new Uint8Array(cells.buffer, CHUNK_LENGTH * Float64Array.BYTES_PER_ELEMENT, CHUNK_CELLS);
}

/** A cell: where its double lies. */
export interface Cell {
  /** The chunk's number, counted per thread. */
  readonly chunk: number;
  /** The position in the chunk. */
  readonly index: number;
  /** The chunk itself. */
  readonly cells: Float64Array;
}

/** Hands out the cells of one thread, and takes them back. */
export class CellAllocator {
  readonly #shared: boolean;
  readonly #announceChunk: (chunk: number, cells: Float64Array) => void;
  readonly #free: Cell[] = [];
  /** The memory of a first chunk that is not used yet. */
  #first: ArrayBufferLike | undefined;
  #cells: Float64Array | undefined;
  readonly #chunks: Float64Array[] = [];
  #next = CHUNK_CELLS;

  /**
   * Starts without a chunk.
   *
   * @param shared Whether another thread reads the cells
   * @param announceChunk Told of each new chunk before a cell of it is handed out
   * @param first The memory of the first chunk, all zero; allocated when it is needed by default
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
   * A cell that holds zero.
   *
   * @param stamp Its stamp
   */
  allocate(stamp: number = 0): Cell {
    const cell = this.#take();
    cell.cells[cell.index + CHUNK_CELLS] = stamp;
    return cell;
  }

  /** A cell that was handed out. */
  cellAt(cells: Float64Array, index: number): Cell {
    return { chunk: this.#chunks.indexOf(cells), index, cells };
  }

  /** Takes a cell back that the aggregator does not read any more. */
  free(cell: Cell): void {
    this.#free.push(cell);
  }

  /** Releases all chunks, which may be another thread's: cells that are handed out from now on lie elsewhere. */
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
