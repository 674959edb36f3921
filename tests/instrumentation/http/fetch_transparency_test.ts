import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import { createMetrics } from "../../../mod.ts";
import { type FetchLike, instrumentFetch } from "../../../src/instrumentation/http/instrument_fetch.ts";
import { readingsOf } from "../../_support/instrumentation/http/readings.ts";

const DURATION = "http_client_request_duration_seconds";

/** A call, described so that it can be made twice. */
interface Call {
  readonly input: keyof typeof INPUTS;
  readonly init: keyof typeof INITS;
  readonly options: Options;
}

interface Options {
  readonly method?: string;
  readonly body?: keyof typeof BODIES;
  readonly headers?: keyof typeof HEADERS;
  readonly signal?: "aborted" | "open" | "none";
  readonly redirect?: RequestRedirect;
  readonly credentials?: RequestCredentials;
  readonly cache?: RequestCache;
  readonly keepalive?: boolean;
  readonly integrity?: string;
  readonly referrer?: string;
  readonly duplex?: "half";
}

const INPUTS = {
  text: (url: string) => url,
  url: (url: string) => new URL(url),
  request: (url: string) => new Request(url, { headers: { "x-from": "request", traceparent: "stale" } }),
  "request with a body": (url: string) =>
    new Request(url, { method: "PUT", body: "of the request", referrer: `${url}from`, redirect: "manual" }),
  "an object with a text": (url: string) => ({ toString: () => url }) as unknown as URL,
  nonsense: () => "no address",
};

const BODIES = {
  text: () => "text é",
  bytes: () => new Uint8Array([1, 2, 3]),
  blob: () => new Blob(["blob"]),
  stream: () => new Blob(["stream"]).stream(),
  parameters: () => new URLSearchParams({ a: "b" }),
  form: () => new FormData(),
};

const HEADERS = {
  literal: () => ({ "x-a": "1", Traceparent: "own" }),
  pairs: () => [["x-a", "1"], ["x-a", "2"]],
  headers: () => new Headers({ "x-a": "1", tracestate: "own=1" }),
  "an iterator that is used once": () => [["x-a", "once"]].values(),
  null: () => null,
  number: () => 5,
  "a bad name": () => [["bad name", "1"]].values(),
};

const SIGNALS = {
  aborted: () => AbortSignal.abort("enough"),
  open: () => new AbortController().signal,
  none: () => null,
};

/** Options that are read, in order. */
type Reads = string[];

const INITS = {
  none: () => [],
  undefined: () => [undefined],
  null: () => [null],
  number: () => [5],
  empty: () => [{}],
  literal: (options: object) => [options],
  frozen: (options: object) => [Object.freeze(options)],
  "without prototype": (options: object) => [Object.assign(Object.create(null), options)],
  inherited: (options: object) => [Object.create(options)],
  request: (options: object, url: string) => [new Request(url, options)],
  getters: (options: object, _url: string, reads: Reads) => {
    class Getters {
      readonly #options = options;
      static read(getters: Getters, key: string): unknown {
        reads.push(key);
        return Reflect.get(getters.#options, key);
      }
    }
    for (const key of Object.keys(options)) {
      Object.defineProperty(Getters.prototype, key, {
        get(this: Getters) {
          return Getters.read(this, key);
        },
      });
    }
    return [new Getters()];
  },
  proxy: (options: object, _url: string, reads: Reads) => {
    const get = (target: object, key: PropertyKey) => {
      reads.push(String(key));
      return Reflect.get(target, key);
    };
    return [new Proxy(options, { get, ownKeys: (target) => (reads.push("keys"), Reflect.ownKeys(target)) })];
  },
  function: (options: object) => [Object.assign(() => {}, options)],
  "with another argument": (options: object) => [options, "third"],
};

const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>) =>
  fc.constantFrom(...Object.keys(table) as Key[]);

const call: fc.Arbitrary<Call> = fc.record({
  input: keysOf(INPUTS),
  init: keysOf(INITS),
  options: fc.record({
    method: fc.constantFrom("GET", "post", "PUT", "HEAD", "no method"),
    body: keysOf(BODIES),
    headers: keysOf(HEADERS),
    signal: fc.constantFrom("aborted", "open", "open", "none", "none"),
    redirect: fc.constantFrom("follow", "manual", "error"),
    credentials: fc.constantFrom("omit", "include"),
    cache: fc.constantFrom("no-store", "reload"),
    keepalive: fc.boolean(),
    integrity: fc.constant("sha256-x"),
    referrer: fc.constant("about:client"),
    duplex: fc.constant("half"),
  }, { requiredKeys: [] }) as fc.Arbitrary<Options>,
});

/** Makes a call, and returns everything that the program observes of it. */
async function seenOf({ input, init, options }: Call, fetch: FetchLike, url: string): Promise<unknown> {
  const reads: Reads = [];
  const { body, headers, signal, ...others } = options;
  const given = {
    ...others,
    ...(body !== undefined && { body: BODIES[body]() }),
    ...(headers !== undefined && { headers: HEADERS[headers]() }),
    ...(signal !== undefined && { signal: SIGNALS[signal]() }),
  };
  let values: unknown[];
  try {
    values = [INPUTS[input](url), ...INITS[init](given, url, reads)];
  } catch {
    return "no such request";
  }
  let isSynchronous = true;
  try {
    const answering = Reflect.apply(fetch, "this", values) as Promise<Response>;
    isSynchronous = false;
    const response = await answering;
    return [reads, response.status, await response.json()];
  } catch (error) {
    const text = error instanceof Error ? `${error.constructor.name} ${error.name}: ${error.message}` : error;
    return [reads, isSynchronous, String(text).replaceAll(/:\d+/g, ":port")];
  }
}

/** Describes a request, without the headers of traces. */
async function describe(request: Request): Promise<unknown> {
  const { method, redirect, credentials, cache, keepalive, integrity, referrer, referrerPolicy, mode, signal } =
    request;
  const headers = [...request.headers].filter(([name]) =>
    !["traceparent", "tracestate", "content-type"].includes(name)
  );
  const attributes = { method, redirect, credentials, cache, keepalive, integrity, referrer, referrerPolicy, mode };
  const body = (await request.text()).replaceAll(/-{6,}\d+/g, "boundary");
  return { ...attributes, headers, isAborted: signal.aborted, body };
}

/** A `fetch` that answers with its arguments. */
function stub(this: unknown, input: string | URL | Request, init?: RequestInit, ...rest: unknown[]): Promise<Response> {
  const request = new Request(input, init);
  return describe(request).then((described) => Response.json({ self: this, rest, described }));
}

for (const traces of [false, true]) {
  const withTraces = traces ? "with traces" : "without traces";
  Deno.test(`instrumentFetch changes no call ${withTraces}, at a function like fetch`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", ...(traces && { traces: true }) });
    const measured = instrumentFetch(metrics, stub as FetchLike);
    const url = "http://shop.example/";
    await fc.assert(
      fc.asyncProperty(call, async (call) => {
        assertEquals(await seenOf(call, measured, url), await seenOf(call, stub, url));
      }),
      { numRuns: 1_000 },
    );
  });

  Deno.test(`instrumentFetch changes no call ${withTraces}, over a connection`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", ...(traces && { traces: true }) });
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { method, headers } = request;
      const names = ["accept", "content-length", "content-type", "referer", "transfer-encoding", "x-a", "x-from"];
      const kept = names.map((name) => headers.get(name)?.replace(/boundary=.*/, ""));
      return Response.json({ method, kept, body: (await request.text()).length });
    });
    const measured = instrumentFetch(metrics, fetch);
    const url = `http://127.0.0.1:${server.addr.port}/`;
    await fc.assert(
      fc.asyncProperty(call, async (call) => {
        assertEquals(await seenOf(call, measured, url), await seenOf(call, fetch, url));
      }),
      { numRuns: 150 },
    );
  });
}

Deno.test("instrumentFetch names its span also where options have no own headers, or cannot have others", async () => {
  await using metrics = createMetrics({ aggregation: "inline", traces: true });
  const named: boolean[] = [];
  const copying: FetchLike = (input, init) => {
    // As wrappers of fetch do; a copy has the same members as the program's own options.
    for (const options of [init, { ...init }]) {
      named.push(new Request(input, options).headers.has("traceparent"));
    }
    return Promise.resolve(new Response());
  };
  const call = instrumentFetch(metrics, copying);
  const url = "http://shop.example/";
  for (
    const init of [undefined, {}, Object.freeze({ headers: Object.freeze({ a: "b" }) }), Object.create({ headers: {} })]
  ) {
    await call(url, init);
  }
  assert(named.every(Boolean));
});

Deno.test("instrumentFetch passes the original options without traces, and returns the original promise", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const answer = Promise.resolve(new Response());
  const options = Object.freeze({ method: "POST", body: "é" });
  const seen: unknown[] = [];
  const call = instrumentFetch(metrics, function (...values: unknown[]) {
    seen.push(...values);
    return answer;
  } as FetchLike);
  const returned = call("http://shop.example/", options);
  assertStrictEquals(returned, answer);
  assertStrictEquals(seen[1], options);
  await returned;
  assertEquals(await readingsOf(metrics, DURATION), { "POST shop.example 200": 1 });
});

Deno.test("instrumentFetch does not change synchronous errors, or values that are not responses", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const error = new RangeError("at once");
  const throwing = instrumentFetch<FetchLike>(metrics, (): never => {
    throw error;
  });
  assertStrictEquals(assertThrows(() => throwing("http://shop.example/")), error);
  const things: unknown[] = [undefined, 5, { ok: true }, Object.freeze({ status: 201 }), { status: 200, headers: 1 }];
  for (const thing of things) {
    const call = instrumentFetch<FetchLike>(metrics, () => Promise.resolve(thing as Response));
    assertStrictEquals(await call("http://shop.example/"), thing);
    const synchronous = instrumentFetch<FetchLike>(metrics, () => thing as Promise<Response>);
    assertStrictEquals(synchronous("http://shop.example/"), thing);
  }
  assertEquals(await readingsOf(metrics, DURATION), {
    "GET shop.example error": 1,
    "GET shop.example _OTHER": 6,
    "GET shop.example 201": 2,
    "GET shop.example 200": 2,
  });
});

Deno.test("instrumentFetch keeps name, length and properties of fetch", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const own = Object.assign(function own(_input: unknown) {
    return Promise.resolve(new Response());
  }, { preconnect: () => "connected" });
  const call = instrumentFetch(metrics, own);
  assertEquals([call.name, call.length, call.preconnect()], ["own", 1, "connected"]);
  assertStrictEquals(instrumentFetch(metrics, fetch).length, fetch.length);
});

Deno.test("instrumentFetch measures calls of fetch that are not awaited, and reports their rejections once", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const call = instrumentFetch(metrics, fetch);
  const unhandled = Promise.withResolvers<unknown>();
  let count = 0;
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    count += 1;
    unhandled.resolve(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listen);
  try {
    call("data:text/plain,hello");
    call("nonsense:address");
    await unhandled.promise;
    while (Object.keys(await readingsOf(metrics, DURATION)).length < 2) await setImmediate();
  } finally {
    globalThis.removeEventListener("unhandledrejection", listen);
  }
  assertEquals(count, 1);
  assertEquals(await readingsOf(metrics, DURATION), { "GET _OTHER 200": 1, "GET _OTHER error": 1 });
});

Deno.test("instrumentFetch counts no body where there is none, whatever the Content-Length", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ method, url }) => {
    const status = Number(new URL(url).pathname.slice(1));
    const body = method === "HEAD" || status === 204 || status === 304 ? null : "x".repeat(1_000);
    return new Response(body, { status, headers: { "content-length": "1000" } });
  });
  const call = instrumentFetch(metrics, fetch);
  const url = `http://127.0.0.1:${server.addr.port}`;
  for (const [method, status] of [["HEAD", 200], ["GET", 304], ["GET", 204], ["PUT", 200]] as const) {
    await (await call(`${url}/${status}`, { method })).text();
  }
  const headers = { "content-length": "1000" };
  await instrumentFetch<FetchLike>(metrics, () => Promise.resolve(new Response(null, { headers })))(url);
  const host = `127.0.0.1:${server.addr.port}`;
  assertEquals(await readingsOf(metrics, "http_client_response_body_size_bytes"), { [`PUT ${host}`]: 1 });
});
