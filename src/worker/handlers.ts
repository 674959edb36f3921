/**
 * What an aggregator answers to each request, on whichever thread it runs.
 *
 * @module
 */

import type { ListenAddress, ListenOptions } from "../model.ts";
import type { Aggregator } from "./aggregator.ts";
import type { RequestName, Requests } from "./protocol.ts";

/** A function for each request. */
export type RequestHandlers = {
  readonly [Name in RequestName]: (argument: Requests[Name][0]) => Promise<Requests[Name][1]>;
};

/** An HTTP server that can be stopped. */
interface Listening {
  readonly address: ListenAddress;
  close(): Promise<void>;
}

/** The handlers of an aggregator. */
export function requestHandlers(aggregator: Aggregator): RequestHandlers {
  let server: Listening | undefined;
  const unlisten = async (): Promise<undefined> => {
    await server?.close();
    server = undefined;
  };
  return {
    flush: () => {
      aggregator.drainAll();
      return Promise.resolve(undefined);
    },
    snapshot: () => aggregator.snapshot(),
    expose: (accept) => aggregator.expose(accept),
    health: () => aggregator.health(),
    instruments: () => aggregator.instruments(),
    performance: () => aggregator.performance(),
    listen: async (options: ListenOptions) => {
      if (server !== undefined) throw new Error("Cannot serve metrics: they are served already");
      // Loaded only when something is served, so that Hono is no dependency of recording.
      const { listen } = await import("../serve/listener.ts");
      server = listen(aggregator, options);
      return server.address;
    },
    unlisten,
    close: async () => {
      await unlisten();
      return aggregator.snapshotNow();
    },
  };
}
