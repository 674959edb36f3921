/**
 * Two ends of a real connection.
 *
 * @module
 */

import { once } from "node:events";

/** Called with the server's socket before the connection is open. */
export type Accept = (socket: WebSocket) => void;

/** Both ends, open. */
export interface SocketPair extends AsyncDisposable {
  /** Socket that the server accepted. */
  readonly server: WebSocket;
  /** Socket that opened the connection. */
  readonly client: WebSocket;
}

/** Waits for an event of a socket. */
export async function next<Type extends keyof WebSocketEventMap>(
  socket: WebSocket,
  type: Type,
): Promise<WebSocketEventMap[Type]> {
  const [event] = await once(socket, type);
  return event;
}

/** Opens a connection on a free port. */
export async function openPair(accept: Accept = () => {}, connect: Accept = () => {}): Promise<SocketPair> {
  const accepted = Promise.withResolvers<WebSocket>();
  const listener = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    accept(socket);
    accepted.resolve(socket);
    return response;
  });
  const client = new WebSocket(`ws://127.0.0.1:${listener.addr.port}`);
  connect(client);
  const [server] = await Promise.all([accepted.promise, next(client, "open")]);
  if (server.readyState !== WebSocket.OPEN) await next(server, "open");
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      await closePair(server, client);
      await listener.shutdown();
    },
  };
}

/** Closes both ends, if they are open, and waits until both know. */
export async function closePair(one: WebSocket, other: WebSocket, code?: number): Promise<void> {
  const closes = [one, other].filter(({ readyState }) => readyState !== WebSocket.CLOSED).map((each) =>
    next(each, "close")
  );
  if (one.readyState === WebSocket.OPEN) one.close(code);
  await Promise.all(closes);
}
