/**
 * Where to serve, and what: options, environment, configuration file, defaults.
 *
 * @module
 */

import { type ConfigValues, resolveSetting } from "../config/layers.ts";
import { checkOptionNames } from "../errors.ts";
import type { ListenAddress, ListenOptions } from "../model.ts";

/** Where to serve. */
export interface ServeOptions {
  /**
   * Host name or address to listen on; `OTEL_EXPORTER_PROMETHEUS_HOST` if that may be read and is
   * set, else `host` of the metrics' configuration file, else 127.0.0.1.
   */
  readonly host?: string;
  /**
   * TCP port, 0 for any free one; `OTEL_EXPORTER_PROMETHEUS_PORT` if that may be read and is set,
   * else `port` of the metrics' configuration file, else 9464.
   */
  readonly port?: number;
  /**
   * Whether `/internal/metrics` answers as `/metrics` does; `METRICS_PROMETHEUS_ENABLED` if that may
   * be read and is set, else false.
   */
  readonly internalMetrics?: boolean;
}

/** What the routes are, where they are mounted on an app. */
export type RoutesOptions = Pick<ServeOptions, "internalMetrics">;

const ACTION = "serve metrics";

/**
 * Checks options, and fills in the environment, the configuration file and the defaults.
 *
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If the port is none
 */
export function resolveServeOptions(options: ServeOptions, config: ConfigValues = {}): ListenOptions {
  checkOptionNames(ACTION, options, ["host", "port", "internalMetrics"]);
  return {
    host: resolveSetting(ACTION, "host", options.host, config),
    port: resolveSetting(ACTION, "port", options.port, config),
    internalMetrics: resolveSetting(ACTION, "internalMetrics", options.internalMetrics, config),
  };
}

/**
 * Whether `/internal/metrics` answers.
 *
 * @throws {TypeError} If an option has the wrong type or is unknown
 */
export function isInternalMetrics(options: RoutesOptions): boolean {
  checkOptionNames(ACTION, options, ["internalMetrics"]);
  return resolveSetting(ACTION, "internalMetrics", options.internalMetrics, {});
}

/** `host:port` as it stands in a URL or a permission. */
export function hostAndPort({ host, port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
