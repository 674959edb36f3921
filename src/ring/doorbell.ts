/**
 * Wake-up signal of a sleeping reader: one shared word, set by the reader before it sleeps and cleared by the thread
 * that wakes it. One doorbell serves all rings of a reader. Ringing costs an atomic load while the reader is awake; the
 * system call is paid once per sleep.
 *
 * @module
 */

/** Size of the memory of {@linkcode Doorbell}. */
export const DOORBELL_BYTES: number = Int32Array.BYTES_PER_ELEMENT;

const AWAKE = 0;
const ASLEEP = 1;

/**
 * Allocates the word of a doorbell.
 *
 * @param shared Whether the reader is another thread
 */
export function createDoorbell(shared: boolean): ArrayBufferLike {
  return shared ? new SharedArrayBuffer(DOORBELL_BYTES) : new ArrayBuffer(DOORBELL_BYTES);
}

/** Wake-up signal from producers to the reader. */
export class Doorbell {
  /** Shared word. */
  readonly word: Int32Array;

  /** Creates this thread's view of a doorbell. */
  constructor(buffer: ArrayBufferLike) {
    this.word = new Int32Array(buffer);
  }

  /** Wakes the reader if it sleeps. */
  ring(): void {
    if (Atomics.load(this.word, 0) === AWAKE) return;
    if (Atomics.compareExchange(this.word, 0, ASLEEP, AWAKE) === ASLEEP) Atomics.notify(this.word, 0);
  }

  /**
   * Sleeps until the bell rings or the time-out expires.
   *
   * @param timeoutMs Longest sleep in milliseconds
   * @param isWorkLeft Called after the reader is marked asleep, so that it does not sleep through work that was published
   * just before
   */
  async sleep(timeoutMs: number, isWorkLeft: () => boolean): Promise<void> {
    Atomics.store(this.word, 0, ASLEEP);
    if (!isWorkLeft()) {
      const wait = Atomics.waitAsync(this.word, 0, ASLEEP, timeoutMs);
      if (wait.async) await wait.value;
    }
    Atomics.store(this.word, 0, AWAKE);
  }
}
