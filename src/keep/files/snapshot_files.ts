/**
 * Snapshots as JSON files. A reader sees whole files only: each is written under another name, put
 * on the disk, then renamed. What goes wrong is counted and reported, and never stops the program.
 *
 * One writer has the directory. It holds a lock of the operating system's, which goes with the process, so that a writer
 * that crashed blocks nobody.
 *
 * @module
 */

import { unrefTimer } from "../../platform/unref_timer.ts";
import { settingsOf } from "../../model/adjustable_settings.ts";
import { encodeJson } from "../../encode/json.ts";
import { checkFilled, checkFunction, checkMethods, checkWhole, orDefault } from "../../check/checks.ts";
import { checkOptions } from "../../check/options.ts";
import type { MetricsSource } from "../../model/source.ts";
import { type DirectoryLock, DISK, type FileSystem } from "../../platform/file_system.ts";

/** Where snapshots go, and how many. */
export interface SnapshotFilesOptions {
  /** The directory, for one writer at a time: those of a second one fail. It is made if it is missing. */
  readonly directory: string;
  /** Milliseconds between two snapshots, 100 to 86,400,000; 60,000 by default. */
  readonly intervalMs?: number;
  /** Files kept, 1 to 100,000, before the oldest goes; 60 by default. */
  readonly keep?: number;
  /** Called with each failure; what it throws is ignored. */
  readonly onError?: (error: Error) => void;
}

/** How the writing went so far. */
export interface SnapshotFilesState {
  /** Snapshots written. */
  readonly written: number;
  /** Times that a snapshot could not be written, or an old one not be removed. */
  readonly failed: number;
  /** The last failure, `undefined` if there was none. */
  readonly lastError: Error | undefined;
  /** The newest file, `undefined` if there is none yet. */
  readonly lastPath: string | undefined;
}

/** Snapshots that are written until they are stopped. */
export interface SnapshotFiles extends AsyncDisposable {
  /** How the writing went so far. */
  readonly state: SnapshotFilesState;
  /**
   * Writes one now, or joins the writing that is under way; none while exporting is switched off. Never rejects: a
   * failure is in `state`.
   */
  write(): Promise<void>;
  /** Waits for what is under way, writes a last snapshot and stops. Never rejects. */
  stop(): Promise<void>;
}

const ACTION = "write snapshots";
const OPTIONS = {
  directory: checkFilled("be a path"),
  intervalMs: orDefault(checkWhole(100, 86_400_000), 60_000),
  keep: orDefault(checkWhole(1, 100_000), 60),
  onError: orDefault(checkFunction<(error: Error) => void>, () => {}),
};
const checkSource = checkMethods("come from createMetrics", "snapshot");

/** What a writer leaves behind that dies while it writes; nobody can foresee the name and put a link there. */
const TEMPORARY_NAME = /^hotpath-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.json\.tmp$/;
/**
 * No colons, which not every file system takes. The number says which file is older, also after a clock was set back;
 * with so many digits, names sort by it.
 */
const NAME = /^hotpath-(?:(\d{10,16})-)?\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.json$/;
const NUMBER_DIGITS = 10;

/**
 * Writes snapshots to a directory: `hotpath-0000000001-2026-01-02T03-04-05.678Z.json` and so on, by number and time, one an
 * interval and one at the end, none while exporting is switched off over HTTP. The oldest go by their numbers, whatever
 * becomes of the clock. Does not keep the program alive. Needs `--allow-read` and `--allow-write` of the directory, and
 * never asks for them.
 *
 * @param source The metrics
 * @param options Where, how often, how many
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 *
 * @example Keep the last hour
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 * import { writeSnapshots } from "@hotpath/metrics/export";
 *
 * const directory = await Deno.makeTempDir();
 * await using metrics = createMetrics();
 * metrics.counter("orders_total").inc(7);
 *
 * const files = writeSnapshots(metrics, { directory, intervalMs: 60_000, keep: 60 });
 * await files.stop();
 *
 * const { written, failed, lastPath = "" } = files.state;
 * assertEquals([written, failed], [1, 0]);
 * assertEquals(JSON.parse(await Deno.readTextFile(lastPath)).metrics[0].series[0].value, 7);
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export function writeSnapshots(
  source: Pick<MetricsSource, "snapshot">,
  options: SnapshotFilesOptions,
): SnapshotFiles {
  return new SnapshotWriter(source, options, DISK);
}

/** {@linkcode writeSnapshots} to any file system. */
export class SnapshotWriter implements SnapshotFiles {
  readonly #source: Pick<MetricsSource, "snapshot">;
  readonly #directory: string;
  readonly #keep: number;
  readonly #onError: (error: Error) => void;
  readonly #files: FileSystem;
  readonly #ticker: ReturnType<typeof setInterval>;
  #state: SnapshotFilesState = { written: 0, failed: 0, lastError: undefined, lastPath: undefined };
  #lock: DirectoryLock | undefined;
  #writing: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  /** Starts the interval; see {@linkcode writeSnapshots} for the errors. */
  constructor(source: Pick<MetricsSource, "snapshot">, options: SnapshotFilesOptions, files: FileSystem) {
    checkSource({ action: ACTION, path: "metrics" }, source);
    const { directory, intervalMs, keep, onError } = checkOptions(ACTION, options, OPTIONS);
    this.#source = source;
    this.#directory = directory;
    this.#keep = keep;
    this.#onError = onError;
    this.#files = files;
    this.#ticker = setInterval(() => void this.write(), intervalMs);
    unrefTimer(this.#ticker);
  }

  /** See {@linkcode SnapshotFiles.state}. */
  get state(): SnapshotFilesState {
    return this.#state;
  }

  /** See {@linkcode SnapshotFiles.write}. */
  write(): Promise<void> {
    return this.#stopping ?? this.#writeAlone();
  }

  /** See {@linkcode SnapshotFiles.stop}. */
  stop(): Promise<void> {
    return this.#stopping ??= this.#finish();
  }

  /** Stops. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #finish(): Promise<void> {
    clearInterval(this.#ticker);
    await this.#writing;
    await this.#writeAlone();
    this.#release();
  }

  /** One at a time, because the number of the next file is that of the last one and one. */
  #writeAlone(): Promise<void> {
    return this.#writing ??= this.#attempt().finally(() => this.#writing = undefined);
  }

  async #attempt(): Promise<void> {
    if (settingsOf(this.#source)?.read().exportEnabled === false) return;
    const others = await this.#try("write a snapshot to", () => this.#writeFile());
    if (others !== undefined) await this.#try("remove an old snapshot from", () => this.#removeOldest(others));
  }

  /** Counts a failure instead of passing it on. */
  async #try<Result>(what: string, action: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await action();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const lastError = new Error(`Cannot ${what} ${this.#directory}: ${reason}`, { cause: error });
      this.#state = { ...this.#state, failed: this.#state.failed + 1, lastError };
      this.#report(lastError);
      return undefined;
    }
  }

  /** The failure is counted; what its listener does wrong must not end the program. */
  #report(failure: Error): void {
    try {
      Promise.resolve(this.#onError(failure)).catch(() => {});
    } catch {
      // As said in the options.
    }
  }

  /** Writes a snapshot and returns the names of the older ones, the oldest first. */
  async #writeFile(): Promise<string[]> {
    const snapshot = await this.#source.snapshot();
    await this.#files.makeDirectory(this.#directory);
    await this.#takeLock();
    const names = await this.#files.list(this.#directory);
    const others = names.filter((name) => NAME.test(name)).toSorted((one, other) =>
      numberOf(one) - numberOf(other) || (one < other ? -1 : 1)
    );
    const number = Math.min(others.length === 0 ? 1 : numberOf(others[others.length - 1]) + 1, Number.MAX_SAFE_INTEGER);
    const digits = String(number).padStart(NUMBER_DIGITS, "0");
    const name = `hotpath-${digits}-${snapshot.timestamp.replaceAll(":", "-")}.json`;
    const [temporaryPath, lastPath] = [this.#pathOf(`hotpath-${crypto.randomUUID()}.json.tmp`), this.#pathOf(name)];
    try {
      await this.#files.writeSynced(temporaryPath, `${encodeJson(snapshot)}\n`);
      await this.#files.rename(temporaryPath, lastPath);
    } catch (error) {
      // Half a file would take the space that the next one needs; that it could not be removed is no news.
      await this.#files.remove(temporaryPath).catch(() => {});
      throw error;
    }
    this.#state = { ...this.#state, written: this.#state.written + 1, lastPath };
    return others;
  }

  async #removeOldest(others: readonly string[]): Promise<void> {
    const surplus = others.slice(0, Math.max(0, others.length + 1 - this.#keep));
    for (const name of surplus) await this.#files.remove(this.#pathOf(name));
  }

  /** Makes the directory its own, and cleans up behind a writer that had it before and died. */
  async #takeLock(): Promise<void> {
    if (await this.#lock?.isCurrent()) return;
    this.#release();
    this.#lock = await this.#files.lock(this.#directory);
    const names = await this.#files.list(this.#directory);
    for (const name of names.filter((name) => TEMPORARY_NAME.test(name))) await this.#files.remove(this.#pathOf(name));
  }

  #release(): void {
    this.#lock?.[Symbol.dispose]();
    this.#lock = undefined;
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}`;
  }
}

/** A file's number; 0 for one from before there were numbers. */
function numberOf(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? 0);
}
