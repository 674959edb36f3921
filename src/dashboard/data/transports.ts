/**
 * The ways to the feed: a WebSocket, and server-sent events for where those are cut.
 *
 * @module
 */

import type { LiveMessage } from "../../model/live_frames.ts";
import type { Transport } from "./feed_client.ts";

const PATH = "/live";
/** Events are called as the messages that they carry. */
const MESSAGES: readonly LiveMessage["type"][] = ["start", "frame"];

/**
 * Both.
 *
 * @param base What comes before the paths, empty or without a slash at its end
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
    // It would try again by itself, at its own pace.
    source.onerror = () => {
      source.close();
      onEnd();
    };
    return () => source.close();
  };
}
