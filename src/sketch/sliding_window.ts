/**
 * Several sliding windows over one stream of values. Time is cut into slices, a tenth of a window
 * each; the slices of a wider window are whole numbers of those of the next narrower one. A value
 * is counted once, in the live sketch. When a slice's time is over, the live sketch is frozen; when
 * a wider slice's time is over, it is merged from the frozen slices below it. A window is read by
 * merging the slices that lie in it.
 *
 * A slice is in the window while at least half of it is, so a value leaves its window at most half
 * a slice (a twentieth of the window) early or late, and on average on time.
 *
 * @module
 */

/** What windows are made of. */
export interface Mergeable<Slice> {
  /** Values in it. */
  readonly count: number;
  /** Adds what a slice holds. */
  merge(other: Slice): void;
  /** Forgets all values. */
  clear(): void;
}

/** A kind of sketch: how one is made, and how it is kept when its slice is over. */
export interface SketchKind<Live extends Mergeable<Live | Slice>, Slice> {
  /**
   * An empty one.
   *
   * @param onHalve Called before it halves its resolution, if it ever does
   */
  readonly create: (onHalve?: (live: Live) => void) => Live;
  /** A copy that will not change, in as little memory as it takes. */
  readonly freeze: (live: Live) => Slice;
}

const SLICES_PER_WINDOW = 10;
/** Slices that end while nobody follows before nobody will: twelve seconds of the narrowest usual ones. */
const SLICES_UNSEEN_MAX = 120;
/** How much wider than the level below a level is that belongs to no window. */
const RATIO_BETWEEN = 10;

/** A window's name and length. */
export interface WindowSpec {
  /** As the user wrote it, `"1m"`. */
  readonly name: string;
  /** In milliseconds. */
  readonly lengthMs: number;
}

/** Slices of one width. */
interface Level {
  /** Milliseconds of a slice. */
  readonly sliceMs: number;
  /** Slices of the level below that make one; 1 for the first level. */
  readonly ratio: number;
  /** Slices that are kept. */
  readonly kept: number;
}

/** How the slices of all windows fit together; shared by all series. */
export interface WindowPlan {
  /** From the narrowest slices to the widest. */
  readonly levels: readonly Level[];
  /** The windows, narrowest first, and the level that each is read from. */
  readonly windows: readonly { readonly spec: WindowSpec; readonly level: number }[];
}

/** Lays out slices for windows. */
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

/** Adds a level whose slices are as near to `sliceMs` as whole slices of the level below come. */
function addLevels(levels: Level[], sliceMs: number): void {
  const widestMs = () => levels[levels.length - 1].sliceMs;
  // Windows far apart get levels in between: else the narrower one would keep thousands of slices.
  while (sliceMs / widestMs() >= 2 * RATIO_BETWEEN) pushLevel(levels, RATIO_BETWEEN);
  pushLevel(levels, Math.max(1, Math.floor(sliceMs / widestMs())));
}

/** Adds a level of wider slices, and has the one below keep what they are merged from. */
function pushLevel(levels: Level[], ratio: number): void {
  const below = levels.length - 1;
  keepAtLeast(levels, below, ratio + 1);
  levels.push({ sliceMs: levels[below].sliceMs * ratio, ratio, kept: 0 });
}

function keepAtLeast(levels: Level[], level: number, kept: number): void {
  levels[level] = { ...levels[level], kept: Math.max(levels[level].kept, kept) };
}

/** A frozen slice and which one it is. */
interface Entry<Slice> {
  readonly index: number;
  readonly slice: Slice;
}

/** Frozen slices of a level, merged. */
interface Sum<Live> {
  readonly total: Live;
  /** The first of them. */
  readonly first: number;
  /** The one behind the last. */
  end: number;
}

/** All the windows of one series. */
export class SlidingWindows<Live extends Mergeable<Live | Slice>, Slice> {
  /** What is recorded now; goes into the first level when its slice is over. */
  readonly live: Live;
  /** Everything up to the slice of the widest level that time is in. */
  #lifetime: Slice | undefined;
  readonly #plan: WindowPlan;
  readonly #kind: SketchKind<Live, Slice>;
  readonly #onLiveChange: (live: Live, goesOn: boolean) => void;
  /** By level: the kept slices, at their index modulo their number. */
  readonly #rings: (Entry<Slice> | undefined)[][];
  /** By level: the slice that time is in. */
  readonly #current: number[];
  /** What is kept merged for whoever follows: of the slices of a level, and of a window's own. */
  readonly #sums: Map<string | number, Sum<Live>> = new Map();
  #followedLifetime: { readonly of: Slice; readonly total: Live } | undefined;
  #slicesUnseen = 0;

  /**
   * Starts at a time.
   *
   * @param onLiveChange Called before the buckets of the live sketch change: because it halves its
   * resolution and goes on, or because its slice is over
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

  /** Moves time on: freezes what is over. Must be called before values of a new slice are recorded. */
  advance(nowMs: number): void {
    const { levels } = this.#plan;
    let index = nowMs;
    for (let level = 0; level < levels.length; level++) {
      index = this.#sliceOf(level, index);
      const finished = this.#current[level];
      // Wider slices end only where narrower ones do.
      if (index <= finished) return;
      const slice = level === 0 ? this.#freezeLive() : this.#mergeBelow(level, finished);
      if (slice !== undefined) {
        this.#rings[level][finished % levels[level].kept] = { index: finished, slice };
        if (level === levels.length - 1) this.#addToLifetime(slice);
      }
      this.#current[level] = index;
    }
  }

  /** Everything ever recorded. */
  lifetime(): Live {
    const total = this.#unfinished(this.#plan.levels.length - 1);
    if (this.#lifetime !== undefined) total.merge(this.#lifetime);
    return total;
  }

  /** What a window of the plan holds; call {@linkcode advance} first. */
  read(window: WindowPlan["windows"][number], nowMs: number): Live {
    const total = this.#unfinished(window.level);
    this.#mergeEntries(total, window.level, this.#firstSliceOf(window, nowMs));
    return total;
  }

  /**
   * The same as {@linkcode read} for whoever reads it many times a second: slices that are over are kept merged, for as
   * long as somebody follows. To merge all of them each time would cost more than all else that is done with them.
   */
  follow(window: WindowPlan["windows"][number], nowMs: number): Live {
    const own = this.#sumOf(window.spec.name, window.level, this.#firstSliceOf(window, nowMs));
    return this.#followUnfinished(window.level, own);
  }

  /** The same as {@linkcode lifetime}, likewise. */
  followLifetime(): Live {
    const lifetime = this.#lifetime;
    if (lifetime !== undefined && this.#followedLifetime?.of !== lifetime) {
      this.#followedLifetime = { of: lifetime, total: this.#kind.create() };
      this.#followedLifetime.total.merge(lifetime);
    }
    return this.#followUnfinished(this.#plan.levels.length - 1, this.#followedLifetime?.total);
  }

  /** Whether a window of the plan holds anything; call {@linkcode advance} first. */
  isInUse(window: WindowPlan["windows"][number], nowMs: number): boolean {
    if (this.live.count > 0) return true;
    let first = this.#firstSliceOf(window, nowMs);
    for (let { level } = window; level >= 0; level--) {
      // Only what holds values is kept at all.
      if (this.#rings[level].some((entry) => entry !== undefined && entry.index >= first)) return true;
      first = this.#current[level] * this.#plan.levels[level].ratio;
    }
    return false;
  }

  /** The frozen slices that a window of the plan holds, so all but what is live; call {@linkcode advance} first. */
  *slices(window: WindowPlan["windows"][number], nowMs: number): Generator<Slice> {
    let first = this.#firstSliceOf(window, nowMs);
    for (let { level } = window; level >= 0; level--) {
      for (const entry of this.#rings[level]) if (entry !== undefined && entry.index >= first) yield entry.slice;
      // What is not finished at a level still lies in the levels below.
      first = this.#current[level] * this.#plan.levels[level].ratio;
    }
  }

  /** What the unfinished slice of a level holds: it still lies in the levels below, and is live. */
  #unfinished(level: number): Live {
    const { levels } = this.#plan;
    const total = this.#kind.create();
    total.merge(this.live);
    for (let below = level - 1; below >= 0; below--) {
      this.#mergeEntries(total, below, this.#current[below + 1] * levels[below + 1].ratio);
    }
    return total;
  }

  /** The same for whoever follows, and what is finished: the widest first, so that there is room for the others. */
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

  /** The frozen slices of a level from `first` on, merged. */
  #sumOf(key: string | number, level: number, first: number): Live {
    let sum = this.#sums.get(key);
    if (sum?.first !== first) this.#sums.set(key, sum = { total: this.#kind.create(), first, end: first });
    const end = this.#current[level];
    if (sum.end < end) this.#mergeEntries(sum.total, level, sum.end, end);
    sum.end = end;
    return sum.total;
  }

  /** Forgets what nobody follows any more. */
  #noteSlice(): void {
    this.#slicesUnseen += 1;
    if (this.#slicesUnseen <= SLICES_UNSEEN_MAX || this.#sums.size === 0) return;
    this.#sums.clear();
    this.#followedLifetime = undefined;
  }

  #firstSliceOf({ spec, level }: WindowPlan["windows"][number], nowMs: number): number {
    return Math.round((nowMs - spec.lengthMs) / this.#plan.levels[level].sliceMs);
  }

  /** Seldom enough, once in a slice of the widest level, that the lifetime can be kept frozen. */
  #addToLifetime(slice: Slice): void {
    const total = this.#kind.create();
    if (this.#lifetime !== undefined) total.merge(this.#lifetime);
    total.merge(slice);
    this.#lifetime = this.#kind.freeze(total);
  }

  /** The slice of a level that holds a slice of the level below; for the first level, a time. */
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

  #mergeBelow(level: number, index: number): Slice | undefined {
    const { ratio } = this.#plan.levels[level];
    const merged = this.#kind.create();
    this.#mergeEntries(merged, level - 1, index * ratio, (index + 1) * ratio);
    return merged.count === 0 ? undefined : this.#kind.freeze(merged);
  }

  /** Merges a level's frozen slices from `first` up to, not with, `end`. */
  #mergeEntries(into: Live, level: number, first: number, end = Number.POSITIVE_INFINITY): void {
    for (const entry of this.#rings[level]) {
      if (entry !== undefined && entry.index >= first && entry.index < end) into.merge(entry.slice);
    }
  }
}
