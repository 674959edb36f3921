/**
 * Recorders for tests.
 *
 * @module
 */

import { Recorder, type RecorderParts } from "../../../src/record/recorder.ts";
import { createThreadMemory } from "../../../src/record/thread_memory.ts";
import { Control } from "../../../src/ring/control.ts";

/** Returns a recorder that records all calls; parts other than its ring and announcements have values for tests. */
export function startRecorder(
  { memory = createThreadMemory(false), ...parts }:
    & Pick<RecorderParts, "ring" | "announce">
    & Partial<RecorderParts>,
): Recorder {
  new Control(memory.control).set(true, 1);
  return new Recorder({
    clock: performance,
    memory,
    seed: 1,
    overflow: "drop-newest",
    seriesMax: 1_000,
    labelValueMax: 256,
    ...parts,
  });
}
