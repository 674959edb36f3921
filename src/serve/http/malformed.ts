/**
 * Answers to bytes that are not a request.
 *
 * @module
 */

import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { STATUS_TEXT } from "@std/http/status";
import { PROBLEM_CONTENT_TYPE, problemText } from "./problem.ts";
import { PROTECTIVE_HEADERS } from "./response_headers.ts";

/** Connection error of a `node:http` server. */
type ConnectionError = Error & { readonly code?: string };

type MalformedStatus = 400 | 408 | 431;

/**
 * Refuses malformed bytes, and ends the connection.
 *
 * @param error Error of the server
 * @param socket Socket of the connection
 * @param answering Responses in progress by connection, into which nothing may be written
 */
export function refuseConnection(
  error: ConnectionError,
  socket: Socket,
  answering: ReadonlyMap<Socket, ServerResponse>,
): void {
  const { code = "" } = error;
  const isRequest = code.startsWith("HPE_") || code.startsWith("ERR_HTTP_");
  // Otherwise the connection has failed, or cannot carry an answer yet.
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
  400: "this is not an HTTP request",
  408: "the request did not arrive in time",
  431: "URL and headers are too long",
};

function statusOf(code: string): MalformedStatus {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  return code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
}
