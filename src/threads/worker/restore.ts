/**
 * Tells an aggregator that was started again what those before it knew, in an order that leaves every counter where it
 * was: definitions that were the first of their name are the first again, and counters come before histograms, which
 * begin again anyway and may have to share what room is left.
 *
 * @module
 */

import type { Announcement } from "../../model/model.ts";
import type { Intake } from "../../aggregate/intake.ts";
import type { ThreadLink } from "../../aggregate/thread_links.ts";
import type { RecordingThreadStart } from "../protocol.ts";

const DEFINITIONS = 0;
const SCALARS = 1;
const REST = 2;

/** A recording thread: what is known of it, and where it is to be known. */
export interface Restored {
  /** What is known. */
  readonly start: RecordingThreadStart;
  /** Where. */
  readonly link: ThreadLink;
}

/** Tells it. */
export function restore(intake: Intake, producers: readonly Restored[]): void {
  admitPass(producers, DEFINITIONS);
  intake.restoreDeparted();
  admitPass(producers, SCALARS);
  admitPass(producers, REST);
}

function admitPass(producers: readonly Restored[], pass: number): void {
  for (const { start: { news, clashing }, link: { state } } of producers) {
    for (const each of news) if (passOf(each, clashing) === pass) state.admit(each);
  }
}

function passOf(news: Announcement, clashing: ReadonlySet<number>): number {
  if (news.kind === "instrument") return clashing.has(news.instrument) ? SCALARS : DEFINITIONS;
  return news.kind === "chunk" || (news.kind === "series" && news.cell !== undefined) ? SCALARS : REST;
}
