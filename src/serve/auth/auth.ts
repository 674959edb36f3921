/**
 * Authentication: HTTP's bearer tokens and basic authentication.
 *
 * Credentials are compared by their digests, in a time that depends on neither, so that answers do not reveal how much
 * of a guess was right.
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

/** Checks credentials. */
export interface Guard {
  /** Value of `WWW-Authenticate`. */
  readonly challenge: string;
  /** Whether the value of an `Authorization` header has the right credentials. */
  admits(authorization: string | undefined): boolean;
}

/** Expected scheme and credentials, as they are written. */
interface Expected {
  readonly scheme: "Bearer" | "Basic";
  readonly credentials: string;
}

/**
 * Creates a guard; credentials in files are read once, now.
 *
 * @throws {Error} If a file cannot be read
 * @throws {RangeError} If it contains no secret, or something that cannot be one
 */
export function createGuard(settings: Credentials): Guard {
  return guardOf(expectedOf(settings));
}

/**
 * Creates the guard for an administrator's token.
 *
 * @param others The guard of everything else, if there is one
 * @throws {Error} If a file cannot be read
 * @throws {RangeError} If it contains no secret, or the other guard would admit it
 */
export function createAdminGuard(settings: Credentials, others: Guard | undefined): Guard {
  const expected = expectedOf(settings);
  // Else each scraper could change settings.
  if (others?.admits(`${expected.scheme} ${expected.credentials}`)) {
    throw rangeError("serve metrics", "admin", "have another token than auth", HIDDEN);
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

/** Returns the contents of a file, without the line feed that editors add. */
function readSecret(path: string, noun: string, check: typeof checkToken): string {
  const text = readServeFile(path, `${noun} file`).replace(/\r?\n$/, "");
  return check({ action: "serve metrics", path: `the ${noun}`, source: path }, text);
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
