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

/** Where Deno keeps a body. */
interface Places {
  /** A text that nobody has looked at yet. */
  readonly text: symbol;
  /** All else, behind it. */
  readonly inner: symbol;
}

interface InnerBody {
  readonly length: number | null;
  readonly streamOrStatic: { readonly body?: unknown };
}

const TEXT = "lazy static body";
const INNER = "response";

/** The way of this runtime to tell the size of a body. */
export function findBodySize(): BodySize {
  const places = findPlaces();
  if (places === undefined) return sizeWithoutPlaces;
  const size: BodySize = (response) => sizeAt(places, response);
  return isRight(size) ? size : sizeWithoutPlaces;
}

function sizeWithoutPlaces(response: Response): number | undefined {
  return response.body === null ? 0 : undefined;
}

function sizeAt(places: Places, response: Response): number | undefined {
  const held = response as unknown as Record<symbol, unknown>;
  const text = held[places.text];
  if (typeof text === "string") return Buffer.byteLength(text);
  const body = (held[places.inner] as { readonly body: InnerBody | null } | null)?.body;
  if (body === null) return 0;
  // It may have been made by another class, which keeps its body elsewhere.
  if (body === undefined) return undefined;
  const whole = body.streamOrStatic.body;
  if (typeof whole === "string") return Buffer.byteLength(whole);
  return whole instanceof Uint8Array ? whole.byteLength : body.length ?? undefined;
}

function findPlaces(): Places | undefined {
  const symbols = Object.getOwnPropertySymbols(new Response(""));
  const text = symbols.find(({ description }) => description === TEXT);
  const inner = symbols.find(({ description }) => description === INNER);
  return text && inner && { text, inner };
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
