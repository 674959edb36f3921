/**
 * The few things that are done to a directory of snapshots, so that a test can stand in for a disk.
 *
 * Nothing here follows a link or writes over a file that is there: in a directory that others may write to, that would
 * overwrite whatever the link names, and a pipe would never take what is written.
 *
 * @module
 */

/** A directory's files, by path. */
export interface FileSystem {
  /** Makes a directory and those above it, unless it is there. */
  makeDirectory(path: string): Promise<void>;
  /**
   * Takes a directory for oneself, until the lock is released or the process ends, however it does.
   *
   * @throws {Error} If another has it, in this process or elsewhere
   */
  lock(path: string): Promise<DirectoryLock>;
  /** Writes a file that is not there yet, and resolves once it is on the disk. */
  writeSynced(path: string, text: string): Promise<void>;
  /** Gives a file another name in its directory, at once for whoever reads. */
  rename(path: string, newPath: string): Promise<void>;
  /** Removes a file. */
  remove(path: string): Promise<void>;
  /** The names of the plain files in a directory. */
  list(directory: string): Promise<string[]>;
}

/** A directory that was taken. */
export interface DirectoryLock extends Disposable {
  /** Whether it is still the one that others would take: it may have been removed and made again. */
  isCurrent(): Promise<boolean>;
}

/** The disk. It never asks for a permission: one that is missing is an error. */
export const DISK: FileSystem = {
  async makeDirectory(path) {
    await checkPermissions(path);
    await Deno.mkdir(path, { recursive: true });
  },

  async lock(path) {
    const directory = await openDirectory(path);
    if (directory === undefined) return NO_LOCK;
    const isLocked = await tryLock(directory);
    if (isLocked) return new HeldLock(path, directory);
    directory.close();
    if (isLocked === undefined) return NO_LOCK;
    throw new Error("another writer, of this program or another, has it");
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

/** Where the system has no such locks; whatever is written has a name of its own all the same. */
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

/** `undefined` on Windows, which does not open directories. */
async function openDirectory(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch {
    return undefined;
  }
}

/** `undefined` on a file system that has no locks. */
async function tryLock(directory: Deno.FsFile): Promise<boolean | undefined> {
  try {
    return await directory.tryLock(true);
  } catch {
    return undefined;
  }
}

async function checkPermissions(path: string): Promise<void> {
  for (const name of ["read", "write"] as const) {
    const { state } = await Deno.permissions.query({ name, path });
    if (state !== "granted") throw new Error(`permission is missing, run with --allow-${name}=${path}`);
  }
}
