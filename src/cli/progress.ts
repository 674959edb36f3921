/**
 * A sign of life while something takes long, for somebody who sits at a terminal. It goes to stderr, and is gone once
 * the work is done; what is printed is never mixed with it.
 *
 * @module
 */

/** Whoever waits longer than this would like to know for what. */
const PATIENCE_MS = 2_000;
const TICK_MS = 500;
const ERASE_LINE = "\r\x1b[K";

/** Where it is shown. */
export interface Screen {
  /** Whether somebody looks. */
  isTerminal(): boolean;
  /** Writes bytes. */
  writeSync(bytes: Uint8Array): number;
}

/**
 * Does something that may take long.
 *
 * @param what What is being done, as `Waiting for the server`
 * @param work Does it
 * @param screen Where it is shown
 * @param patienceMs How long nothing is shown
 */
export async function withProgress<Result>(
  what: string,
  work: () => Promise<Result>,
  screen: Screen = Deno.stderr,
  patienceMs: number = PATIENCE_MS,
): Promise<Result> {
  if (!screen.isTerminal()) return await work();
  const encoder = new TextEncoder();
  const startMs = performance.now();
  let isShown = false;
  const show = () => {
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs < patienceMs) return;
    isShown = true;
    screen.writeSync(encoder.encode(`${ERASE_LINE}${what}, ${Math.floor(elapsedMs / 1_000)} s`));
  };
  const ticker = setInterval(show, Math.min(TICK_MS, patienceMs));
  try {
    return await work();
  } finally {
    clearInterval(ticker);
    if (isShown) screen.writeSync(encoder.encode(ERASE_LINE));
  }
}
