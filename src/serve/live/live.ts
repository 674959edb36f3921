/**
 * Routes of the live feed: a WebSocket, and server-sent events for networks whose proxies interrupt WebSockets.
 *
 * @module
 */

import type { Context, Hono } from "hono";
import { accepts } from "../http/accept.ts";
import { EVENT_STREAM, EVENT_STREAM_HEADERS, eventStream } from "./event_stream.ts";
import type { LiveHub } from "./live_hub.ts";
import { liveQueryOf } from "./live_query.ts";
import { checkHandshake, upgradeSocket } from "./live_socket.ts";
import { type Origins, refuseOtherSites } from "../auth/origins.ts";
import { HttpProblem } from "../http/problem.ts";

/** Path of the WebSocket. */
export const LIVE_PATH = "/live";
const EVENTS_PATH = "/live/sse";

/**
 * Adds the routes of the live feed.
 *
 * @param origins Other origins whose pages may follow the feed; others are refused, because they could take places
 */
export function addLive(app: Hono, hub: LiveHub, origins: Origins): void {
  app.get(LIVE_PATH, async ({ req, env }) => {
    checkHandshake(req.raw, origins);
    const place = await hub.admit(liveQueryOf(req.url));
    try {
      return upgradeSocket(req.raw, env, place);
    } catch (error) {
      place.leave();
      throw error;
    }
  });

  app.get(EVENTS_PATH, async (context) => {
    const query = liveQueryOf(context.req.url);
    checkEvents(context);
    refuseOtherSites(context.req.raw, origins);
    if (context.req.method === "HEAD") return new Response(null, { headers: EVENT_STREAM_HEADERS });
    return new Response(eventStream(await hub.admit(query)), { headers: EVENT_STREAM_HEADERS });
  });
}

function checkEvents({ req }: Context): void {
  if (accepts(req.header("accept"), EVENT_STREAM)) return;
  throw new HttpProblem(406, `${req.path} is ${EVENT_STREAM} only`, { vary: "accept" });
}
