/**
 * Reading of JSON from a server; every failure is an error of one line.
 *
 * @module
 */

import { type Check, type Place, refusal } from "../check/place.ts";
import { UsageError } from "./flags.ts";

const TIMEOUT_MS = 10_000;
/** Maximum bytes of an answer, several times the size of a million series. */
const ANSWER_BYTES_MAX = 2 ** 28;

/** Default address of a server. */
export const URL_DEFAULT = "http://127.0.0.1:9464";

/** Document to read. */
export interface Wanted<Answer> {
  /** Route below the address, such as `/metrics.json`. */
  readonly route: string;
  /** Name for errors, such as `snapshot`. */
  readonly what: string;
  /** Check of the answer, which may come from any other program. */
  readonly check: Check<Answer>;
}

/**
 * Reads a document from below an address.
 *
 * @param address Address of the server, such as `http://127.0.0.1:9464` or `https://example.com/internal`; a user name
 * and password in it are sent, but never shown
 * @param wanted Document to read
 * @param token Bearer token, if the server requires one
 * @param bytesMax Maximum bytes of the answer; 256 MiB by default
 * @throws {UsageError} If the address is not an HTTP URL
 * @throws {Error} If there is no answer, or an unexpected one
 */
export async function fetchJson<Answer>(
  address: string,
  { route, what, check }: Wanted<Answer>,
  token?: string,
  bytesMax: number = ANSWER_BYTES_MAX,
): Promise<Answer> {
  const url = urlOf(address, route);
  const authorization = token === undefined ? takeCredentials(url) : `Bearer ${token}`;
  const text = await fetchText(url, authorization, bytesMax);
  // Nothing of the answer is shown: it could be anything, and would be printed to a terminal.
  const place: Place = { action: `read ${url} as a ${what} of Hotpath`, path: "answer", isSecret: true };
  return check(place, parseJson(place, text));
}

function urlOf(address: string, route: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    // The part before an @ may be a password.
    const shown = JSON.stringify(address.replace(/^.*@/s, "…@"));
    throw new UsageError(`--url must be a URL such as ${URL_DEFAULT}, got ${shown}`);
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${route}`;
  return url;
}

/** Removes basic credentials from an address, and returns them as a header. */
function takeCredentials(url: URL): string | undefined {
  const [username, password] = [url.username, url.password].map(decoded);
  if (username === "" && password === "") return undefined;
  url.username = "";
  url.password = "";
  return `Basic ${new TextEncoder().encode(`${username}:${password}`).toBase64()}`;
}

/** Decodes a part of an address; one that was not encoded may contain percent signs. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function fetchText(url: URL, authorization: string | undefined, bytesMax: number): Promise<string> {
  await checkPermission(url);
  const response = await reached(url, () => get(url, authorization));
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`Cannot read ${url}: the answer is ${response.status}${statusHint(response.status)}`);
  }
  const text = await reached(url, () => readText(response, bytesMax));
  if (text === undefined) throw new Error(`Cannot read ${url}: the answer has more than ${bytesMax} bytes`);
  return text;
}

async function checkPermission(url: URL): Promise<void> {
  const host = `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`;
  const { state } = await Deno.permissions.query({ name: "net", host });
  if (state !== "granted") throw new Error(`Cannot reach ${url}: permission is missing, run with --allow-net=${host}`);
}

async function reached<Result>(url: URL, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`Cannot reach ${url}: ${reasonOf(error, url)}`, { cause: error });
  }
}

function get(url: URL, authorization: string | undefined): Promise<Response> {
  const headers: HeadersInit = authorization === undefined ? {} : { authorization };
  return fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
}

/** Reads the body; `undefined` if it is too long once decompressed. */
async function readText({ body }: Response, bytesMax: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return undefined;
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

/** What to do about a status; empty for one that says it all. */
function statusHint(status: number): string {
  if (status === 401) return "; give --auth-token-file FILE, or user:password@ in --url";
  return status === 404 ? "; --url must be the address below which Hotpath serves" : "";
}

/** Reason for a missing answer, from a chain such as `error sending request …: client error (Connect): …`. */
function reasonOf(error: unknown, { origin }: URL): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1_000} s`;
  const { message } = error.cause instanceof Error ? error.cause : error;
  if (message.includes("Connection refused")) {
    const remedy = origin === URL_DEFAULT ? "or deno task serve" : "or give the address of another by --url";
    return `nothing listens at ${origin}: start the program, ${remedy}`;
  }
  if (message.includes("dns error")) return "there is no host of this name; see --url";
  return message.split(": ").at(-1) ?? message;
}

function parseJson(place: Place, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw refusal(place, "be JSON", text, false);
  }
}
