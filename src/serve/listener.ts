/**
 * An HTTP server over a source of metrics, on the thread that calls.
 *
 * @module
 */

import type { ListenAddress, ListenOptions, MetricsSource } from "../model.ts";
import { hostAndPort } from "./options.ts";
import { metricsRoutes } from "./routes.ts";

/** A server that listens. */
export interface Listener {
  /** Where it listens. */
  readonly address: ListenAddress;
  /** Stops accepting, and waits for what is under way. */
  close(): Promise<void>;
}

/**
 * Listens.
 *
 * @throws {Error} If the port is in use, the address is not this machine's, or a permission is missing
 */
export function listen(source: MetricsSource, { host, port, internalMetrics }: ListenOptions): Listener {
  const app = metricsRoutes(source, { internalMetrics });
  try {
    const server = Deno.serve({ hostname: host, port, onListen: () => {} }, (request) => app.fetch(request));
    return {
      address: { host: server.addr.hostname, port: server.addr.port },
      close: () => server.shutdown(),
    };
  } catch (error) {
    const where = hostAndPort({ host, port });
    throw new Error(`Cannot serve metrics on ${where}: ${reasonOf(error, where)}`, { cause: error });
  }
}

function reasonOf(error: unknown, where: string): string {
  if (error instanceof Deno.errors.AddrInUse) return "the port is in use";
  if (error instanceof Deno.errors.AddrNotAvailable) return "the address is not one of this machine's";
  if (error instanceof Deno.errors.PermissionDenied) return "the system does not permit it";
  if (error instanceof Deno.errors.NotCapable) return `permission is missing, run with --allow-net=${where}`;
  return error instanceof Error ? error.message : String(error);
}
