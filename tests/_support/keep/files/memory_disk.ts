/**
 * A directory in memory that can be full and slow.
 *
 * @module
 */

import type { DirectoryLock, FileSystem } from "../../../../src/platform/file_system.ts";

/** Files by path; operations fail or wait as configured. */
export class MemoryDisk implements FileSystem {
  /** The files. */
  readonly files: Map<string, string> = new Map();
  /** Characters that fit. */
  capacity = Infinity;
  /** Promise that each write waits for. */
  gate: Promise<void> = Promise.resolve();
  /** Writings that have begun. */
  begun = 0;
  /** Whether the lock is held, and is still the one that others would take. */
  lockState: "free" | "taken" | "gone" = "free";
  /** Names that cannot be removed. */
  readonly stuck: Set<string> = new Set();

  /** The names of the files. */
  get names(): string[] {
    return [...this.files.keys()].map((path) => path.slice(path.lastIndexOf("/") + 1)).toSorted();
  }

  makeDirectory(): Promise<void> {
    return Promise.resolve();
  }

  lock(): Promise<DirectoryLock> {
    if (this.lockState === "taken") {
      return Promise.reject(new Error("another writer, of this or another program, has locked it"));
    }
    this.lockState = "taken";
    return Promise.resolve({
      isCurrent: () => Promise.resolve(this.lockState === "taken"),
      [Symbol.dispose]: () => void (this.lockState = "free"),
    });
  }

  async writeSynced(path: string, text: string): Promise<void> {
    this.begun += 1;
    await this.gate;
    if (this.files.has(path)) throw new Error("File exists (os error 17)");
    const room = this.capacity - this.files.values().reduce((used, { length }) => used + length, 0);
    this.files.set(path, text.slice(0, Math.max(0, room)));
    if (text.length > room) throw new Error("No space left on device (os error 28)");
  }

  rename(path: string, newPath: string): Promise<void> {
    this.files.set(newPath, this.files.get(path)!);
    this.files.delete(path);
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    if (this.stuck.has(path)) return Promise.reject(new Error("Operation not permitted"));
    this.files.delete(path);
    return Promise.resolve();
  }

  list(): Promise<string[]> {
    return Promise.resolve(this.names);
  }
}
