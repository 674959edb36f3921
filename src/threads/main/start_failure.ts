/**
 * A worker that cannot start: what it lacks, and the one line on stderr that says so.
 *
 * A library stays off the console, with two exceptions, of which this is one. Without a worker everything that is
 * recorded is lost, no call of the program fails, and nobody may ever ask for what was aggregated: nothing else would
 * say so.
 *
 * @module
 */

/** The folder of all modules that the worker imports. */
const FOLDER = new URL("../..", import.meta.url);

let isReported = false;

/**
 * Why a worker did not start, in words.
 *
 * @param message The message of the error
 */
export function startFailure(message: string): string {
  const [flag] = /--allow-[a-z]+/.exec(message) ?? [];
  const reason = `its worker could not start: ${message.replaceAll(/\s*\n\s*/g, " ")}`;
  // What the runtime asks for is the first module alone; the next start would ask for the second.
  if (flag === "--allow-read" && FOLDER.protocol === "file:") {
    return `${reason}; ${flag}=${decodeURIComponent(FOLDER.pathname).replace(/\/$/, "")} is enough`;
  }
  return reason;
}

/** Says once on stderr, for all metrics of this thread, that nothing is aggregated. */
export function reportOnce(reason: string): void {
  if (isReported) return;
  isReported = true;
  try {
    console.warn(`@hotpath/metrics: nothing that is recorded is aggregated, because ${reason}`);
  } catch {
    // A console that fails is no reason for the program to fail.
  }
}
