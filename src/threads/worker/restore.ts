/**
 * Restores the state of previous runs of the aggregator, in an order in which every counter keeps its series: the first
 * definition of each name comes first, and counters come before histograms, which start again anyway and may have to
 * share the room that is left.
 *
 * @module
 */

import type { Intake } from "../../aggregate/intake.ts";
import type { ThreadLink } from "../../aggregate/thread_links.ts";
import type { Announcement } from "../../model/model.ts";
import type { RecordingThreadStart } from "../protocol.ts";

const DEFINITIONS = 0;
const SCALARS = 1;
const REST = 2;

/** Recording thread to restore. */
export interface Restored {
  /** State of the thread. */
  readonly start: RecordingThreadStart;
  /** Link to which the state is restored. */
  readonly link: ThreadLink;
}

/** Restores the state of all recording threads and the totals of departed ones. */
export function restore(intake: Intake, threads: readonly Restored[]): void {
  admitPass(threads, DEFINITIONS);
  intake.restoreDeparted();
  admitPass(threads, SCALARS);
  admitPass(threads, REST);
}

function admitPass(threads: readonly Restored[], pass: number): void {
  for (const { start: { announcements, clashing }, link: { state } } of threads) {
    for (const each of announcements) if (passOf(each, clashing) === pass) state.admit(each);
  }
}

function passOf(announcement: Announcement, clashing: ReadonlySet<number>): number {
  const { kind } = announcement;
  if (kind === "instrument") return clashing.has(announcement.instrument) ? SCALARS : DEFINITIONS;
  return kind === "chunk" || (kind === "series" && announcement.cell !== undefined) ? SCALARS : REST;
}
