/**
 * Writes metrics to destinations other than a scrape.
 *
 * @module
 */

export {
  type SnapshotFiles,
  type SnapshotFilesOptions,
  type SnapshotFilesState,
  writeSnapshots,
} from "./keep/files/snapshot_files.ts";
