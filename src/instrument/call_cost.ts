/**
 * What calls cost on this machine and with this clock: the instruments themselves, timed at start-up on a ring that nobody
 * reads. A timing is the dearest call that there is; all others are counted as one.
 *
 * @module
 */

import type { CallCost } from "../diagnostics.ts";
import type { Clock } from "../record/clock.ts";
import { Recorder } from "../record/recorder.ts";
import { Sampler } from "../record/sampler.ts";
import { Control, createControlBuffer } from "../ring/control.ts";
import { createDoorbell, Doorbell } from "../ring/doorbell.ts";
import { createRing } from "../ring/layout.ts";
import { createSequence, Sequence } from "../ring/sequence.ts";
import { RingTimer } from "./timer.ts";

/** Calls in a round: some tens of microseconds, far above the resolution of any clock. */
const CALLS = 500;
/** Rounds, of which the first are for V8 to compile what is called. */
const ROUNDS = 40;
const ROUNDS_COUNTED = 16;
/** Room for all of them. */
const RING_CAPACITY = 32_768;
const MS_PER_SECOND = 1_000;

/** Measures it; takes some milliseconds. */
export function measureCallCost(clock: Clock): CallCost {
  const control = new Control(createControlBuffer(false));
  control.set(true, 1);
  const timer = new RingTimer(recorderOf(clock, control), 0, undefined, false);
  const recordedSeconds = secondsOf(timer);
  control.set(true, 0);
  return { recordedSeconds, skippedSeconds: Math.min(secondsOf(timer), recordedSeconds) };
}

function recorderOf(clock: Clock, control: Control): Recorder {
  return new Recorder({
    clock,
    stampClock: undefined,
    sampler: new Sampler(control, 1),
    ring: createRing(RING_CAPACITY, false),
    overflow: "drop-newest",
    doorbell: new Doorbell(createDoorbell(false)),
    sequence: new Sequence(createSequence(false)),
    shared: false,
    seriesMax: 1,
    labelValueMax: 1,
    announce: () => {},
  });
}

/** Seconds of a call: the first quartile of the rounds that count, since others may use the machine meanwhile. */
function secondsOf(timer: RingTimer): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    for (let call = 0; call < CALLS; call++) timer.end(timer.start());
    rounds.push((performance.now() - startMs) / CALLS / MS_PER_SECOND);
  }
  const counted = rounds.slice(-ROUNDS_COUNTED).sort((a, b) => a - b);
  return counted[ROUNDS_COUNTED >> 2];
}
