/**
 * Warning about open access to the metrics, one of the two warnings that the library prints.
 *
 * @module
 */

import type { ListenAddress } from "../model/serving.ts";
import { hostAndPort } from "../platform/listen.ts";
import { isLoopback } from "./auth/hosts.ts";

/** Warns if an address can be reached from elsewhere and no credentials are required. */
export function warnIfOpen(address: ListenAddress, hasAuth: boolean): void {
  if (hasAuth || isLoopback(address.host) || address.host === "localhost") return;
  console.warn(`Hotpath serves metrics on ${hostAndPort(address)} without authentication`);
}
