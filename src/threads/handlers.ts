/**
 * What an aggregator answers to each request, on whichever thread it runs.
 *
 * @module
 */

import { READING_NAMES, type ReadingName, type Readings } from "../api/readings.ts";
import { LIVE } from "../model/live_request.ts";
import type { ListenOptions } from "../model/serving.ts";
import type { Aggregator } from "../aggregate/aggregator.ts";
import type { RequestName, Requests } from "./protocol.ts";

/** A function for each request. */
export type RequestHandlers = {
  readonly [Name in RequestName]: (argument: Requests[Name][0]) => Promise<Requests[Name][1]>;
};

type ReadingHandlers = Pick<RequestHandlers, ReadingName>;

/** An HTTP server that can be stopped. */
type Listening = Awaited<ReturnType<typeof startServer>>;

/** The handlers of an aggregator. */
export function requestHandlers(aggregator: Aggregator): RequestHandlers {
  /** From the request on, so that a second one is refused and a close waits for the first. */
  let server: Promise<Listening> | undefined;
  let isClosed = false;
  /** Flushes under way. */
  const flushes = new Set<Promise<void>>();
  const unlisten = async (): Promise<undefined> => {
    // A server that did not start has told its caller so.
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
      if (server !== undefined) throw new Error("Cannot serve metrics: they are served already");
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
      // Those that still wait for an announcement: after the answer to this, nobody would hear theirs.
      await Promise.allSettled(flushes);
      return { snapshot: aggregator.snapshotNow(), exposition: await aggregator.expose({}) };
    },
  };
}

/** Handlers of the readings: the aggregator's methods of the same names. */
function readingHandlers(source: Readings): ReadingHandlers {
  return Object.fromEntries(
    READING_NAMES.map((name) => [name, (argument: never) => source[name](argument)]),
  ) as unknown as ReadingHandlers;
}

/** Loads the server only when something is served, so that Hono is no dependency of recording. */
async function startServer(aggregator: Aggregator, options: ListenOptions) {
  const { listen } = await import("../serve/listener.ts");
  return await listen(aggregator, options);
}
