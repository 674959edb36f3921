/**
 * Address of an HTTP server, its answers, and who gets them. Plain data, so that it can be sent to a thread.
 *
 * @module
 */

/** Token of an administrator: itself, or the file that contains it. */
export type AdminCredentials = { readonly bearer: string } | { readonly bearerFile: string };

/** Credentials that a request must have: a secret itself, or the file that contains it. */
export type Credentials =
  | AdminCredentials
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly passwordFile: string };

/** Pages of other origins that may read the answers. */
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

/** Answers of HTTP routes, their credentials and limits. Plain data, so that it can be sent to a thread. */
export interface RouteSettings {
  /** Whether `/internal/metrics` answers too. */
  readonly internalMetrics: boolean;
  /** Credentials that requests must have; `undefined` for none. */
  readonly auth: Credentials | undefined;
  /** Credentials that a change of settings must have; `undefined` if settings cannot be changed. */
  readonly admin: AdminCredentials | undefined;
  /** Maximum of scrapes in flight. */
  readonly scrapesMax: number;
  /** Milliseconds that a scrape may take from its request until its answer is sent. */
  readonly scrapeTimeoutMs: number;
  /** Bytes of answers in flight, above which the next scrape waits. */
  readonly responseBytesMax: number;
  /** Maximum of bytes of a request's body. */
  readonly requestBytesMax: number;
  /** Maximum of clients of the live feed. */
  readonly liveClientsMax: number;
  /** Origins of pages that may read the answers, or `"*"`. */
  readonly corsOrigins: readonly string[];
}

/** Address of an HTTP server, and its answers. */
export interface ListenOptions extends RouteSettings {
  /** Host name or address. */
  readonly host: string;
  /** TCP port; 0 for any free one. */
  readonly port: number;
  /** Certificate and key for TLS; `undefined` for plain HTTP. */
  readonly tls: TlsFiles | undefined;
  /** Host names that are answered besides those of this machine; `undefined` if that depends on the address. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Address on which an HTTP server listens. */
export interface ListenAddress {
  /** Host address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
}
