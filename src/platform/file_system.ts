/**
 * Operations on a directory of snapshots, so that a test can replace the disk.
 *
 * Nothing here follows a link or overwrites an existing file: in a directory that other users may write to, that would
 * overwrite the target of the link, and writing to a pipe would never end.
 *
 * @module
 */

import { isGranted } from "./permissions.ts";
import { requireDeno } from "./runtime.ts";

/** Files of a directory, by path. */
export interface FileSystem {
  /** Creates a directory and its parents, unless they exist. */
  makeDirectory(path: string): Promise<void>;
  /**
   * Locks a directory until the lock is released or the process ends in any way.
   *
   * @throws {Error} If it is already locked, by this or another process
   */
  lock(path: string): Promise<DirectoryLock>;
  /** Writes a new file, and resolves once it is on the disk. */
  writeSynced(path: string, text: string): Promise<void>;
  /** Renames a file within its directory, atomically for readers. */
  rename(path: string, newPath: string): Promise<void>;
  /** Removes a file. */
  remove(path: string): Promise<void>;
  /** Lists the names of the regular files in a directory. */
  list(directory: string): Promise<string[]>;
}

/** Locked directory. */
export interface DirectoryLock extends Disposable {
  /** Whether the path still names the locked directory: it may have been removed and created again. */
  isCurrent(): Promise<boolean>;
}

/** File system of the disk. Never prompts: a missing permission is an error. */
export const DISK: FileSystem = {
  async makeDirectory(path) {
    requireDeno("writing files");
    checkPermissions(path);
    await Deno.mkdir(path, { recursive: true });
  },

  async lock(path) {
    const directory = await openDirectory(path);
    if (directory === undefined) return NO_LOCK;
    const isLocked = await tryLock(directory);
    if (isLocked) return new HeldLock(path, directory);
    directory.close();
    if (isLocked === undefined) return NO_LOCK;
    throw new Error("another writer, of this or another program, has locked it");
  },

  async writeSynced(path, text) {
    using file = await Deno.open(path, { write: true, createNew: true });
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    await file.syncData();
  },

  rename: (path, newPath) => Deno.rename(path, newPath),

  remove: (path) => Deno.remove(path),

  async list(directory) {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isFile }) => isFile).map(({ name }) => name);
  },
};

/** Lock for systems without locks; file names are unique anyway. */
const NO_LOCK: DirectoryLock = { isCurrent: () => Promise.resolve(false), [Symbol.dispose]() {} };

class HeldLock implements DirectoryLock {
  readonly #path: string;
  readonly #directory: Deno.FsFile;

  constructor(path: string, directory: Deno.FsFile) {
    this.#path = path;
    this.#directory = directory;
  }

  async isCurrent(): Promise<boolean> {
    try {
      const [there, held] = await Promise.all([Deno.stat(this.#path), this.#directory.stat()]);
      return there.ino === held.ino && there.dev === held.dev;
    } catch {
      return false;
    }
  }

  [Symbol.dispose](): void {
    this.#directory.close();
  }
}

/** Opens a directory; returns `undefined` on Windows, which cannot open directories. */
async function openDirectory(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch {
    return undefined;
  }
}

/** Tries to lock a directory; returns `undefined` on a file system without locks. */
async function tryLock(directory: Deno.FsFile): Promise<boolean | undefined> {
  try {
    return await directory.tryLock(true);
  } catch {
    return undefined;
  }
}

function checkPermissions(path: string): void {
  for (const name of ["read", "write"] as const) {
    if (!isGranted({ name, path })) throw new Error(`permission is missing, run with --allow-${name}=${path}`);
  }
}
