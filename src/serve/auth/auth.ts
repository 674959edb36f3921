/**
 * Who may look: HTTP's bearer tokens and basic authentication.
 *
 * What a request brings is compared by its digest, in a time that depends on neither, so that answers do not tell how
 * much of a guess was right.
 *
 * Sources: RFC 6750, "The OAuth 2.0 Authorization Framework: Bearer Token Usage"; RFC 7617, "The 'Basic' HTTP
 * Authentication Scheme".
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { checkPassword, checkToken } from "../../config/protection.ts";
import { HIDDEN, rangeError } from "../../check/errors.ts";
import type { Credentials } from "../../model/serving.ts";
import { readServeFile } from "./files.ts";

/** Asks for credentials, and knows them. */
export interface Guard {
  /** The value of `WWW-Authenticate`. */
  readonly challenge: string;
  /** Whether the value of an `Authorization` header has the right credentials. */
  admits(authorization: string | undefined): boolean;
}

/** What is written before credentials, and the credentials as they are written. */
interface Expected {
  readonly scheme: "Bearer" | "Basic";
  readonly credentials: string;
}

/**
 * A guard that knows credentials; those in files are read once, now.
 *
 * @throws {Error} If a file cannot be read
 * @throws {RangeError} If there is no secret in it, or something that cannot be one
 */
export function createGuard(settings: Credentials): Guard {
  return guardOf(expectedOf(settings));
}

/**
 * A guard that knows the token of an administrator.
 *
 * @param others The guard of everything else, if there is one
 * @throws {Error} If a file cannot be read
 * @throws {RangeError} If there is no secret in it, or the other guard would admit it
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

/** What a file holds, without the line feed that editors end it with. */
function readSecret(path: string, noun: string, check: typeof checkToken): string {
  const text = readServeFile(path, `${noun} file`).replace(/\r?\n$/, "");
  return check({ action: "serve metrics", path: `the ${noun}`, source: path }, text);
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
