/**
 * Reasons why a worker cannot start, and the one line on stderr that shows them.
 *
 * The library prints nothing, with two exceptions, of which this is one. Without a worker, everything that is recorded
 * is lost, no call of the program fails, and the program may never read its metrics, so that nothing else would show
 * the problem.
 *
 * @module
 */

/** Directory of all modules that the worker imports, those of serving included. */
const FOLDER = new URL("../../..", import.meta.url);

let isReported = false;

/**
 * Describes why a worker did not start.
 *
 * @param message Message of the error
 */
export function startFailure(message: string): string {
  const [flag] = /--allow-[a-z]+/.exec(message) ?? [];
  const reason = `its worker could not start: ${message.replaceAll(/\s*\n\s*/g, " ")}`;
  // The runtime names only the first module; with that permission alone, the next start would fail at the second.
  if (flag === "--allow-read" && FOLDER.protocol === "file:") {
    return `${reason}; ${flag}=${decodeURIComponent(FOLDER.pathname).replace(/\/$/, "")} is enough`;
  }
  return reason;
}

/** Prints once on stderr, for all metrics of this thread, that nothing is aggregated. */
export function reportOnce(reason: string): void {
  if (isReported) return;
  isReported = true;
  try {
    console.warn(`@hotpath/metrics: nothing that is recorded is aggregated, because ${reason}`);
  } catch {
    // The program must not fail because its console does.
  }
}
