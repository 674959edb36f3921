/**
 * A stream that passes through unchanged, and tells how it ended and how many bytes it had. It reads nothing before
 * it is read itself.
 *
 * @module
 */

/** Who is told how a stream ends. The first call is the one that counts: a stream that is cancelled may break, too. */
export interface StreamListener {
  /** It was read to its end. */
  onEnd(bytes: number): void;
  /** Its reader has had enough. */
  onCancel(bytes: number): void;
  /** It broke. */
  onError(bytes: number, error: unknown): void;
}

/** The same stream, measured. */
export function measuredStream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  listener: StreamListener,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          listener.onEnd(bytes);
          controller.close();
        } else {
          bytes += value?.byteLength ?? 0;
          controller.enqueue(value);
        }
      } catch (error) {
        listener.onError(bytes, error);
        controller.error(error);
      }
    },
    cancel(reason) {
      listener.onCancel(bytes);
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
