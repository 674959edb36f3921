/**
 * Handlers of the requests to an aggregator, in a worker or inline.
 *
 * @module
 */

import { READING_NAMES, type ReadingName, type Readings } from "../api/readings.ts";
import { LIVE } from "../model/live_request.ts";
import type { ListenOptions } from "../model/serving.ts";
import type { Aggregator } from "../aggregate/aggregator.ts";
import type { RequestName, Requests } from "./protocol.ts";

/** Handler of each request. */
export type RequestHandlers = {
  readonly [Name in RequestName]: (argument: Requests[Name][0]) => Promise<Requests[Name][1]>;
};

type ReadingHandlers = Pick<RequestHandlers, ReadingName>;

type Listening = Awaited<ReturnType<typeof startServer>>;

/** Creates the handlers of an aggregator. */
export function requestHandlers(aggregator: Aggregator): RequestHandlers {
  /** Server, set as soon as it is requested, so that a second request is rejected and `close` waits for the first. */
  let server: Promise<Listening> | undefined;
  let isClosed = false;
  /** Pending flushes. */
  const flushes = new Set<Promise<void>>();
  const unlisten = async (): Promise<undefined> => {
    // A server that did not start has rejected its request.
    const listening = await server?.catch(() => undefined);
    await listening?.close();
    server = undefined;
  };
  return {
    ...readingHandlers(aggregator),
    flush: async () => {
      const settling = aggregator.intake.settle();
      flushes.add(settling);
      await settling.finally(() => flushes.delete(settling));
      return undefined;
    },
    live: (request) => aggregator[LIVE](request),
    listen: async (options: ListenOptions) => {
      if (isClosed) throw new Error("Cannot serve metrics: they are closed");
      if (server !== undefined) throw new Error("Cannot serve metrics: they are already served");
      server = startServer(aggregator, options);
      try {
        return (await server).address;
      } catch (error) {
        server = undefined;
        throw error;
      }
    },
    unlisten,
    close: async () => {
      isClosed = true;
      await unlisten();
      await aggregator.intake.finish();
      // Some flushes may still wait for an announcement; answers to them would be ignored after the answer to this
      // request.
      await Promise.allSettled(flushes);
      return { snapshot: aggregator.snapshotNow(), exposition: await aggregator.expose({}) };
    },
  };
}

/** Returns the handlers of readings, which call the aggregator's methods of the same names. */
function readingHandlers(source: Readings): ReadingHandlers {
  return Object.fromEntries(
    READING_NAMES.map((name) => [name, (argument: never) => source[name](argument)]),
  ) as unknown as ReadingHandlers;
}

/** Loads the server on demand, so that recording does not depend on Hono. */
async function startServer(aggregator: Aggregator, options: ListenOptions) {
  const { listen } = await import("../serve/listener.ts");
  return await listen(aggregator, options);
}
