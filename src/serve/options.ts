/**
 * Where to serve: options, environment, defaults.
 *
 * @module
 */

import { checkOptionNames, rangeError, typeError } from "../errors.ts";
import type { ListenOptions } from "../model.ts";

/** Where to serve. */
export interface ServeOptions {
  /**
   * Host name or address to listen on; `OTEL_EXPORTER_PROMETHEUS_HOST` if that may be read and is
   * set, else 127.0.0.1.
   */
  readonly host?: string;
  /**
   * TCP port, 0 for any free one; `OTEL_EXPORTER_PROMETHEUS_PORT` if that may be read and is set,
   * else 9464.
   */
  readonly port?: number;
}

const HOST_DEFAULT = "127.0.0.1";
const PORT_DEFAULT = 9_464;
const PORT_MAX = 65_535;

/**
 * Checks options, and fills in the environment and the defaults.
 *
 * @throws {TypeError} If an option has the wrong type
 * @throws {RangeError} If the port is none
 */
export function resolveServeOptions(options: ServeOptions): ListenOptions {
  checkOptionNames("serve metrics", options, ["host", "port"]);
  const host = options.host ?? environment("OTEL_EXPORTER_PROMETHEUS_HOST") ?? HOST_DEFAULT;
  if (typeof host !== "string") throw typeError("serve metrics", "host", "be a string", host);
  if (host === "") throw rangeError("serve metrics", "host", "be an address or a name", host);
  if (options.port !== undefined) return { host, port: checkPort("port", options.port) };
  const portText = environment("OTEL_EXPORTER_PROMETHEUS_PORT");
  if (portText === undefined) return { host, port: PORT_DEFAULT };
  const port = /^\d+$/.test(portText) ? Number(portText) : portText;
  return { host, port: checkPort("OTEL_EXPORTER_PROMETHEUS_PORT", port) };
}

/** `host:port` as it stands in a URL or a permission. */
export function hostAndPort({ host, port }: ListenOptions): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function checkPort(field: string, port: unknown): number {
  if (typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= PORT_MAX) return port;
  throw rangeError("serve metrics", field, `be a whole number from 0 to ${PORT_MAX}`, port);
}

/** A variable that is set, if it may be read without a prompt. */
function environment(name: string): string | undefined {
  if (typeof Deno === "undefined") return undefined;
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  const value = Deno.env.get(name);
  return value === "" ? undefined : value;
}
