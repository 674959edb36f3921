/**
 * Control at run time: changes of settings, for holders of the administrator's token. Without such a token the routes
 * do not exist.
 *
 * Sources: RFC 5789, "PATCH Method for HTTP"; RFC 7396, "JSON Merge Patch".
 *
 * @module
 */

import type { Context, Hono } from "hono";
import { type AdjustableSettings, type AdjustedSettings, settingsOf } from "../model/adjustable_settings.ts";
import { checkSettingsPatch } from "../config/settings_patch.ts";
import { formatDuration } from "../check/duration.ts";
import { JSON_CONTENT_TYPE } from "../encode/json.ts";
import type { MetricsSource } from "../model/source.ts";
import { accepts } from "./http/accept.ts";
import type { Guard } from "./auth/auth.ts";
import { guarded } from "./auth/guarded.ts";
import { allowedMethods, HttpProblem, problem } from "./http/problem.ts";
import { bodyTooLarge, patchBytesMax, refuseBody } from "./http/requests.ts";
import type { WrongGuesses } from "./auth/wrong_guesses.ts";

const PATH = "/admin/settings";
const EVERYTHING = "/admin/*";
const ALLOWED = "GET, HEAD, PATCH";
const ALLOW = `${ALLOWED}, OPTIONS`;
const MEDIA_TYPES = ["application/json", "application/merge-patch+json"];

/**
 * Adds the routes of an administrator.
 *
 * @param guard Guard of the token; `undefined` if settings cannot be changed
 * @param wrongGuesses Limit on wrong credentials
 * @param bodyBytesMax Maximum bytes of any request's body
 */
export function addAdmin(
  app: Hono,
  source: MetricsSource,
  guard: Guard | undefined,
  wrongGuesses: WrongGuesses,
  bodyBytesMax: number,
): void {
  if (guard !== undefined) {
    app.use(EVERYTHING, guarded(guard, wrongGuesses));
    const settings = settingsOf(source);
    if (settings !== undefined) addSettings(app, settings, patchBytesMax(bodyBytesMax));
  }
  app.all(EVERYTHING, ({ req }) => problem(404, `there is no route at ${req.path}`));
}

function addSettings(app: Hono, settings: AdjustableSettings, bytesMax: number): void {
  app.get(PATH, ({ req }) => {
    if (!accepts(req.header("accept"), "application/json")) {
      throw new HttpProblem(406, `${req.path} is application/json only`, { vary: "accept" });
    }
    return settingsResponse(settings.read());
  });
  app.patch(PATH, async (context) => {
    checkMediaType(context);
    const text = await readText(context, bytesMax);
    if (text === undefined) return bodyTooLarge(bytesMax);
    return settingsResponse(settings.adjust(parsePatch(text)));
  });
  app.options(PATH, () => allowedMethods(ALLOW));
  app.all(PATH, ({ req }) => problem(405, `${req.path} supports ${ALLOWED}, not ${req.method}`, { allow: ALLOW }));
}

function checkMediaType({ req }: Context): void {
  const mediaType = req.header("content-type")?.split(";")[0].trim().toLowerCase() ?? "";
  if (!MEDIA_TYPES.includes(mediaType)) {
    const headers = { "accept-patch": MEDIA_TYPES.join(", ") };
    throw new HttpProblem(415, `a change of settings must be ${MEDIA_TYPES.join(" or ")}`, headers);
  }
  const coding = req.header("content-encoding")?.toLowerCase() ?? "identity";
  if (coding === "identity") return;
  throw new HttpProblem(415, "a change of settings must not be compressed", { "accept-encoding": "identity" });
}

/** Returns the body; `undefined` if it is too large, in which case no more than the limit is read. */
async function readText({ req }: Context, bytesMax: number): Promise<string | undefined> {
  const headers = { contentLength: req.header("content-length"), transferEncoding: undefined };
  if (refuseBody(headers, bytesMax) !== undefined) return undefined;
  // Already read by another part of the app.
  if (req.raw.bodyUsed) return await req.text();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [text, bytes] = ["", 0];
  for await (const chunk of req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return undefined;
    text += decoded(() => decoder.decode(chunk, { stream: true }));
  }
  return text + decoded(() => decoder.decode());
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new HttpProblem(400, "the body must be UTF-8");
  }
}

function parsePatch(text: string) {
  const given = parseJson(text);
  try {
    return checkSettingsPatch(given);
  } catch (error) {
    throw new HttpProblem(422, (error as Error).message);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes parts of the body.
    throw new HttpProblem(400, "the body must be JSON");
  }
}

function settingsResponse({ enabled, samplingRate, budget, exportEnabled, rollout }: AdjustedSettings): Response {
  const kept = { enabled, samplingRate, budget: budget ?? null, exportEnabled };
  const facts = { ...kept, rollout: rollout === undefined ? null : described(rollout) };
  const body = new TextEncoder().encode(JSON.stringify(facts));
  const headers = { "content-type": JSON_CONTENT_TYPE };
  return new Response(body, { headers: { ...headers, "content-length": `${body.byteLength}` } });
}

function described(rollout: NonNullable<AdjustedSettings["rollout"]>): Record<string, unknown> {
  const { from, to, overMs, startedAtMs, rate, rateBefore, isRunning } = rollout;
  return {
    state: isRunning ? "running" : "completed",
    from,
    to,
    over: formatDuration(overMs),
    startedAt: new Date(startedAtMs).toISOString(),
    rate,
    rateBefore,
  };
}
