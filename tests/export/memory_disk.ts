/**
 * A directory in memory that can be full and slow.
 *
 * @module
 */

import type { FileSystem } from "../../src/export/file_system.ts";

/** Files by path; what it is asked to do fails or waits as it is told. */
export class MemoryDisk implements FileSystem {
  /** The files. */
  readonly files: Map<string, string> = new Map();
  /** Characters that fit. */
  capacity = Infinity;
  /** What each writing waits for. */
  gate: Promise<void> = Promise.resolve();
  /** Writings that have begun. */
  begun = 0;
  /** Names that cannot be removed. */
  readonly stuck: Set<string> = new Set();

  /** The names of the files. */
  get names(): string[] {
    return [...this.files.keys()].map((path) => path.slice(path.lastIndexOf("/") + 1)).toSorted();
  }

  makeDirectory(): Promise<void> {
    return Promise.resolve();
  }

  async writeSynced(path: string, text: string): Promise<void> {
    this.begun += 1;
    await this.gate;
    const others = [...this.files].filter(([each]) => each !== path);
    const room = this.capacity - others.reduce((used, [, { length }]) => used + length, 0);
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
