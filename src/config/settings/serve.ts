/**
 * Settings of serving: address, routes and credentials.
 *
 * @module
 */

import type { Duration } from "../../check/duration.ts";
import type { AdminCredentials, CorsOptions, Credentials, TlsFiles } from "../../model/serving.ts";
import {
  checkAdmin,
  checkAuth,
  checkTls,
  type ProtectedCredentials,
  type ProtectedToken,
} from "../kinds/protection.ts";
import { checkAllowedHosts, checkAllowedHostsText, checkCors } from "../kinds/sites.ts";
import { durationOrSeconds, filled, FLAG, type Schema, seconds, whole } from "../kinds/kind.ts";
import { member, named, namedInFile, setting } from "./setting.ts";

/** Options of the HTTP routes. Omitted ones come from the environment, else from the metrics' configuration file. */
export interface RoutesOptions {
  /**
   * Whether `/internal/metrics` serves the same as `/metrics`.
   *
   * @default {false}
   */
  readonly internalMetrics?: boolean;
  /**
   * Credentials that requests require: a bearer token, or a name and a password, themselves or in a file. All routes
   * require them except `/health`, `/health/live` and `/health/ready`, which show the status and nothing else. None by
   * default.
   */
  readonly auth?: Credentials;
  /**
   * Token of `/admin/settings`, itself or in a file. No other credentials are accepted there, and the token is accepted
   * nowhere else. Without one the routes under `/admin` do not exist.
   */
  readonly admin?: AdminCredentials;
  /**
   * Maximum number of scrapes at the same time; more are answered 503.
   *
   * @default {100}
   */
  readonly scrapesMax?: number;
  /**
   * Time from the request of a scrape until its answer must be sent, 10 ms to 10 min.
   *
   * @default {"10s"}
   */
  readonly scrapeTimeout?: Duration;
  /**
   * Bytes of answers in flight above which the next scrape waits.
   *
   * @default {67_108_864}
   */
  readonly responseBytesMax?: number;
  /**
   * Maximum bytes of a request's body, although no route reads one; larger bodies are answered 413.
   *
   * @default {65_536}
   */
  readonly requestBytesMax?: number;
  /**
   * Maximum number of clients of the live feed; more are answered 503.
   *
   * @default {200}
   */
  readonly liveClientsMax?: number;
  /**
   * Other origins whose pages may read the answers and follow the live feed, except those under `/admin`. Credentials
   * stored by a browser are only allowed for named origins, not for `"*"`. None by default.
   */
  readonly cors?: CorsOptions;
}

/** Options of an HTTP server. Omitted ones come from the environment, else from the metrics' configuration file. */
export interface ServeOptions extends RoutesOptions {
  /**
   * Host name or address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  readonly host?: string;
  /**
   * TCP port, 0 for any free one.
   *
   * @default {9464}
   */
  readonly port?: number;
  /** Certificate and key for HTTPS; plain HTTP by default. */
  readonly tls?: TlsFiles;
  /**
   * Accepted names in `Host` besides those of this machine, without ports; other requests are answered 421. By default
   * a server on a loopback address without `auth` accepts only `localhost`, 127.0.0.0/8, `[::1]` and its own `host`,
   * because any site can resolve its own name to a loopback address; any other server accepts every name.
   */
  readonly allowedHosts?: readonly string[];
}

const TEXT: Schema = { type: "string", minLength: 1 };
const TEXTS: Schema = { type: "array", items: TEXT };

function objectOf(...keys: readonly string[]): Schema {
  const properties = Object.fromEntries(keys.map((key) => [key, TEXT]));
  return { type: "object", properties, additionalProperties: false, minProperties: 1 };
}

/** Rows of {@linkcode RoutesOptions}. */
export const ROUTES = {
  internalMetrics: setting({
    ...named("internalMetrics"),
    ...FLAG,
    aliases: [{ variable: "METRICS_PROMETHEUS_ENABLED" }],
    fallback: false,
    description: "Whether `/internal/metrics` serves the same as `/metrics`",
  }),
  auth: setting<ProtectedCredentials | undefined>({
    ...namedInFile("auth"),
    check: checkAuth,
    schema: objectOf("bearer", "bearer_file", "username", "password", "password_file"),
    members: {
      bearer: member("auth", "bearer", "METRICS_AUTH_TOKEN"),
      bearerFile: member("auth", "bearerFile", "METRICS_AUTH_TOKEN_FILE"),
      username: member("auth", "username"),
      password: member("auth", "password"),
      passwordFile: member("auth", "passwordFile"),
    },
    fallback: undefined,
    shownDefault: "none",
    description:
      "Credentials of all routes except `/health`, `/health/live`, `/health/ready`; files need `--allow-read`",
  }),
  admin: setting<ProtectedToken | undefined>({
    ...namedInFile("admin"),
    check: checkAdmin,
    schema: objectOf("bearer", "bearer_file"),
    members: {
      bearer: member("admin", "bearer", "METRICS_ADMIN_TOKEN"),
      bearerFile: member("admin", "bearerFile", "METRICS_ADMIN_TOKEN_FILE"),
    },
    fallback: undefined,
    shownDefault: "no routes under `/admin`",
    description: "Token of `/admin/settings`; a file needs `--allow-read`",
  }),
  scrapesMax: setting({
    ...named("scrapesMax"),
    ...whole(1, 100_000),
    fallback: 100,
    description: "Maximum number of scrapes at the same time; more are answered 503",
  }),
  scrapeTimeoutMs: setting({
    ...named("scrapeTimeout"),
    ...durationOrSeconds("10ms", "10m", seconds(0.01, 600)),
    fallback: 10_000,
    shownDefault: '`"10s"`',
    description:
      "Time from the request of a scrape until its answer must be sent; a bare number in the environment is seconds",
  }),
  responseBytesMax: setting({
    ...named("responseBytesMax"),
    ...whole(1, 2 ** 40, "bytes"),
    fallback: 2 ** 26,
    description: "Size of answers in flight above which scrapes wait",
  }),
  requestBytesMax: setting({
    ...named("requestBytesMax"),
    ...whole(0, 2 ** 30, "bytes"),
    fallback: 2 ** 16,
    description: "Maximum size of a request's body; larger ones are answered 413",
  }),
  liveClientsMax: setting({
    ...named("liveClientsMax"),
    ...whole(1, 100_000),
    fallback: 200,
    description: "Maximum number of clients of the live feed; more are answered 503",
  }),
  cors: setting<CorsOptions>({
    ...namedInFile("cors"),
    check: checkCors,
    schema: { type: "object", properties: { origins: TEXTS }, required: ["origins"], additionalProperties: false },
    members: { origins: member("cors", "origins") },
    fallback: { origins: [] },
    shownDefault: "none",
    description: 'Origins whose pages may read the answers, comma-separated in the environment; `"*"` for every site',
  }),
};

/**
 * Rows of {@linkcode ServeOptions} alone. The variables of host and port are OpenTelemetry's: Kubernetes sets
 * `METRICS_PORT` for every service that is called "metrics".
 */
export const LISTEN = {
  host: setting({
    ...named("host"),
    ...filled("be an address or a name"),
    variable: "OTEL_EXPORTER_PROMETHEUS_HOST",
    fallback: "127.0.0.1",
    description: "Host name or address to listen on",
  }),
  port: setting({
    ...named("port"),
    ...whole(0, 65_535),
    variable: "OTEL_EXPORTER_PROMETHEUS_PORT",
    fallback: 9_464,
    description: "TCP port, 0 for any free one",
  }),
  tls: setting<TlsFiles | undefined>({
    ...namedInFile("tls"),
    check: checkTls,
    schema: objectOf("cert_file", "key_file"),
    members: { certFile: member("tls", "certFile"), keyFile: member("tls", "keyFile") },
    fallback: undefined,
    shownDefault: "plain HTTP",
    description: "Certificate and key for HTTPS, in PEM; need `--allow-read`",
  }),
  allowedHosts: setting<readonly string[] | undefined>({
    ...named("allowedHosts"),
    check: checkAllowedHosts,
    checkText: checkAllowedHostsText,
    schema: TEXTS,
    fallback: undefined,
    shownDefault: "on loopback without `auth` the names of this machine, else every name",
    description: "Accepted names in `Host`, comma-separated in the environment",
  }),
};

/** Rows of all settings of serving. */
export const SERVE = { ...ROUTES, ...LISTEN };
