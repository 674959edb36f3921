/**
 * The recording side alone, with its announcements.
 *
 * @module
 */

import { Registry } from "../../../src/instrument/registry.ts";
import type { Announcement, InstrumentType } from "../../../src/model/model.ts";
import type { Recorder } from "../../../src/record/recorder.ts";
import { createThreadMemory } from "../../../src/record/thread_memory.ts";
import { Control } from "../../../src/ring/control.ts";
import { createRing } from "../../../src/ring/layout.ts";
import { FakeClock } from "../../../src/testing/mod.ts";
import { startRecorder } from "../record/start_recorder.ts";

/** A recording thread. */
export interface Recording {
  readonly recorder: Recorder;
  readonly control: Control;
  readonly clock: FakeClock;
  /** Makes an instrument; of which type, the caller knows. */
  create<Instrument>(type: InstrumentType, name: string, options?: object): Instrument;
}

/**
 * Starts recording.
 *
 * @param announce Called with every announcement
 * @param ring The ring to write
 */
export function startRecording(
  announce: (announcement: Announcement) => void,
  ring: ArrayBufferLike = createRing(1_024, false),
): Recording {
  const memory = createThreadMemory(false);
  const control = new Control(memory.control);
  const clock = new FakeClock(1_000);
  const recorder = startRecorder({ clock, memory, ring, overflow: "overwrite-oldest", announce });
  const registry = new Registry(recorder);
  return {
    recorder,
    control,
    clock,
    create: <Instrument>(type: InstrumentType, name: string, options: object = {}) =>
      registry.getOrCreate(type, name, options) as Instrument,
  };
}
