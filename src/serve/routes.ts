/**
 * HTTP routes as a Hono app, served from the aggregator's thread or mounted on an app of the program.
 *
 * @module
 */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { checkMethods } from "../check/checks.ts";
import type { Definitions } from "../model/definitions.ts";
import { encodeJson, JSON_CONTENT_TYPE } from "../encode/json.ts";
import { negotiateEncoding } from "../encode/negotiate.ts";
import type { HealthStatus } from "../model/health_status.ts";
import { liveReaderOf } from "../model/live_request.ts";
import type { InstrumentDiagnostics } from "../model/diagnostics.ts";
import type { RouteSettings } from "../model/serving.ts";
import type { MetricsSource } from "../model/source.ts";
import { excludeRequest } from "../api/measured_request.ts";
import { CONFIG, type ServableMetrics } from "../api/servable.ts";
import { accepts } from "./http/accept.ts";
import { addAdmin } from "./admin.ts";
import { createAdminGuard, createGuard } from "./auth/auth.ts";
import { COMPRESSED_BYTES_MIN, gzip } from "./http/compression.ts";
import { filterSnapshot, nameFilterOf, windowFilterOf } from "./http/filter.ts";
import { guarded } from "./auth/guarded.ts";
import { addLive } from "./live/live.ts";
import { LiveHub } from "./live/live_hub.ts";
import type { RoutesOptions } from "../config/settings/serve.ts";
import { resolveRoutesOptions } from "./options.ts";
import { PAGE_POLICY, renderPage, ROUTES } from "./page.ts";
import { shareWith } from "./auth/origins.ts";
import { allowedMethods, HttpProblem, problem } from "./http/problem.ts";
import { bodyTooLarge, isOpenEnded, refuseBody, refuseTarget } from "./http/requests.ts";
import { protectAnswers } from "./http/response_headers.ts";
import { Scrapes } from "./scrapes.ts";
import type { Body } from "./http/shared_bodies.ts";
import { traceIdOf, traceLimitOf } from "./traces.ts";
import { WrongGuesses } from "./auth/wrong_guesses.ts";

const HTTP_STATUS: Readonly<Record<HealthStatus, 200 | 503>> = {
  HEALTHY: 200,
  DEGRADED: 200,
  UNHEALTHY: 503,
  CRITICAL: 503,
};

const ALLOWED = "GET, HEAD, OPTIONS";

/** Alternative path of the metrics, used in some environments; served only on request. */
const INTERNAL_PATH = "/internal/metrics";

/** Path of one trace, to which a page has no fixed link. */
const TRACE_PATH = "/traces/:id";

/** Header of all routes, although few depend on both. */
const VARY = { "vary": "accept, accept-encoding" };

const HTML_CONTENT_TYPE = "text/html; charset=UTF-8";

/** Body whose text is not encoded yet. */
type Content = Omit<Body, "bytes"> & { readonly content: string | Uint8Array<ArrayBuffer> };

const checkSource = checkMethods("come from createMetrics", "expose", "snapshot", "health");

/** Answer of a route. */
interface Answer {
  /** Only media type of the answer, if clients that do not accept it are to be refused. */
  readonly mediaType?: string;
  /** Difference from other answers at the same path. */
  readonly variant?: unknown;
  /** Makes the body. */
  readonly make: () => Promise<Content>;
}

/**
 * Returns the routes to mount on a Hono app. They answer every path below their mount point, unknown ones with 404.
 *
 * @param source Metrics to serve
 * @param options Routes, credentials and limits
 * @returns A Hono app
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 * @throws {Error} If the file of a secret cannot be read
 *
 * @example Mount on an app
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Hono } from "hono";
 * import { createMetrics } from "@hotpath/metrics";
 * import { metricsRoutes } from "@hotpath/metrics/hono";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const app = new Hono();
 * app.route("/internal", metricsRoutes(metrics, { auth: { bearer: "s3cret" } }));
 * const headers = { authorization: "Bearer s3cret" };
 * assertEquals((await app.request("/internal/metrics", { method: "HEAD", headers })).status, 200);
 * assertEquals((await app.request("/internal/metrics")).status, 401);
 * assertEquals((await app.request("/internal/health")).status, 200);
 * ```
 */
export function metricsRoutes(source: MetricsSource, options: RoutesOptions = {}): Hono {
  checkSource({ action: "serve metrics", path: "metrics" }, source);
  const { [CONFIG]: config } = source as { readonly [CONFIG]?: ServableMetrics[typeof CONFIG] };
  const settings = resolveRoutesOptions(options, config);
  return createRoutes(source, settings, new LiveHub(liveReaderOf(source), settings), [excluded, protectAnswers()]);
}

/** Excludes what is mounted on an app of the program from its measured requests. */
const excluded: MiddlewareHandler = ({ req }, next) => {
  excludeRequest(req.raw);
  return next();
};

/**
 * Creates the routes from complete settings.
 *
 * @param hub Clients of the live feed
 * @param first Middleware before all routes
 * @throws {Error} If the file of a secret cannot be read
 */
export function createRoutes(
  source: MetricsSource,
  settings: RouteSettings,
  hub: LiveHub,
  first: readonly MiddlewareHandler[] = [],
): Hono {
  const app = new Hono();
  const scrapes = new Scrapes(settings);
  const metricsPaths = settings.internalMetrics ? ["/metrics", INTERNAL_PATH] : ["/metrics"];
  const answer = (context: Context, what: Answer) => answerWith(scrapes, context, what);

  const guard = settings.auth && createGuard(settings.auth);
  const adminGuard = settings.admin && createAdminGuard(settings.admin, guard);
  const wrongGuesses = new WrongGuesses();
  for (const each of first) app.use("*", each);
  // Before any middleware that requires other credentials, reads a body, or lets pages of other sites read.
  addAdmin(app, source, adminGuard, wrongGuesses, settings.requestBytesMax);
  app.use("*", limitRequests(settings.requestBytesMax));
  if (settings.corsOrigins.length > 0) app.use("*", shareWith(settings.corsOrigins));
  addProbes(app, source);
  if (guard !== undefined) app.use("*", guarded(guard, wrongGuesses));

  const page = (context: Context) => answer(context, pageOf(context, source));
  app.get("/", page);

  app.on("GET", metricsPaths, (context) => {
    const accept = context.req.header("accept");
    const names = nameFilterOf(context.req.url);
    return answer(context, {
      variant: [accept, names],
      make: async () => {
        const exposition = await source.expose({ accept, names });
        const headers = { "content-type": exposition.contentType };
        return { content: exposition.body, headers, onUnused: () => source.reuse?.(exposition) };
      },
    });
  });

  app.get("/metrics.json", (context) => {
    const [names, window] = [nameFilterOf(context.req.url), windowFilterOf(context.req.url)];
    return answer(context, {
      mediaType: "application/json",
      variant: [names, window],
      make: async () => {
        const content = encodeJson(filterSnapshot(await source.snapshot(), names, window));
        return { content, headers: { "content-type": JSON_CONTENT_TYPE } };
      },
    });
  });

  app.get("/traces", (context) => {
    const limit = traceLimitOf(context.req.url);
    return answer(context, jsonOf(() => source.listTraces({ limit }), limit));
  });

  addLive(app, hub, settings.corsOrigins);

  app.get(TRACE_PATH, (context) => {
    const traceId = traceIdOf(context.req.param("id"));
    return answer(
      context,
      jsonOf(async () => {
        const trace = await source.findTrace(traceId);
        if (trace === undefined) throw new HttpProblem(404, `trace ${traceId} is unknown or was evicted`);
        return trace;
      }),
    );
  });

  app.get("/health/extended", async (context) => {
    checkAccepted(context, "application/json");
    const health = await source.health();
    return healthResponse(health, HTTP_STATUS[health.status]);
  });

  app.get("/diagnostics/metrics", (context) => {
    return answer(context, jsonOf(async () => listed(await source.instruments(), await source.definitions())));
  });

  app.get("/diagnostics/performance", (context) => answer(context, jsonOf(() => source.performance())));

  // Mounted at /internal, the page is at /internal/ too.
  app.get("*", (context, next) => isMountPoint(context) ? page(context) : next());
  for (const path of ["/", ...metricsPaths, TRACE_PATH, ...ROUTES.map(({ path }) => path)]) {
    app.all(path, (context) => methodNotAllowed(context));
  }
  app.all("*", (context) => problem(404, `there is no route at ${context.req.path}`));
  app.onError((error) => error instanceof HttpProblem ? error.toResponse() : problem(503, error.message));
  return app;
}

/** Adds the probes of orchestrators, without credentials: the status in one word, no numbers, no names. */
function addProbes(app: Hono, source: MetricsSource): void {
  app.get("/health", async () => {
    const { status } = await source.health();
    return healthResponse({ status }, HTTP_STATUS[status]);
  });

  app.get("/health/live", () => healthResponse({ status: "HEALTHY" }, 200));

  app.get("/health/ready", async () => {
    const { isReady } = await source.health();
    return healthResponse({ ready: isReady }, isReady ? 200 : 503);
  });
}

function healthResponse(facts: unknown, status: 200 | 503): Response {
  const body = new TextEncoder().encode(JSON.stringify(facts));
  const headers = { ...VARY, "content-type": JSON_CONTENT_TYPE, "content-length": `${body.byteLength}` };
  return new Response(body, { status, headers });
}

/** Refuses requests that are too long. */
function limitRequests(bodyBytesMax: number): MiddlewareHandler {
  return async function limitRequests({ req }, next) {
    const { pathname, search } = new URL(req.url);
    const headers = {
      contentLength: req.header("content-length"),
      transferEncoding: req.header("transfer-encoding"),
    };
    const refusal = refuseTarget(pathname + search) ?? refuseBody(headers, bodyBytesMax);
    if (refusal !== undefined) return refusal;
    const { body } = req.raw;
    const isUnread = body !== null && !body.locked;
    if (isUnread && isOpenEnded(headers) && await isLarger(body, bodyBytesMax)) return bodyTooLarge(bodyBytesMax);
    await next();
  };
}

/** Reads a body up to its limit; returns whether it is longer. */
async function isLarger(body: ReadableStream<Uint8Array>, bytesMax: number): Promise<boolean> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) return true;
    }
  } catch {
    throw new HttpProblem(400, "the body cannot be read");
  }
  return false;
}

/** Answers a scrape, compressed if the client asks for it. */
async function answerWith(scrapes: Scrapes, context: Context, { mediaType, variant, make }: Answer): Promise<Response> {
  if (mediaType !== undefined) checkAccepted(context, mediaType);
  const encoding = negotiateEncoding(context.req.header("accept-encoding"));
  if (encoding === undefined) throw new HttpProblem(406, "content codings are gzip and identity", VARY);
  return await scrapes.answer({
    key: JSON.stringify([context.req.path, encoding, variant]),
    make: async () => await encoded(await make(), encoding),
    isHead: context.req.method === "HEAD",
  });
}

async function encoded({ content, headers, onUnused }: Content, encoding: "gzip" | "identity"): Promise<Body> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const common = { ...VARY, ...headers };
  if (encoding === "identity" || bytes.byteLength < COMPRESSED_BYTES_MIN) return { bytes, headers: common, onUnused };
  const compressed = await gzip(bytes);
  onUnused?.();
  return { bytes: compressed, headers: { ...common, "content-encoding": encoding } };
}

function checkAccepted({ req }: Context, mediaType: string): void {
  if (accepts(req.header("accept"), mediaType)) return;
  throw new HttpProblem(406, `${req.path} is ${mediaType} only`, VARY);
}

function jsonOf(read: () => Promise<unknown>, variant?: unknown): Answer {
  return {
    mediaType: "application/json",
    variant,
    make: async () => ({ content: JSON.stringify(await read()), headers: { "content-type": JSON_CONTENT_TYPE } }),
  };
}

function pageOf(context: Context, source: MetricsSource): Answer {
  return {
    mediaType: "text/html",
    // A snapshot would take time in proportion to the number of series.
    make: async () => {
      const [health, { meta }] = await Promise.all([source.health(), source.performance()]);
      return {
        content: renderPage(basePathOf(context), health, meta),
        headers: { "content-type": HTML_CONTENT_TYPE, "content-security-policy": PAGE_POLICY },
      };
    },
  };
}

/** Lists the instruments, and separately those that are missing, if any. */
function listed(all: readonly InstrumentDiagnostics[], { instruments: defined, ...others }: Definitions): unknown {
  const definitions = new Map(defined.map((definition) => [definition.name, definition]));
  const there = all.filter(({ needs }) => needs === undefined);
  const instruments = there.map((each) => ({ ...each, ...definitions.get(each.name) }));
  const missing = all.flatMap(({ exposedName: metric, needs }) => needs === undefined ? [] : [{ metric, needs }]);
  return { instruments, ...others, ...(missing.length > 0 && { missing }) };
}

/** Whether the path matched by a wildcard route is the mount point itself. */
function isMountPoint(context: Context): boolean {
  return context.req.path === routePath(context).replace(/\*$/, "");
}

function methodNotAllowed({ req }: Context): Response {
  if (req.method === "OPTIONS") return allowedMethods(ALLOWED);
  return problem(405, `${req.path} supports GET and HEAD, not ${req.method}`, { allow: ALLOWED });
}

/** Path of the routes as seen from the page: relative, because a proxy may remove a part of the path. */
function basePathOf({ req }: Context): string {
  return `./${/[^/]*$/.exec(req.path)![0]}`.replace(/\/$/, "");
}
