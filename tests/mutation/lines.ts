/**
 * Lines of a stream, as the processes of a mutation run speak in lines of JSON.
 *
 * @module
 */

/** The lines of UTF-8 text. */
export async function* linesOf(readable: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of readable) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
