/**
 * Options of serving: address, answers, credentials and limits, from options, environment, configuration file and
 * defaults.
 *
 * @module
 */

import { type ConfigValues, resolveSetting } from "../config/layers.ts";
import type { ProtectedCredentials, ProtectedToken } from "../config/protection.ts";
import type { Duration } from "../check/duration.ts";
import { checkOptionNames } from "../check/options.ts";
import type {
  AdminCredentials,
  CorsOptions,
  Credentials,
  ListenOptions,
  RouteSettings,
  TlsFiles,
} from "../model/serving.ts";

/** Options of the HTTP routes. */
export interface RoutesOptions {
  /**
   * Whether `/internal/metrics` answers as `/metrics` does. Else `METRICS_PROMETHEUS_ENABLED`, if that may be read and
   * is set.
   *
   * @default {false}
   */
  readonly internalMetrics?: boolean;
  /**
   * Credentials that a request must have: a bearer token, or a name and a password, themselves or in a file. Everything
   * requires them but `/health`, `/health/live` and `/health/ready`, which return only the status. Else
   * `METRICS_AUTH_TOKEN` and the like, if that may be read and is set, else `auth` of the metrics' configuration file,
   * else none.
   */
  readonly auth?: Credentials;
  /**
   * Token that opens `/admin/settings`, itself or in a file; nothing else opens it, and it opens nothing else. Else
   * `METRICS_ADMIN_TOKEN` or `METRICS_ADMIN_TOKEN_FILE`, if that may be read and is set, else `admin` of the metrics'
   * configuration file; without any, `/admin` does not exist.
   */
  readonly admin?: AdminCredentials;
  /**
   * Maximum of scrapes in flight; more are refused with 503. Else `METRICS_SCRAPES_MAX`, if that may be read and is
   * set, else `scrapes_max` of the metrics' configuration file.
   *
   * @default {100}
   */
  readonly scrapesMax?: number;
  /**
   * Time that a scrape may take from its request until its answer is sent, `"10ms"` to `"10m"`. Else
   * `METRICS_SCRAPE_TIMEOUT` in seconds, if that may be read and is set, else `scrape_timeout` of the metrics'
   * configuration file.
   *
   * @default {"10s"}
   */
  readonly scrapeTimeout?: Duration;
  /**
   * Bytes of answers in flight, above which the next scrape waits. Else `METRICS_RESPONSE_BYTES_MAX`, if that may be
   * read and is set, else `response_bytes_max` of the metrics' configuration file.
   *
   * @default {67_108_864}
   */
  readonly responseBytesMax?: number;
  /**
   * Maximum of bytes of a request's body, although no body is read. Else `METRICS_REQUEST_BYTES_MAX`, if that may be
   * read and is set, else `request_bytes_max` of the metrics' configuration file.
   *
   * @default {65_536}
   */
  readonly requestBytesMax?: number;
  /**
   * Maximum of clients of the live feed; more are refused with 503. Else `METRICS_LIVE_CLIENTS_MAX`, if that may be
   * read and is set, else `live_clients_max` of the metrics' configuration file.
   *
   * @default {200}
   */
  readonly liveClientsMax?: number;
  /**
   * Pages of other origins that may read the answers and follow the metrics live; those under `/admin` are open to
   * none. Credentials that a browser keeps are only for origins that are named, not for `"*"`. Else
   * `METRICS_CORS_ORIGINS`, separated by commas, if that may be read and is set, else `cors` of the metrics'
   * configuration file, else none.
   */
  readonly cors?: CorsOptions;
}

/** Options of an HTTP server. */
export interface ServeOptions extends RoutesOptions {
  /**
   * Host name or address to listen on. Else `OTEL_EXPORTER_PROMETHEUS_HOST`, if that may be read and is set, else
   * `host` of the metrics' configuration file.
   *
   * @default {"127.0.0.1"}
   */
  readonly host?: string;
  /**
   * TCP port; 0 for any free one. Else `OTEL_EXPORTER_PROMETHEUS_PORT`, if that may be read and is set, else `port` of
   * the metrics' configuration file.
   *
   * @default {9464}
   */
  readonly port?: number;
  /**
   * Certificate and key for HTTPS. Else `METRICS_TLS_CERT_FILE` and `METRICS_TLS_KEY_FILE`, if they may be read and are
   * set, else `tls` of the metrics' configuration file, else plain HTTP.
   */
  readonly tls?: TlsFiles;
  /**
   * Names that `Host` may have besides those of this machine, without a port; a request with another one is refused
   * with 421. Else `METRICS_ALLOWED_HOSTS`, separated by commas, if that may be read and is set, else `allowed_hosts`
   * of the metrics' configuration file. Without any of them, a server on a loopback address without `auth` answers only
   * to `localhost`, 127.0.0.0/8, `[::1]` and its `host`, because a page of any site can have its name resolve to one of
   * them; any other server answers to every name.
   */
  readonly allowedHosts?: readonly string[];
}

const ACTION = "serve metrics";

const ROUTES_OPTION_NAMES: readonly (keyof RoutesOptions)[] = [
  "internalMetrics",
  "auth",
  "admin",
  "scrapesMax",
  "scrapeTimeout",
  "responseBytesMax",
  "requestBytesMax",
  "liveClientsMax",
  "cors",
];

/**
 * Checks options, and fills in the environment, the configuration file and the defaults.
 *
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 */
export function resolveServeOptions(options: ServeOptions, config: ConfigValues = {}): ListenOptions {
  checkOptionNames(ACTION, options, ["host", "port", "tls", "allowedHosts", ...ROUTES_OPTION_NAMES]);
  return {
    host: resolveSetting(ACTION, "host", options.host, config),
    port: resolveSetting(ACTION, "port", options.port, config),
    tls: resolveSetting(ACTION, "tls", options.tls, config),
    allowedHosts: resolveSetting(ACTION, "allowedHosts", options.allowedHosts, config),
    ...resolveRoutes(options, config),
  };
}

/**
 * Checks options of mounted routes, and fills in the environment, the configuration file and the defaults.
 *
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 */
export function resolveRoutesOptions(options: RoutesOptions, config: ConfigValues = {}): RouteSettings {
  checkOptionNames(ACTION, options, ROUTES_OPTION_NAMES);
  return resolveRoutes(options, config);
}

function resolveRoutes(options: RoutesOptions, config: ConfigValues): RouteSettings {
  const auth = resolveSetting(ACTION, "auth", options.auth, config);
  const admin = resolveSetting(ACTION, "admin", options.admin, config);
  return {
    internalMetrics: resolveSetting(ACTION, "internalMetrics", options.internalMetrics, config),
    auth: auth && revealed(auth),
    admin: admin && revealedToken(admin),
    scrapesMax: resolveSetting(ACTION, "scrapesMax", options.scrapesMax, config),
    scrapeTimeoutMs: resolveSetting(ACTION, "scrapeTimeoutMs", options.scrapeTimeout, config),
    responseBytesMax: resolveSetting(ACTION, "responseBytesMax", options.responseBytesMax, config),
    requestBytesMax: resolveSetting(ACTION, "requestBytesMax", options.requestBytesMax, config),
    liveClientsMax: resolveSetting(ACTION, "liveClientsMax", options.liveClientsMax, config),
    corsOrigins: resolveSetting(ACTION, "cors", options.cors, config).origins,
  };
}

/** Returns plain data, which can be sent to another thread. */
function revealed(auth: ProtectedCredentials): Credentials {
  if ("bearer" in auth || "bearerFile" in auth) return revealedToken(auth);
  if ("password" in auth) return { username: auth.username, password: auth.password.reveal() };
  return auth;
}

function revealedToken(token: ProtectedToken): AdminCredentials {
  return "bearer" in token ? { bearer: token.bearer.reveal() } : token;
}
