/**
 * Answers to bytes that are no request.
 *
 * @module
 */

import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { STATUS_TEXT } from "@std/http/status";
import { PROBLEM_CONTENT_TYPE, problemText } from "./problem.ts";
import { PROTECTIVE_HEADERS } from "./response_headers.ts";

/** Error of a server of `node:http` on a connection. */
type ConnectionError = Error & { readonly code?: string };

type MalformedStatus = 400 | 408 | 431;

/**
 * Refuses malformed bytes, and ends the connection.
 *
 * @param error The server's error
 * @param socket The connection
 * @param answering Connections with an answer in progress; nothing may be written into one
 */
export function refuseConnection(
  error: ConnectionError,
  socket: Socket,
  answering: ReadonlyMap<Socket, ServerResponse>,
): void {
  const { code = "" } = error;
  const isRequest = code.startsWith("HPE_") || code.startsWith("ERR_HTTP_");
  // Else the connection has failed, or cannot carry an answer yet.
  if (!isRequest || !socket.writable || answering.get(socket)?.headersSent) return void socket.destroy();
  const status = statusOf(code);
  const body = problemText(status, DETAILS[status]);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${new TextEncoder().encode(body).byteLength}`,
    ...PROTECTIVE_HEADERS.map(([name, value]) => `${name}: ${value}`),
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

const DETAILS: Readonly<Record<MalformedStatus, string>> = {
  400: "this is no HTTP request",
  408: "the request did not come in time",
  431: "address and headers are too long",
};

function statusOf(code: string): MalformedStatus {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  return code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
}
