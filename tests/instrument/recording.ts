/**
 * The recording side alone, with what it tells.
 *
 * @module
 */

import { Registry } from "../../src/instrument/registry.ts";
import type { Announcement, InstrumentType } from "../../src/model/model.ts";
import { Recorder } from "../../src/record/recorder.ts";
import { Sampler } from "../../src/record/sampler.ts";
import { Control, createControlBuffer } from "../../src/ring/control.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { createRing } from "../../src/ring/layout.ts";
import { createSequence, Sequence } from "../../src/ring/sequence.ts";
import { FakeClock } from "../../src/testing/mod.ts";

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
 * @param announce Told of everything
 * @param ring The ring to write
 */
export function startRecording(
  announce: (news: Announcement) => void,
  ring: ArrayBufferLike = createRing(1_024, false),
): Recording {
  const control = new Control(createControlBuffer(false));
  control.set(true, 1);
  const clock = new FakeClock(1_000);
  const recorder = new Recorder({
    clock,
    stampClock: undefined,
    sampler: new Sampler(control, 1),
    ring,
    overflow: "overwrite-oldest",
    doorbell: new Doorbell(createDoorbell(false)),
    sequence: new Sequence(createSequence(false)),
    shared: false,
    seriesMax: 1_000,
    labelValueMax: 256,
    announce,
  });
  const registry = new Registry(recorder);
  return {
    recorder,
    control,
    clock,
    create: <Instrument>(type: InstrumentType, name: string, options: object = {}) =>
      registry.getOrCreate(type, name, options) as Instrument,
  };
}
