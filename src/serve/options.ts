/**
 * Where to serve, what, and to whom: options, environment, configuration file, defaults.
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

/** What the routes answer, to whom, and how much at once. */
export interface RoutesOptions {
  /**
   * Whether `/internal/metrics` answers as `/metrics` does; `METRICS_PROMETHEUS_ENABLED` if that may
   * be read and is set, else false.
   */
  readonly internalMetrics?: boolean;
  /**
   * What a request must bring along: a bearer token, or a name and a password, themselves or in a file. Everything
   * needs it but `/health`, `/health/live` and `/health/ready`, which tell nothing but how things go.
   * `METRICS_AUTH_TOKEN` and the like if that may be read and is set, else `auth` of the metrics' configuration file,
   * else nothing.
   */
  readonly auth?: Credentials;
  /**
   * The token that opens `/admin/settings`, itself or in a file; nothing else opens it, and it opens nothing else.
   * `METRICS_ADMIN_TOKEN` or `METRICS_ADMIN_TOKEN_FILE` if that may be read and is set, else `admin` of the metrics'
   * configuration file, else there is nothing at `/admin`.
   */
  readonly admin?: AdminCredentials;
  /**
   * How many scrapes are answered at the same time; more are refused with 503. `METRICS_SCRAPES_MAX` if that may be
   * read and is set, else `scrapes_max` of the metrics' configuration file, else 100.
   */
  readonly scrapesMax?: number;
  /**
   * How long a scrape may take from its request until its answer is sent, `"10ms"` to `"10m"`.
   * `METRICS_SCRAPE_TIMEOUT` in seconds if that may be read and is set, else `scrape_timeout` of the metrics'
   * configuration file, else 10 s.
   */
  readonly scrapeTimeout?: Duration;
  /**
   * How many bytes of answers may be held while they are sent: once there are so many, the next scrape waits.
   * `METRICS_RESPONSE_BYTES_MAX` if that may be read and is set, else `response_bytes_max` of the metrics'
   * configuration file, else 64 MiB.
   */
  readonly responseBytesMax?: number;
  /**
   * How many bytes the body of a request may have, although none is looked at. `METRICS_REQUEST_BYTES_MAX` if that may
   * be read and is set, else `request_bytes_max` of the metrics' configuration file, else 64 KiB.
   */
  readonly requestBytesMax?: number;
  /**
   * How many clients may follow the metrics live at the same time; more are refused with 503.
   * `METRICS_LIVE_CLIENTS_MAX` if that may be read and is set, else `live_clients_max` of the metrics' configuration
   * file, else 200.
   */
  readonly liveClientsMax?: number;
  /**
   * Which pages of other sites may read the answers, and follow the metrics live; those under `/admin` none may.
   * Credentials that a browser keeps are only for origins that are named, not for `"*"`. `METRICS_CORS_ORIGINS`, between
   * commas, if that may be read and is set, else `cors` of the metrics' configuration file, else none.
   */
  readonly cors?: CorsOptions;
}

/** Where to serve. */
export interface ServeOptions extends RoutesOptions {
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
   * The certificate and key to serve HTTPS with; `METRICS_TLS_CERT_FILE` and `METRICS_TLS_KEY_FILE` if they may be
   * read and are set, else `tls` of the metrics' configuration file, else plain HTTP.
   */
  readonly tls?: TlsFiles;
  /**
   * The names that `Host` may have besides those of this machine, without a port; a request with another one is refused
   * with 421. `METRICS_ALLOWED_HOSTS`, between commas, if that may be read and is set, else `allowed_hosts` of the
   * metrics' configuration file. Without any of them, a server on a loopback address without `auth` answers to
   * `localhost`, 127.0.0.0/8, `[::1]` and its own `host` only, because a page of any site can have its own name resolve
   * to one of them; any other server answers to every name.
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
 * The same for routes that are mounted on an app.
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

/** As plain data, because it may have to be sent to another thread. */
function revealed(auth: ProtectedCredentials): Credentials {
  if ("bearer" in auth || "bearerFile" in auth) return revealedToken(auth);
  if ("password" in auth) return { username: auth.username, password: auth.password.reveal() };
  return auth;
}

function revealedToken(token: ProtectedToken): AdminCredentials {
  return "bearer" in token ? { bearer: token.bearer.reveal() } : token;
}
