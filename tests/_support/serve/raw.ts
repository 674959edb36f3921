/**
 * HTTP by hand, for what no client would send.
 *
 * @module
 */

const ENCODER = new TextEncoder();

/** Sends bytes on a new connection, and returns everything until the server ends it. */
export async function sendRaw(port: number, request: string | Uint8Array): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await writeAll(connection, request).catch(() => {});
  return await readAll(connection);
}

/** Writes until everything is written. */
export async function writeAll(connection: Deno.Conn, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === "string" ? ENCODER.encode(data) : data;
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Reads until the other side ends the connection, whichever way. */
export async function readAll(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let text = "";
  try {
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      text += decoder.decode(buffer.subarray(0, read), { stream: true });
    }
  } catch {
    // Reset: there is no more to come.
  }
  return text;
}

/** The response that stands in bytes as they came. */
export function responseOf(raw: string): Response {
  const [head, ...rest] = raw.split("\r\n\r\n");
  const [start, ...lines] = head.split("\r\n");
  const headers = new Headers(lines.map((line) => line.split(": ", 2) as [string, string]));
  const status = Number(start.split(" ")[1]);
  return new Response(status === 204 ? null : rest.join("\r\n\r\n"), { status, headers });
}
