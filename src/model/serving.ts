/**
 * Where an HTTP server listens, what it answers and to whom. Plain data, so that it can be sent to a thread.
 *
 * @module
 */

/** The token of an administrator: itself, or the file that it stands in. */
export type AdminCredentials = { readonly bearer: string } | { readonly bearerFile: string };

/** What a request must bring along: a secret itself, or the file that it stands in. */
export type Credentials =
  | AdminCredentials
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly passwordFile: string };

/** Which pages of other sites may read what is answered. */
export interface CorsOptions {
  /** Their origins, such as `"https://grafana.example.com"`, or `"*"` for all of them. */
  readonly origins: readonly string[];
}

/** The PEM files of TLS. */
export interface TlsFiles {
  /** The certificate, those that vouch for it behind it. */
  readonly certFile: string;
  /** Its private key. */
  readonly keyFile: string;
}

/** What HTTP routes answer, to whom, and how much at once. Plain data, so that it can be sent to a thread. */
export interface RouteSettings {
  /** Whether `/internal/metrics` answers too. */
  readonly internalMetrics: boolean;
  /** What requests must bring along; `undefined` if nothing. */
  readonly auth: Credentials | undefined;
  /** What a change of settings must bring along; `undefined` if there is none. */
  readonly admin: AdminCredentials | undefined;
  /** Scrapes that are answered at the same time. */
  readonly scrapesMax: number;
  /** Milliseconds that a scrape may take from its request until its answer is sent. */
  readonly scrapeTimeoutMs: number;
  /** Bytes of answers that are being sent at the same time, above which the next scrape waits. */
  readonly responseBytesMax: number;
  /** Bytes that a request's body may have. */
  readonly requestBytesMax: number;
  /** Clients of the live feed at the same time. */
  readonly liveClientsMax: number;
  /** The origins of pages that may read the answers, or `"*"`. */
  readonly corsOrigins: readonly string[];
}

/** Where an HTTP server is to listen, and what it answers. */
export interface ListenOptions extends RouteSettings {
  /** Host name or address. */
  readonly host: string;
  /** TCP port; 0 for any free one. */
  readonly port: number;
  /** The certificate and key to serve over TLS with; `undefined` for plain HTTP. */
  readonly tls: TlsFiles | undefined;
  /** The names that are answered to, besides those of this machine; `undefined` if that depends on the address. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Where an HTTP server listens. */
export interface ListenAddress {
  /** Host address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
}
