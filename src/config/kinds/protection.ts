/**
 * Checks of credentials and of TLS files. No error shows a secret, or a value that may be one because it is misplaced.
 *
 * @module
 */

import { checkFilled, checkString } from "../../check/checks.ts";
import { checkMapping } from "../../check/options.ts";
import { type Check, type Place, refusal, secretly, within } from "../../check/place.ts";
import type { TlsFiles } from "../../model/serving.ts";
import { Secret } from "./secret.ts";

/** A token, or the file that contains it. */
export type ProtectedToken = { readonly bearer: Secret } | { readonly bearerFile: string };

/** Credentials that requests require. */
export type ProtectedCredentials =
  | ProtectedToken
  | { readonly username: string; readonly password: Secret }
  | { readonly username: string; readonly passwordFile: string };

type Members = Readonly<Record<string, unknown>>;

const AUTH_MEMBERS = ["bearer", "bearerFile", "username", "password", "passwordFile"];
const ADMIN_MEMBERS = ["bearer", "bearerFile"];
const TLS_MEMBERS = ["certFile", "keyFile"];
/** Complete sets of members. */
const TOKEN_CHOICES = [["bearer"], ["bearerFile"]];
const AUTH_CHOICES = [...TOKEN_CHOICES, ["username", "password"], ["username", "passwordFile"]];

const TOKEN_MUST = 'be an object such as { bearerFile: "token.txt" }';

const checkPath: Check<string> = (place, given) => checkFilledPath(place, checkText(place, given));
const checkFilledPath = checkFilled("be the name of a file");

/**
 * Checks a token as it is sent in a header.
 *
 * @throws {TypeError} If it is not a string
 * @throws {RangeError} If it is empty, or has characters that a header cannot contain
 */
export function checkToken(place: Place, given: unknown): string {
  return checkSecretText(place, given, /^[!-~]+$/, "be one or more visible ASCII characters without spaces");
}

/**
 * Checks a password.
 *
 * @throws {TypeError} If it is not a string
 * @throws {RangeError} If it is empty, or has control characters
 */
export function checkPassword(place: Place, given: unknown): string {
  return checkSecretText(place, given, /^[^\p{Cc}]+$/u, "be one or more characters other than control characters");
}

/** A token, or a name and a password: the secrets themselves or the files that contain them. */
export const checkAuth: Check<ProtectedCredentials> = (place, given) => {
  const members = checkMembers(place, given, AUTH_MEMBERS, TOKEN_MUST);
  checkChoice(place, Object.keys(members), AUTH_CHOICES);
  if ("bearer" in members || "bearerFile" in members) return protectedToken(place, members);
  const username = checkUsername(within(place, "username"), members.username);
  if ("passwordFile" in members) {
    return { username, passwordFile: checkPath(within(place, "passwordFile"), members.passwordFile) };
  }
  return { username, password: new Secret(checkPassword(within(place, "password"), members.password)) };
};

/** Token of an administrator: the token itself or the file that contains it. */
export const checkAdmin: Check<ProtectedToken> = (place, given) => {
  const members = checkMembers(place, given, ADMIN_MEMBERS, TOKEN_MUST);
  checkChoice(place, Object.keys(members), TOKEN_CHOICES);
  return protectedToken(place, members);
};

/** Files of certificate and key. */
export const checkTls: Check<TlsFiles> = (place, given) => {
  const must = 'be an object such as { certFile: "cert.pem", keyFile: "key.pem" }';
  const members = checkMembers(place, given, TLS_MEMBERS, must);
  checkChoice(place, Object.keys(members), [TLS_MEMBERS]);
  return {
    certFile: checkPath(within(place, "certFile"), members.certFile),
    keyFile: checkPath(within(place, "keyFile"), members.keyFile),
  };
};

function protectedToken(place: Place, members: Members): ProtectedToken {
  if ("bearer" in members) return { bearer: new Secret(checkToken(within(place, "bearer"), members.bearer)) };
  return { bearerFile: checkPath(within(place, "bearerFile"), members.bearerFile) };
}

/** Returns the members with a value. */
function checkMembers(place: Place, given: unknown, known: readonly string[], must: string): Members {
  const members = checkMapping(secretly(place), given, known, must);
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Checks that the given members are a complete set; the error uses their names in the layer that they come from. */
function checkChoice(place: Place, given: readonly string[], choices: readonly (readonly string[])[]): void {
  const isChoice = (choice: readonly string[]) =>
    choice.length === given.length && choice.every((member) => given.includes(member));
  if (choices.some(isChoice)) return;
  const shortName = (member: string) => place.memberPaths?.[member]?.split(".").at(-1) ?? member;
  const must = choices.map((choice) => choice.map(shortName).join(" and ")).join(", or ");
  throw refusal(place, `have ${must}`, given.map(shortName), false);
}

const checkFilledName = checkFilled("be a name");

/** Checks a user name. A colon would separate it from the password. */
function checkUsername(place: Place, given: unknown): string {
  const username = checkFilledName(place, checkText(place, given));
  if (/[:\p{Cc}]/u.test(username)) {
    throw refusal(secretly(place), "have no colon and no control character", username, true);
  }
  return username;
}

function checkSecretText(place: Place, given: unknown, pattern: RegExp, must: string): string {
  const text = checkText(place, given);
  if (!pattern.test(text)) throw refusal(secretly(place), must, text, true);
  return text;
}

/** Checks a string; any other value may contain a secret meant for another key. */
function checkText(place: Place, given: unknown): string {
  return checkString(secretly(place), given);
}
