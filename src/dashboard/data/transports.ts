/**
 * Transports of the live feed: a WebSocket, and server-sent events for networks whose proxies block WebSockets.
 *
 * @module
 */

import type { LiveMessage } from "../../model/live_frames.ts";
import type { Transport } from "./feed_client.ts";

const PATH = "/live";
/** Types of messages, which are also the names of their events. */
const MESSAGES: readonly LiveMessage["type"][] = ["start", "frame"];

/**
 * Returns both transports, the WebSocket first.
 *
 * @param base Path at which the server's routes are mounted, without a trailing slash
 */
export function transportsTo(base: string): Transport[] {
  return [socketTo(`${base}${PATH}`), eventsFrom(`${base}${PATH}/sse`)];
}

function socketTo(path: string): Transport {
  return ({ onOpen, onText, onEnd }) => {
    const socket = new WebSocket(path);
    socket.onopen = onOpen;
    socket.onmessage = ({ data }) => onText(data);
    socket.onclose = onEnd;
    return () => {
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
    };
  };
}

function eventsFrom(path: string): Transport {
  return ({ onOpen, onText, onEnd }) => {
    const source = new EventSource(path);
    const take = ({ data }: MessageEvent<string>) => onText(data);
    source.onopen = onOpen;
    for (const type of MESSAGES) source.addEventListener(type, take);
    // An EventSource would reconnect without the delays of the feed client.
    source.onerror = () => {
      source.close();
      onEnd();
    };
    return () => source.close();
  };
}
