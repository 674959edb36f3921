/**
 * Authentication by HTTP bearer tokens and basic authentication.
 *
 * Credentials are compared by their digests, in a time that depends on neither side, so that answers do not reveal how
 * much of a guess is right.
 *
 * Sources: RFC 6750, "The OAuth 2.0 Authorization Framework: Bearer Token Usage"; RFC 7617, "The 'Basic' HTTP
 * Authentication Scheme".
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { checkPassword, checkToken } from "../../config/kinds/protection.ts";
import { HIDDEN, rangeError } from "../../check/errors.ts";
import type { Credentials } from "../../model/serving.ts";
import { readServeFile } from "./files.ts";

/** Check of credentials. */
export interface Guard {
  /** Value of `WWW-Authenticate`. */
  readonly challenge: string;
  /** Whether the value of an `Authorization` header has the right credentials. */
  admits(authorization: string | undefined): boolean;
}

/** Expected scheme and credentials, as written in the header. */
interface Expected {
  readonly scheme: "Bearer" | "Basic";
  readonly credentials: string;
}

/**
 * Creates a guard. Credentials in files are read once, immediately.
 *
 * @throws {Error} If a file cannot be read
 * @throws {RangeError} If a file contains no secret, or an invalid one
 */
export function createGuard(settings: Credentials): Guard {
  return guardOf(expectedOf(settings));
}

/**
 * Creates the guard for an administrator's token.
 *
 * @param others Guard of all other routes, if there is one
 * @throws {Error} If a file cannot be read
 * @throws {RangeError} If the file contains no secret, or the other guard would admit it
 */
export function createAdminGuard(settings: Credentials, others: Guard | undefined): Guard {
  const expected = expectedOf(settings);
  // Otherwise each scraper could change settings.
  if (others?.admits(`${expected.scheme} ${expected.credentials}`)) {
    throw rangeError("serve metrics", "admin", "differ from the token of auth", HIDDEN);
  }
  return guardOf(expected);
}

function guardOf({ scheme, credentials }: Expected): Guard {
  const expectedDigest = digest(credentials);
  return {
    challenge: scheme === "Basic" ? 'Basic realm="Hotpath", charset="UTF-8"' : 'Bearer realm="Hotpath"',
    admits: (authorization = "") => {
      const [, givenScheme = "", given = ""] = /^([!-~]+) +([!-~]+)$/.exec(authorization) ?? [];
      const isEqual = timingSafeEqual(digest(given), expectedDigest);
      return isEqual && givenScheme.toLowerCase() === scheme.toLowerCase();
    },
  };
}

function expectedOf(settings: Credentials): Expected {
  if ("bearer" in settings) return { scheme: "Bearer", credentials: settings.bearer };
  if ("bearerFile" in settings) {
    return { scheme: "Bearer", credentials: readSecret(settings.bearerFile, "token", checkToken) };
  }
  const password = "password" in settings
    ? settings.password
    : readSecret(settings.passwordFile, "password", checkPassword);
  const credentials = new TextEncoder().encode(`${settings.username}:${password}`).toBase64();
  return { scheme: "Basic", credentials };
}

/** Returns the contents of a file, without the trailing line feed that editors add. */
function readSecret(path: string, noun: string, check: typeof checkToken): string {
  const text = readServeFile(path, `${noun} file`).replace(/\r?\n$/, "");
  return check({ action: "serve metrics", path: `the ${noun}`, source: path }, text);
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
