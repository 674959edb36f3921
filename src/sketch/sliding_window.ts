/**
 * Several sliding windows over one stream of values. Time is divided into slices, a tenth of a window each; a slice of
 * a wider window consists of whole slices of the next narrower one. A value is counted once, in the live sketch. At the
 * end of a slice, the live sketch is frozen; at the end of a wider slice, the frozen slices below are merged into it. A
 * read merges the slices in the window.
 *
 * A slice is in the window while at least half of it is, so a value leaves its window at most half a slice (a twentieth
 * of the window) early or late, and on average on time.
 *
 * @module
 */

/** Sketch that windows are merged from. */
export interface Mergeable<Slice> {
  /** Number of values. */
  readonly count: number;
  /** Adds the values of a slice. */
  merge(other: Slice): void;
  /** Removes all values. */
  clear(): void;
}

/** Kind of sketch: creates one, and freezes it at the end of its slice. */
export interface SketchKind<Live extends Mergeable<Live | Slice>, Slice> {
  /**
   * Creates an empty sketch.
   *
   * @param onHalve Called before the sketch halves its resolution
   */
  readonly create: (onHalve?: (live: Live) => void) => Live;
  /** Copies a sketch in as little memory as possible. */
  readonly freeze: (live: Live) => Slice;
}

const SLICES_PER_WINDOW = 10;
/** Slices without a follower after which merged sums are discarded: twelve seconds of the narrowest usual slices. */
const SLICES_UNSEEN_MAX = 120;
/** Ratio to the level below for a level without a window. */
const RATIO_BETWEEN = 10;

/** Name and length of a window. */
export interface WindowSpec {
  /** Name as given by the program, such as `"1m"`. */
  readonly name: string;
  /** Length, in milliseconds. */
  readonly lengthMs: number;
}

/** Slices of one width. */
interface Level {
  /** Width of a slice, in milliseconds. */
  readonly sliceMs: number;
  /** Number of slices of the level below in one slice; 1 for the first level. */
  readonly ratio: number;
  /** Number of kept slices. */
  readonly kept: number;
}

/** Levels of slices for all windows, shared by all series. */
export interface WindowPlan {
  /** Levels from the narrowest slices to the widest. */
  readonly levels: readonly Level[];
  /** Windows, narrowest first, with the level that each is read from. */
  readonly windows: readonly { readonly spec: WindowSpec; readonly level: number }[];
}

/** Plans the slices of windows. */
export function planWindows(specs: readonly WindowSpec[]): WindowPlan {
  const levels: Level[] = [];
  const windows = specs.toSorted((a, b) => a.lengthMs - b.lengthMs).map((spec) => {
    const tenthMs = spec.lengthMs / SLICES_PER_WINDOW;
    if (levels.length === 0) levels.push({ sliceMs: tenthMs, ratio: 1, kept: 0 });
    else addLevels(levels, tenthMs);
    const level = levels.length - 1;
    keepAtLeast(levels, level, Math.ceil(spec.lengthMs / levels[level].sliceMs) + 1);
    return { spec, level };
  });
  return { levels, windows };
}

/** Adds a level whose slice width is as near to `sliceMs` as whole slices of the level below allow. */
function addLevels(levels: Level[], sliceMs: number): void {
  const widestMs = () => levels[levels.length - 1].sliceMs;
  // Levels between windows far apart, because the narrower one would have to keep thousands of slices.
  while (sliceMs / widestMs() >= 2 * RATIO_BETWEEN) pushLevel(levels, RATIO_BETWEEN);
  pushLevel(levels, Math.max(1, Math.floor(sliceMs / widestMs())));
}

/** Adds a level of wider slices, and extends the level below to keep the slices that they are merged from. */
function pushLevel(levels: Level[], ratio: number): void {
  const below = levels.length - 1;
  keepAtLeast(levels, below, ratio + 1);
  levels.push({ sliceMs: levels[below].sliceMs * ratio, ratio, kept: 0 });
}

function keepAtLeast(levels: Level[], level: number, kept: number): void {
  levels[level] = { ...levels[level], kept: Math.max(levels[level].kept, kept) };
}

/** Frozen slice with its index. */
interface Entry<Slice> {
  readonly index: number;
  readonly slice: Slice;
}

/** Frozen slices of a level, merged. */
interface Sum<Live> {
  readonly total: Live;
  /** Index of the first slice. */
  readonly first: number;
  /** Index after the last slice. */
  end: number;
}

/** All windows of one series. */
export class SlidingWindows<Live extends Mergeable<Live | Slice>, Slice> {
  /** Values of the current slice; frozen into the first level at its end. */
  readonly live: Live;
  /** All values before the current slice of the widest level. */
  #lifetime: Slice | undefined;
  readonly #plan: WindowPlan;
  readonly #kind: SketchKind<Live, Slice>;
  readonly #onLiveChange: (live: Live, goesOn: boolean) => void;
  /** Kept slices of each level; a slice lies at its index modulo their number. */
  readonly #rings: (Entry<Slice> | undefined)[][];
  /** Index of the current slice of each level. */
  readonly #current: number[];
  /** Merged slices for {@linkcode SlidingWindows.follow}, by level and by window. */
  readonly #sums: Map<string | number, Sum<Live>> = new Map();
  #followedLifetime: { readonly of: Slice; readonly total: Live } | undefined;
  #slicesUnseen = 0;

  /**
   * Starts at a given time.
   *
   * @param onLiveChange Called before the buckets of the live sketch change, because its resolution is halved or its
   * slice ends
   */
  constructor(
    plan: WindowPlan,
    kind: SketchKind<Live, Slice>,
    nowMs: number,
    onLiveChange: (live: Live, goesOn: boolean) => void = () => {},
  ) {
    this.#plan = plan;
    this.#onLiveChange = onLiveChange;
    this.#kind = kind;
    this.live = kind.create((live) => onLiveChange(live, true));
    this.#rings = plan.levels.map(({ kept }) => new Array(kept));
    let index = nowMs;
    this.#current = plan.levels.map((_, level) => index = this.#sliceOf(level, index));
  }

  /** Advances time and freezes finished slices. Must be called before values of a new slice are recorded. */
  advance(nowMs: number): void {
    const { levels } = this.#plan;
    let index = nowMs;
    for (let level = 0; level < levels.length; level++) {
      index = this.#sliceOf(level, index);
      const finished = this.#current[level];
      // A wider slice only ends where a narrower one does.
      if (index <= finished) return;
      const slice = level === 0 ? this.#freezeLive() : this.#mergeBelow(level, finished);
      if (slice !== undefined) {
        this.#rings[level][finished % levels[level].kept] = { index: finished, slice };
        if (level === levels.length - 1) this.#addToLifetime(slice);
      }
      this.#current[level] = index;
    }
  }

  /** Returns all values ever recorded. */
  lifetime(): Live {
    const total = this.#unfinished(this.#plan.levels.length - 1);
    if (this.#lifetime !== undefined) total.merge(this.#lifetime);
    return total;
  }

  /** Returns the values in a window of the plan; call {@linkcode advance} first. */
  read(window: WindowPlan["windows"][number], nowMs: number): Live {
    const total = this.#unfinished(window.level);
    this.#mergeEntries(total, window.level, this.#firstSliceOf(window, nowMs));
    return total;
  }

  /**
   * Same as {@linkcode read}, for a caller that reads many times a second: merged sums of finished slices are kept
   * while there is such a caller, because merging them at each read would dominate its cost.
   */
  follow(window: WindowPlan["windows"][number], nowMs: number): Live {
    const own = this.#sumOf(window.spec.name, window.level, this.#firstSliceOf(window, nowMs));
    return this.#followUnfinished(window.level, own);
  }

  /** Same as {@linkcode lifetime}, for a caller that reads many times a second. */
  followLifetime(): Live {
    const lifetime = this.#lifetime;
    if (lifetime !== undefined && this.#followedLifetime?.of !== lifetime) {
      this.#followedLifetime = { of: lifetime, total: this.#kind.create() };
      this.#followedLifetime.total.merge(lifetime);
    }
    return this.#followUnfinished(this.#plan.levels.length - 1, this.#followedLifetime?.total);
  }

  /** Whether a window of the plan has values; call {@linkcode advance} first. */
  isInUse(window: WindowPlan["windows"][number], nowMs: number): boolean {
    if (this.live.count > 0) return true;
    let first = this.#firstSliceOf(window, nowMs);
    for (let { level } = window; level >= 0; level--) {
      // Only slices with values are kept.
      if (this.#rings[level].some((entry) => entry !== undefined && entry.index >= first)) return true;
      first = this.#current[level] * this.#plan.levels[level].ratio;
    }
    return false;
  }

  /** Yields the frozen slices in a window of the plan, without the live sketch; call {@linkcode advance} first. */
  *slices(window: WindowPlan["windows"][number], nowMs: number): Generator<Slice> {
    let first = this.#firstSliceOf(window, nowMs);
    for (let { level } = window; level >= 0; level--) {
      for (const entry of this.#rings[level]) if (entry !== undefined && entry.index >= first) yield entry.slice;
      // Values of the unfinished slice of a level lie in the levels below.
      first = this.#current[level] * this.#plan.levels[level].ratio;
    }
  }

  /** Returns the values of a level's unfinished slice, which lie in the levels below and in the live sketch. */
  #unfinished(level: number): Live {
    const { levels } = this.#plan;
    const total = this.#kind.create();
    total.merge(this.live);
    for (let below = level - 1; below >= 0; below--) {
      this.#mergeEntries(total, below, this.#current[below + 1] * levels[below + 1].ratio);
    }
    return total;
  }

  /** Same from merged sums, plus the finished slices. The widest go first, because their buckets cover the others. */
  #followUnfinished(level: number, finished: Live | undefined): Live {
    const { levels } = this.#plan;
    this.#slicesUnseen = 0;
    const total = this.#kind.create();
    if (finished !== undefined) total.merge(finished);
    for (let below = level - 1; below >= 0; below--) {
      total.merge(this.#sumOf(below, below, this.#current[below + 1] * levels[below + 1].ratio));
    }
    total.merge(this.live);
    return total;
  }

  /** Returns the merged frozen slices of a level from `first` on. */
  #sumOf(key: string | number, level: number, first: number): Live {
    let sum = this.#sums.get(key);
    if (sum?.first !== first) this.#sums.set(key, sum = { total: this.#kind.create(), first, end: first });
    const end = this.#current[level];
    if (sum.end < end) this.#mergeEntries(sum.total, level, sum.end);
    sum.end = end;
    return sum.total;
  }

  /** Counts a slice, and discards merged sums without a follower. */
  #noteSlice(): void {
    this.#slicesUnseen += 1;
    if (this.#slicesUnseen <= SLICES_UNSEEN_MAX) return;
    this.#sums.clear();
    this.#followedLifetime = undefined;
  }

  #firstSliceOf({ spec, level }: WindowPlan["windows"][number], nowMs: number): number {
    return Math.round((nowMs - spec.lengthMs) / this.#plan.levels[level].sliceMs);
  }

  /** Adds a slice of the widest level, which happens rarely enough to keep the lifetime frozen. */
  #addToLifetime(slice: Slice): void {
    const total = this.#kind.create();
    if (this.#lifetime !== undefined) total.merge(this.#lifetime);
    total.merge(slice);
    this.#lifetime = this.#kind.freeze(total);
  }

  /** Index of the slice that contains a slice of the level below; for the first level, a time in milliseconds. */
  #sliceOf(level: number, below: number): number {
    const { sliceMs, ratio } = this.#plan.levels[level];
    return Math.floor(below / (level === 0 ? sliceMs : ratio));
  }

  #freezeLive(): Slice | undefined {
    if (this.live.count === 0) return undefined;
    this.#onLiveChange(this.live, false);
    this.#noteSlice();
    const slice = this.#kind.freeze(this.live);
    this.live.clear();
    return slice;
  }

  /** Merges the slices below one that has just ended: later ones are not frozen yet. */
  #mergeBelow(level: number, index: number): Slice | undefined {
    const { ratio } = this.#plan.levels[level];
    const merged = this.#kind.create();
    this.#mergeEntries(merged, level - 1, index * ratio);
    return merged.count === 0 ? undefined : this.#kind.freeze(merged);
  }

  /** Merges the frozen slices of a level from `first` on. */
  #mergeEntries(into: Live, level: number, first: number): void {
    for (const entry of this.#rings[level]) if (entry !== undefined && entry.index >= first) into.merge(entry.slice);
  }
}
