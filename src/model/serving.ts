/**
 * Address, routes and credentials of an HTTP server. Plain data, so that it can be sent to a thread.
 *
 * @module
 */

/** Token of an administrator: the token itself, or the file that contains it. */
export type AdminCredentials = { readonly bearer: string } | { readonly bearerFile: string };

/** Credentials that requests require: a secret itself, or the file that contains it. */
export type Credentials =
  | AdminCredentials
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly passwordFile: string };

/** Other origins whose pages may read the answers. */
export interface CorsOptions {
  /** Origins such as `"https://grafana.example.com"`, or `"*"` for all. */
  readonly origins: readonly string[];
}

/** PEM files for TLS. */
export interface TlsFiles {
  /** Certificate, followed by its chain. */
  readonly certFile: string;
  /** Private key of the certificate. */
  readonly keyFile: string;
}

/** HTTP routes, their credentials and limits. Plain data, so that it can be sent to a thread. */
export interface RouteSettings {
  /** Whether `/internal/metrics` is served. */
  readonly internalMetrics: boolean;
  /** Credentials that requests require; `undefined` for none. */
  readonly auth: Credentials | undefined;
  /** Credentials for changing settings; `undefined` if settings cannot be changed. */
  readonly admin: AdminCredentials | undefined;
  /** Maximum number of scrapes in flight. */
  readonly scrapesMax: number;
  /** Milliseconds from the request of a scrape until its answer must be sent. */
  readonly scrapeTimeoutMs: number;
  /** Bytes of answers in flight above which the next scrape waits. */
  readonly responseBytesMax: number;
  /** Maximum bytes of a request's body. */
  readonly requestBytesMax: number;
  /** Maximum number of clients of the live feed. */
  readonly liveClientsMax: number;
  /** Origins whose pages may read the answers, or `"*"`. */
  readonly corsOrigins: readonly string[];
}

/** Address and routes of an HTTP server. */
export interface ListenOptions extends RouteSettings {
  /** Host name or address. */
  readonly host: string;
  /** TCP port; 0 for any free one. */
  readonly port: number;
  /** Certificate and key for TLS; `undefined` for plain HTTP. */
  readonly tls: TlsFiles | undefined;
  /** Accepted host names besides those of this machine; `undefined` if that depends on the address. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Address on which an HTTP server listens. */
export interface ListenAddress {
  /** Host address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
}
