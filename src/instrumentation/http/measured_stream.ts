/**
 * Pass-through stream that reports how it ended and how many bytes it had. It reads nothing before it is read.
 *
 * @module
 */

/** Listener for the end of a stream. Only the first call counts, because a cancelled stream may also fail. */
export interface StreamListener {
  /** Called when the stream was read to its end. */
  onEnd(bytes: number): void;
  /** Called when the reader cancelled the stream. */
  onCancel(bytes: number): void;
  /** Called when the stream failed. */
  onError(bytes: number, error: unknown): void;
}

/** Returns a measured stream of the same chunks. */
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
