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
const RING_CAPACITY = 32_768;
const MS_PER_SECOND = 1_000;

/** What a start-up can wait for: V8 has compiled what is called within half of it. */
const START_UP_MS = 80;

/**
 * Measures it.
 *
 * @param eachMs How long each of the two sorts of calls is made; the first half is for V8 to compile them
 */
export function measureCallCost(clock: Clock, eachMs: number = START_UP_MS): CallCost {
  const control = new Control(createControlBuffer(false));
  control.set(true, 1);
  const timer = new RingTimer(recorderOf(clock, control), 0, undefined, false);
  const recordedSeconds = secondsOf(timer, eachMs);
  control.set(true, 0);
  return { recordedSeconds, skippedSeconds: Math.min(secondsOf(timer, eachMs), recordedSeconds) };
}

function recorderOf(clock: Clock, control: Control): Recorder {
  return new Recorder({
    clock,
    stampClock: undefined,
    sampler: new Sampler(control, 1),
    ring: createRing(RING_CAPACITY, false),
    overflow: "overwrite-oldest",
    doorbell: new Doorbell(createDoorbell(false)),
    sequence: new Sequence(createSequence(false)),
    shared: false,
    seriesMax: 1,
    labelValueMax: 1,
    announce: () => {},
  });
}

/** Seconds of a call: the first quartile of the rounds that count, since others may use the machine meanwhile. */
function secondsOf(timer: RingTimer, forMs: number): number {
  const rounds: number[] = [];
  const beganMs = performance.now();
  for (let startMs = beganMs; startMs - beganMs < forMs;) {
    for (let call = 0; call < CALLS; call++) timer.end(timer.start());
    const endMs = performance.now();
    rounds.push((endMs - startMs) / CALLS / MS_PER_SECOND);
    startMs = endMs;
  }
  const counted = rounds.slice(rounds.length >> 1).sort((a, b) => a - b);
  return counted[counted.length >> 2];
}
