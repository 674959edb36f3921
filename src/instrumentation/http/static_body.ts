/**
 * What a response is made of, without touching its `body`: that getter would make a stream of what is whole already,
 * which costs more than all that is measured, and the server its short ways of sending text.
 *
 * Deno keeps the body that a response was made from under symbols of its own. They are looked for once, and tried out:
 * where they are not found or do not hold what they should, `body` is looked at after all.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** How many bytes a whole body has; `undefined` if it is a stream, or may be one. */
export type BodySize = (response: Response) => number | undefined;

interface InnerBody {
  readonly length: number | null;
  readonly streamOrStatic: { readonly body?: unknown };
}

/** A response, by the symbols that Deno keeps its parts under. */
type Parts = Readonly<Record<symbol, unknown>>;

/** What the server sends without looking further; then a text that nobody has looked at yet; then all else. */
const PLACES = ["serve fast body", "lazy static body", "response"];

/** The way of this runtime to tell the size of a body. */
export function findBodySize(): BodySize {
  const symbols = Object.getOwnPropertySymbols(new Response(""));
  const [fast, text, inner] = PLACES.map((place) => symbols.find(({ description }) => description === place));
  if (fast === undefined || text === undefined || inner === undefined) return sizeByBody;
  const size: BodySize = (response) => {
    const parts = response as unknown as Parts;
    const whole = parts[fast] ?? parts[text];
    if (typeof whole === "string") return Buffer.byteLength(whole);
    return sizeOfInner((parts[inner] as { readonly body: InnerBody | null } | undefined)?.body);
  };
  return isRight(size) ? size : sizeByBody;
}

function sizeByBody(response: Response): number | undefined {
  return response.body === null ? 0 : undefined;
}

function sizeOfInner(body: InnerBody | null | undefined): number | undefined {
  if (body === null) return 0;
  // The response may have been made by another class, which keeps its body elsewhere.
  if (body === undefined) return undefined;
  const whole = body.streamOrStatic.body;
  if (typeof whole === "string") return Buffer.byteLength(whole);
  return whole instanceof Uint8Array ? whole.byteLength : body.length ?? undefined;
}

/** Whether a way to tell the size is right for every kind of body, and leaves them as they are. */
function isRight(size: BodySize): boolean {
  const headers = { "content-type": "text/plain" };
  const cases: [Response, number | undefined][] = [
    [new Response("é"), 2],
    [new Response("é", { headers, status: 404 }), 2],
    [new Response(new Uint8Array(3)), 3],
    [new Response(null), 0],
    [new Response(new ReadableStream()), undefined],
  ];
  try {
    return cases.every(([response, expected]) => size(response) === expected && !response.bodyUsed);
  } catch {
    return false;
  }
}
