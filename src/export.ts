/**
 * Metrics to somewhere else than a scrape.
 *
 * @module
 */

export {
  type SnapshotFiles,
  type SnapshotFilesOptions,
  type SnapshotFilesState,
  writeSnapshots,
} from "./keep/files/snapshot_files.ts";
