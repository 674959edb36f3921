/**
 * Size of a response's body without accessing `body`: that getter would turn a static body into a stream, which costs
 * more than the rest of a measurement and disables the server's fast paths for text.
 *
 * Deno keeps the static body of a response under internal symbols. They are looked up once and tested: where they are
 * missing or hold unexpected values, `body` is accessed after all.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** Returns the bytes of a static body; `undefined` if it is a stream, or may be one. */
export type BodySize = (response: Response) => number | undefined;

interface InnerBody {
  readonly length: number | null;
  readonly streamOrStatic: { readonly body?: unknown };
}

/** A response, indexed by Deno's internal symbols. */
type Parts = Readonly<Record<symbol, unknown>>;

/** Descriptions of the symbols: the body of the server's fast path, a text that was not accessed yet, anything else. */
const PLACES = ["serve fast body", "lazy static body", "response"];

/** Returns the fastest function of this runtime for the size of a body. */
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
  // The response may be of another class, which keeps its body elsewhere.
  if (body === undefined) return undefined;
  const whole = body.streamOrStatic.body;
  if (typeof whole === "string") return Buffer.byteLength(whole);
  return whole instanceof Uint8Array ? whole.byteLength : body.length ?? undefined;
}

/** Whether a function returns the correct size for every kind of body without using it up. */
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
