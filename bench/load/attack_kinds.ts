/**
 * The attacks on a server: what clients without credentials do with some connections, for a while.
 *
 * @module
 */

/** An attack. */
export interface Attack {
  /** Name of the kind of attack. */
  readonly name: string;
  /** Connections at the same time. */
  readonly connections: number;
  /** Whether the server requires no credentials. */
  readonly isOpen?: boolean;
  /** Whether it serves HTTPS. */
  readonly isTls?: boolean;
  /** Does it with one connection, until that is ended. */
  readonly act: (connection: Deno.Conn) => Promise<void>;
}

const CERTIFICATE = fileOf("cert.pem");

/** A certificate of localhost with the authority that signed it, which clients trust, and its key; valid until 2126. */
export const TLS = { certFile: CERTIFICATE, keyFile: fileOf("key.pem"), caFile: CERTIFICATE };

const ENCODER = new TextEncoder();
const HOST = "Host: localhost\r\n";
const BATCH_BYTES = 65_536;
const SLOW_MS = 200;

/** All of them. */
export const ATTACKS: readonly Attack[] = [
  { name: "health, never read", connections: 20, act: pipelining("GET /health") },
  { name: "health, read", connections: 20, act: reading(pipelining("GET /health")) },
  { name: "health, never read, by many", connections: 2_000, act: pipelining("GET /health") },
  { name: "metrics without credentials, never read", connections: 20, act: pipelining("GET /metrics") },
  { name: "HEAD, read", connections: 20, act: reading(pipelining("HEAD /health")) },
  { name: "bodies, read", connections: 20, act: reading(pipelining("POST /x", "Content-Length: 9\r\n", "123456789")) },
  {
    name: "long bodies, never read",
    connections: 20,
    act: pipelining("POST /x", "Content-Length: 60000\r\n", "x".repeat(60_000)),
  },
  {
    name: "wrong credentials, read",
    connections: 20,
    act: reading(pipelining("GET /metrics", "Authorization: Bearer guess\r\n")),
  },
  { name: "line feeds alone", connections: 20, act: sending("\r\n") },
  { name: "long addresses, never read", connections: 20, act: pipelining(`GET /${"x".repeat(8_000)}`) },
  { name: "https: health, never read", connections: 20, isTls: true, act: pipelining("GET /health") },
  { name: "https: health, read", connections: 20, isTls: true, act: reading(pipelining("GET /health")) },
  { name: "heads that come slowly", connections: 1_000, act: slowly },
  { name: "long heads that never end", connections: 2_000, act: unfinished },
  { name: "connections that ask for nothing", connections: 10_000, act: idly },
  { name: "no auth: metrics, never read", connections: 20, isOpen: true, act: pipelining("GET /metrics") },
  { name: "no auth: metrics, read", connections: 4, isOpen: true, act: reading(pipelining("GET /metrics")) },
];

/** One request behind the other, as fast as they are taken. */
function pipelining(start: string, headers = "", body = ""): Attack["act"] {
  return sending(`${start} HTTP/1.1\r\n${HOST}${headers}\r\n${body}`);
}

function sending(text: string): Attack["act"] {
  const bytes = ENCODER.encode(text.repeat(Math.ceil(BATCH_BYTES / text.length)));
  return async (connection) => {
    for (let at = 0;; at %= bytes.length) at += await connection.write(bytes.subarray(at));
  };
}

/** The same by a client that takes what it is answered. */
function reading(act: Attack["act"]): Attack["act"] {
  return async (connection) => {
    const buffer = new Uint8Array(BATCH_BYTES);
    const read = async () => {
      while (await connection.read(buffer) !== null);
    };
    await Promise.race([act(connection), read()]);
  };
}

async function slowly(connection: Deno.Conn): Promise<void> {
  await connection.write(ENCODER.encode(`GET /metrics HTTP/1.1\r\n${HOST}X: `));
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    await connection.write(ENCODER.encode("x"));
  }
}

/** Almost as long as a head may be, in many headers. */
async function unfinished(connection: Deno.Conn): Promise<void> {
  const headers = Array.from({ length: 900 }, (_, i) => `x-${i}: ${"y".repeat(24)}\r\n`);
  await connection.write(ENCODER.encode(`GET /metrics HTTP/1.1\r\n${HOST}${headers.join("")}`));
  await idly(connection);
}

async function idly(connection: Deno.Conn): Promise<void> {
  await connection.read(new Uint8Array(1));
}

function fileOf(name: string): string {
  return decodeURIComponent(new URL(`tls/${name}`, import.meta.url).pathname);
}
