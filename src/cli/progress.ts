/**
 * Progress of long work on a terminal. It is written to stderr and erased once the work is done, so that it never mixes
 * with the output.
 *
 * @module
 */

/** Time after which progress is shown. */
const PATIENCE_MS = 2_000;
const TICK_MS = 500;
const ERASE_LINE = "\r\x1b[K";

/** Terminal, or its replacement in tests. */
export interface Screen {
  /** Whether it is a terminal; otherwise nothing is shown. */
  isTerminal(): boolean;
  /** Writes bytes. */
  writeSync(bytes: Uint8Array): number;
}

/**
 * Does work that may take long, and shows its progress.
 *
 * @param what Name of the work, such as `Waiting for the server`
 * @param work Work to do
 * @param screen Terminal for the progress
 * @param patienceMs Time before progress is shown, in milliseconds
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
