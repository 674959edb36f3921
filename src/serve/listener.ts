/**
 * HTTP server over a source of metrics, on the calling thread.
 *
 * It uses `node:http`, which can close connections that send no request in time or do not read their answer, and all of
 * them at the end.
 *
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { Buffer } from "node:buffer";
import { liveReaderOf } from "../model/live_request.ts";
import type { ListenAddress, ListenOptions } from "../model/serving.ts";
import type { MetricsSource } from "../model/source.ts";
import { listenProblem } from "../platform/errors.ts";
import { hostAndPort, tryAddress } from "../platform/listen.ts";
import { isGranted } from "../platform/permissions.ts";
import type { Client } from "./http/client.ts";
import type { Connection } from "./connection/connection.ts";
import { Connections } from "./connection/connections.ts";
import { exchange, refusalOf } from "./connection/exchange.ts";
import { hostsOf } from "./auth/hosts.ts";
import { refuseConnection } from "./http/malformed.ts";
import { LIVE_PATH } from "./live/live.ts";
import { LiveHub } from "./live/live_hub.ts";
import { createRoutes } from "./routes.ts";
import { readTls, type TlsMaterial } from "./auth/tls.ts";
import { type AcceptSocket, answerUpgrade, refuse } from "./connection/upgrade.ts";

/** Listening server. */
export interface Listener {
  /** Address that it listens on. */
  readonly address: ListenAddress;
  /** Stops accepting connections, and waits briefly for requests in flight. */
  close(): Promise<void>;
}

/** Time for requests in flight after the server was closed. */
const CLOSE_GRACE_MS = 1_000;
/** Keep-alive time, long enough for a scraper that scrapes once a minute. */
const KEEP_ALIVE_MS = 65_000;
/** Maximum bytes of a request's head, above that of its address, so that a long address gets its specific answer. */
const HEAD_BYTES_MAX = 16_384;
const CHECK_INTERVAL_MAX_MS = 1_000;
/** Maximum number of connections that wait to be accepted; one more would be lost, and retried a second later. */
const BACKLOG = 4_096;
/** Environment variables that `ws` reads. */
const WS_VARIABLES = ["WS_NO_BUFFER_UTIL", "WS_NO_UTF_8_VALIDATE"];

/**
 * Starts a server.
 *
 * @throws {Error} If the port is in use, the address does not belong to this machine, a file cannot be read or used, or
 *   a permission is missing
 */
export async function listen(source: MetricsSource, options: ListenOptions): Promise<Listener> {
  const tls = options.tls && readTls(options.tls);
  const hub = new LiveHub(liveReaderOf(source), options);
  const { fetch } = createRoutes(source, options, hub);
  const acceptSocket = await loadSockets(source);
  const server = makeServer(options.scrapeTimeoutMs, tls);
  const connections = new Connections(server, options.auth === undefined, tls !== undefined);
  const address = await start(server, options, tls);
  const settings = { ...options, fetch, isHost: hostsOf(options, address.host) };
  const answering = new Map<Socket, ServerResponse>();
  const onRequest = (message: IncomingMessage, response: ServerResponse) => {
    const { socket } = message;
    const connection = connections.of(socket);
    connection?.begin(message, response);
    answering.set(socket, response);
    response.on("close", () => {
      if (answering.get(socket) === response) answering.delete(socket);
      // A connection that was made while the server was closed.
      if (!server.listening) server.closeIdleConnections();
    });
    void exchange(message, response, clientOf(socket, connection), settings);
  };
  server.on("request", onRequest);
  server.on("checkExpectation", onRequest);
  server.on("upgrade", (message, duplex, head) => {
    const socket = duplex as Socket;
    const connection = connections.of(socket);
    const first = connection === undefined ? head : Buffer.concat([head, connection.detach()]);
    void answerUpgrade(message, socket, first, clientOf(socket, connection), settings, acceptSocket);
  });
  server.on("connect", (message, socket) => {
    refuse(socket, refusalOf(message)).catch(() => socket.destroy());
  });
  server.on("clientError", (error, socket) => refuseConnection(error, socket as Socket, answering));
  return {
    address,
    close: async () => {
      hub.close();
      await close(server, connections);
    },
  };
}

/**
 * Loads the WebSocket implementation; `undefined` if that is not permitted. It reads two variables when it is loaded:
 * our worker has neither, and must not prompt for them.
 */
async function loadSockets(source: MetricsSource): Promise<AcceptSocket | undefined> {
  const { aggregation } = await source.performance();
  if (aggregation !== "worker" && !WS_VARIABLES.every((variable) => isGranted({ name: "env", variable }))) {
    return undefined;
  }
  const { acceptSocket } = await import("./live/websocket_server.ts");
  return acceptSocket;
}

function clientOf({ remoteAddress: address }: Socket, connection: Connection | undefined): Client {
  return { address, admit: () => connection?.admit() };
}

function makeServer(timeoutMs: number, tls: TlsMaterial | undefined): Server {
  const limits = {
    maxHeaderSize: HEAD_BYTES_MAX,
    // Refused by our own check, with an explanation.
    requireHostHeader: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MAX_MS, timeoutMs),
    // Other requests for an upgrade are answered as plain requests.
    shouldUpgradeCallback: isForLive,
  };
  const server = tls === undefined
    ? createServer(limits)
    : createTlsServer({ ...limits, ...tls, handshakeTimeout: timeoutMs });
  // Lets a client end its side and wait for its answer; an option of Node that has no type.
  return Object.assign(server, { httpAllowHalfOpen: true });
}

/** Whether a request is for the live feed. Its path may follow a scheme and a host. */
function isForLive({ url = "", headers: { upgrade } }: IncomingMessage): boolean {
  return upgrade?.toLowerCase() === "websocket" && /^(?:[a-z]+:\/\/[^/?]*)?([^?]*)/i.exec(url)?.[1] === LIVE_PATH;
}

async function start(
  server: Server,
  { host, port }: ListenAddress,
  tls: TlsMaterial | undefined,
): Promise<ListenAddress> {
  const where = hostAndPort({ host, port });
  try {
    await untilListening(server, { host: tryAddress({ host, port }, tls), port });
  } catch (error) {
    throw new Error(`Cannot serve metrics on ${where}: ${listenProblem(error, where)}`, { cause: error });
  }
  // For errors such as too many open files, after which the client tries again.
  server.on("error", () => {});
  const address = server.address() as AddressInfo;
  return { host: address.address, port: address.port };
}

async function untilListening(server: Server, { host, port }: ListenAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ port, host, backlog: BACKLOG }, resolve);
  await promise;
  server.off("error", reject);
}

async function close(server: Server, connections: Connections): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const timer = setTimeout(() => connections.destroy(), CLOSE_GRACE_MS);
  await promise;
  clearTimeout(timer);
}
