/**
 * Selects the mutant that is active in this process, and notes which ones are reached. Threads that a test starts read
 * the number from the environment.
 *
 * @module
 */

/** Name of the variable with the active mutant's number; 0 is the program as it stands. */
export const VARIABLE = "HOTPATH_MUTANT";

/** More than a tree has mutants. */
const MUTANTS_MAX = 2 ** 16;

/** State of the process. Arrays, as these are read at every step of the mutated code. */
const active = Int32Array.of(initial());
const reached = new Uint8Array(MUTANTS_MAX);
/** Turns of all loops, and where they are too many. */
const ticks = Float64Array.of(0, Number.POSITIVE_INFINITY);

function initial(): number {
  try {
    return Number(Deno.env.get(VARIABLE) ?? 0);
  } catch {
    return 0;
  }
}

/** Whether a mutant is active. */
export function $m(id: number): boolean {
  reached[id] = 1;
  return active[0] === id;
}

/** Counts one turn of a loop, so that one without an end fails. */
export function $tick(): void {
  if (++ticks[0] > ticks[1]) throw new Error("The mutant loops");
}

/** Number of the active mutant. */
export function activeMutant(): number {
  return active[0];
}

/** Activates a mutant; 0 for none. */
export function activate(id: number): void {
  active[0] = id;
}

/** Forgets which mutants were reached and how often loops turned, and sets how often they may. */
export function restart(ticksMax: number = Number.POSITIVE_INFINITY): void {
  reached.fill(0);
  ticks[0] = 0;
  ticks[1] = ticksMax;
}

/** Mutants that were reached since the last restart, and the turns of loops. */
export function sinceRestart(): { readonly reached: number[]; readonly ticks: number } {
  const ids: number[] = [];
  for (let id = reached.indexOf(1); id >= 0; id = reached.indexOf(1, id + 1)) ids.push(id);
  return { reached: ids, ticks: ticks[0] };
}
