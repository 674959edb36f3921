/**
 * Slowdowns that are planted into a copy of the source, to see whether a comparison finds them: a loop of some steps at the
 * beginning of a method.
 *
 * @module
 */

/** Where work is planted. */
export interface Plant {
  /** The bench that should see it. */
  readonly bench: string;
  /** Its row. */
  readonly row: string;
  /** The file, from the top of the tree. */
  readonly file: string;
  /** The line that begins the method; there is one in the file. */
  readonly line: string;
  /** Steps to try first. */
  readonly steps: number;
}

/** One in the ring, one in an instrument, one in an encoder. */
export const PLANTS: readonly Plant[] = [
  {
    bench: "ring",
    row: "push",
    file: "src/ring/producer.ts",
    line: "  push(value: number, timeMs: number, tag: number): void {",
    steps: 6,
  },
  {
    bench: "record",
    row: "histogram.observe",
    file: "src/instrument/histogram.ts",
    line: "  observe(value: number): void {",
    steps: 10,
  },
  {
    bench: "encode",
    row: "100,000 counters",
    file: "src/encode/text.ts",
    line: "  #writeSample(name: SampleName, extra: Uint8Array, value: number): void {",
    steps: 64,
  },
];

/** Each step needs the one before, and the next call those of this one: neither V8 nor the processor can skip it. */
const LOOP = `
let planted = 1;
function plantedWork(steps: number): void {
  let value = planted;
  for (let i = 0; i < steps; i++) value = ((value + i) ^ steps) | 0;
  planted = value;
}
`;

/**
 * The source with that many steps of work planted.
 *
 * @throws {Error} If the line is not there exactly once
 */
export function withPlant(source: string, { file, line }: Plant, steps: number): string {
  const parts = source.split(`${line}\n`);
  if (parts.length !== 2) {
    throw new Error(`Cannot plant a slowdown: ${file} has ${parts.length - 1} lines ${line.trim()}`);
  }
  return `${parts.join(`${line}\n    plantedWork(${steps});\n`)}${LOOP}`;
}

/** Planted work, and its measured effect. */
export interface Trial {
  /** Steps of work. */
  readonly steps: number;
  /** Times that the row took of what it takes without. */
  readonly slowdown: number;
}

/** Target slowdown: 30 %, and as near as whole steps and the noise allow. */
export const SLOWDOWN: number = 1.3;
const SLOWDOWN_MIN = 1.27;
const SLOWDOWN_MAX = 1.42;

/** Whether it came near enough to what is wanted. */
export function isNear({ slowdown }: Trial): boolean {
  return slowdown >= SLOWDOWN_MIN && slowdown <= SLOWDOWN_MAX;
}

/** The fewest steps that made it at least as slow as is wanted; else the most that were tried. */
export function leastEnough(trials: readonly Trial[]): number {
  const enough = trials.filter(({ slowdown }) => slowdown >= SLOWDOWN).map(({ steps }) => steps);
  return enough.length > 0 ? Math.min(...enough) : Math.max(...trials.map(({ steps }) => steps));
}

/**
 * How many steps to try next: as many as it should take if each step costs the same, between the nearest trials on either
 * side of what is wanted; `undefined` if there is nothing between them.
 */
export function nextSteps(trials: readonly Trial[]): number | undefined {
  const tooFew = trials.filter(({ slowdown }) => slowdown < SLOWDOWN).reduce(more, UNPLANTED);
  const tooMany = trials.filter(({ slowdown }) => slowdown >= SLOWDOWN).reduce(fewer, {
    steps: Infinity,
    slowdown: NaN,
  });
  if (tooMany.steps === Infinity) return beyond(tooFew);
  const share = (SLOWDOWN - tooFew.slowdown) / (tooMany.slowdown - tooFew.slowdown);
  const between = Math.round(tooFew.steps + share * (tooMany.steps - tooFew.steps));
  const inside = Math.min(tooMany.steps - 1, Math.max(tooFew.steps + 1, between));
  return inside > tooFew.steps && inside < tooMany.steps ? inside : undefined;
}

const UNPLANTED: Trial = { steps: 0, slowdown: 1 };
/** So many times as many at once, at most: what a few steps cost can hardly be measured. */
const GROWTH_MAX = 4;

function beyond({ steps, slowdown }: Trial): number {
  const times = Math.min(GROWTH_MAX, (SLOWDOWN - 1) / Math.max(0, slowdown - 1));
  return Math.max(steps + 1, Math.round(steps * times));
}

function more(a: Trial, b: Trial): Trial {
  return b.steps > a.steps ? b : a;
}

function fewer(a: Trial, b: Trial): Trial {
  return b.steps < a.steps ? b : a;
}
