/**
 * Snapshots as JSON files. Readers only see complete files: each file is written under a temporary name, flushed to the
 * disk, then renamed. Failures are counted and reported, and never stop the program.
 *
 * One writer owns the directory. It holds a lock of the operating system, which ends with the process, so that a
 * crashed writer does not block others.
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

/** Options of {@linkcode writeSnapshots}. */
export interface SnapshotFilesOptions {
  /** Directory, created if it is missing, for one writer at a time: a second one fails to write. */
  readonly directory: string;
  /**
   * Milliseconds between two snapshots, 100 to 86,400,000.
   *
   * @default {60_000}
   */
  readonly intervalMs?: number;
  /**
   * Number of files to keep, 1 to 100,000; the oldest are removed.
   *
   * @default {60}
   */
  readonly keep?: number;
  /** Called with each failure; its own errors are ignored. */
  readonly onError?: (error: Error) => void;
}

/** State of the writing. */
export interface SnapshotFilesState {
  /** Number of written snapshots. */
  readonly written: number;
  /** Number of failures to write a snapshot or to remove an old one. */
  readonly failed: number;
  /** Last failure; `undefined` if there was none. */
  readonly lastError: Error | undefined;
  /** Path of the newest file; `undefined` if there is none yet. */
  readonly lastPath: string | undefined;
}

/** Periodic snapshots, written until they are stopped. */
export interface SnapshotFiles extends AsyncDisposable {
  /** State of the writing. */
  readonly state: SnapshotFilesState;
  /**
   * Writes a snapshot now, or joins a write in progress; writes none while exporting is off. Never rejects: a failure
   * is reported in `state`.
   */
  write(): Promise<void>;
  /** Waits for a write in progress, writes a last snapshot and stops. Never rejects. */
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

/**
 * Name of a temporary file, which a killed writer leaves behind; unpredictable, so that no link can be planted in its
 * place.
 */
const TEMPORARY_NAME = /^hotpath-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.json\.tmp$/;
/**
 * Name of a snapshot file, without colons, which some file systems reject. The number keeps the order even if the clock
 * is set back; it has enough digits for names to sort by it.
 */
const NAME = /^hotpath-(?:(\d{10,16})-)?\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.json$/;
const NUMBER_DIGITS = 10;

/**
 * Writes snapshots to a directory, one per interval and a last one when it is stopped, none while exporting is switched
 * off over HTTP. Files are named by number and time, such as `hotpath-0000000001-2026-01-02T03-04-05.678Z.json`; the
 * oldest by number are removed. Does not keep the program alive. Needs `--allow-read` and `--allow-write` for the
 * directory, and never prompts for them.
 *
 * @param source Metrics to write
 * @param options Directory, interval, and number of files
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

/** {@linkcode writeSnapshots} for any file system. */
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

  /** Starts the interval; throws as {@linkcode writeSnapshots} does. */
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

  get state(): SnapshotFilesState {
    return this.#state;
  }

  write(): Promise<void> {
    return this.#stopping ?? this.#writeAlone();
  }

  stop(): Promise<void> {
    return this.#stopping ??= this.#finish();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #finish(): Promise<void> {
    clearInterval(this.#ticker);
    await this.#writing;
    await this.#writeAlone();
    this.#release();
  }

  /** Writes one snapshot at a time, because the number of the next file follows that of the last one. */
  #writeAlone(): Promise<void> {
    return this.#writing ??= this.#attempt().finally(() => this.#writing = undefined);
  }

  async #attempt(): Promise<void> {
    if (settingsOf(this.#source)?.read().exportEnabled === false) return;
    const others = await this.#try("write a snapshot to", () => this.#writeFile());
    if (others !== undefined) await this.#try("remove an old snapshot from", () => this.#removeOldest(others));
  }

  /** Runs an action, and counts a failure instead of rethrowing it. */
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

  /** Reports a failure. Errors of the listener must not end the program. */
  #report(failure: Error): void {
    try {
      Promise.resolve(this.#onError(failure)).catch(() => {});
    } catch {
      // Ignored, as documented in the options.
    }
  }

  /** Writes a snapshot; returns the names of the older files, the oldest first. */
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
      // An incomplete file would take the space that the next one needs; a failure to remove it is not reported.
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

  /** Locks the directory, and removes the temporary files of an earlier writer that was killed. */
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

/** Returns a file's number; 0 for a name without one, as in earlier versions. */
function numberOf(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? 0);
}
