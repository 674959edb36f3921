/**
 * The few things that are done to a directory of snapshots, so that a test can stand in for a disk.
 *
 * @module
 */

/** A directory's files, by path. */
export interface FileSystem {
  /** Makes a directory and those above it, unless it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Writes a file, and resolves once it is on the disk. */
  writeSynced(path: string, text: string): Promise<void>;
  /** Gives a file another name in its directory, at once for whoever reads. */
  rename(path: string, newPath: string): Promise<void>;
  /** Removes a file. */
  remove(path: string): Promise<void>;
  /** The names in a directory. */
  list(directory: string): Promise<string[]>;
}

/** The disk. It never asks for a permission: one that is missing is an error. */
export const DISK: FileSystem = {
  async makeDirectory(path) {
    await checkPermissions(path);
    await Deno.mkdir(path, { recursive: true });
  },

  async writeSynced(path, text) {
    using file = await Deno.open(path, { write: true, create: true, truncate: true });
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    await file.syncData();
  },

  rename: (path, newPath) => Deno.rename(path, newPath),

  remove: (path) => Deno.remove(path),

  async list(directory) {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  },
};

async function checkPermissions(path: string): Promise<void> {
  for (const name of ["read", "write"] as const) {
    const { state } = await Deno.permissions.query({ name, path });
    if (state !== "granted") throw new Error(`permission is missing, run with --allow-${name}=${path}`);
  }
}
