import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Hono } from "hono";
import { createMetrics, type Metrics } from "../../../mod.ts";
import { httpMetrics } from "../../../src/hono.ts";
import { instrumentHandler } from "../../../src/server.ts";
import { errorsOf, requestsOf } from "../../_support/instrumentation/http/readings.ts";

type Answer = (this: unknown, ...values: unknown[]) => unknown;
/** A log that handlers share with the test. */
type Log = unknown[];

const error = new RangeError("refused");

/** Handlers, of which some only the server refuses. */
const HANDLERS: Readonly<Record<string, (log: Log) => Answer>> = {
  "a text": () => () => new Response("é", { status: 201, statusText: "Made", headers: { "x-a": "1", "x-b": "2" } }),
  "a promise": () => () => Promise.resolve(new Response("later")),
  "an async function": () => async () => await new Response(new Uint8Array(5)),
  "no body": () => () => new Response(null, { status: 204 }),
  "a redirect": () => () => Response.redirect("http://shop.example/", 307),
  "a network error": () => () => Response.error(),
  "a lazy thenable": (log) => () => ({
    then(resolve: (response: Response) => void) {
      log.push("then");
      resolve(new Response("lazy"));
    },
  }),
  "a stream": (log) => () => new Response(streamOf(log, 3), { headers: { "content-length": "3" } }),
  "a stream without a length": (log) => async () => await new Response(streamOf(log, 3)),
  "a stream that breaks": (log) => () => new Response(streamOf(log, 2, error)),
  "a stream of texts": () => () => new Response(ReadableStream.from(["no bytes"]) as never),
  "a body that is used": () => async () => {
    const response = new Response(new Blob(["x"]).stream());
    await response.text();
    return response;
  },
  "a body that is locked": () => () => {
    const response = new Response(new Blob(["x"]).stream());
    response.body?.getReader();
    return response;
  },
  "the request's body": () => (request) => new Response((request as Request).body),
  "what the request says": () => async (request, info) => {
    const { method, url, headers, bodyUsed } = request as Request;
    const text = await (request as Request).text();
    const { transport } = (info as Deno.ServeHandlerInfo<Deno.NetAddr>).remoteAddr;
    const { pathname } = new URL(url);
    return Response.json({ method, pathname, accept: headers.get("accept"), bodyUsed, text, transport });
  },
  "completed": (log) => (_request, info) => {
    (info as Deno.ServeHandlerInfo).completed.then(() => log.push("completed"));
    return new Response("x");
  },
  "an error at once": () => () => {
    throw error;
  },
  "an error later": () => () => Promise.reject(error),
  "an error that is a text": () => () => {
    throw "a text";
  },
  "an error that breaks on a look": () => () => {
    throw new Proxy(error, {
      getPrototypeOf() {
        throw new TypeError("do not look");
      },
    });
  },
  "nothing": () => () => undefined,
  "what is no response": () => () => ({ status: 200, body: "x" }),
  "a promise of what is no response": () => () => Promise.resolve("x"),
};

/** Bytes that come one by one, noted as they are asked for. */
function streamOf(log: Log, length: number, broken?: Error): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      log.push(`pull ${sent}`);
      if (sent < length) controller.enqueue(new Uint8Array([97 + sent++]));
      else if (broken === undefined) controller.close();
      else controller.error(broken);
    },
    cancel(reason) {
      log.push(`cancel ${reason}`);
    },
  }, { highWaterMark: 0 });
}

type Instrument = (metrics: Metrics, answer: Answer, log: Log) => Answer;

const INSTRUMENTS: Readonly<Record<string, readonly [bare: Instrument, measured: Instrument]>> = {
  instrumentHandler: [
    (_metrics, answer) => answer,
    (metrics, answer) => instrumentHandler(metrics, answer as never) as Answer,
  ],
  httpMetrics: [
    (metrics, answer, log) => appOf(metrics, answer, log, false),
    (metrics, answer, log) => appOf(metrics, answer, log, true),
  ],
};

function appOf(metrics: Metrics, answer: Answer, log: Log, isMeasured: boolean): Answer {
  const app = new Hono();
  if (isMeasured) app.use(httpMetrics(metrics));
  app.use(async ({ res }, next) => {
    log.push(`before ${res.status}`);
    await next();
    log.push("after");
  });
  app.onError((thrown) => {
    log.push(`onError ${thrown}`);
    return new Response("sorry", { status: 500 });
  });
  app.all("*", ({ req, env }) => answer.call(undefined, req.raw, env) as Response);
  return (request, info) => app.fetch(request as Request, info as object);
}

/** Everything that a client and the server observe of a handler's answer to each kind of request. */
async function seenOverTheLine(answer: Answer, log: Log): Promise<unknown> {
  const onError = (thrown: unknown) => {
    log.push(thrown === error ? "the error" : Deno.inspect(typeof thrown));
    return new Response("sorry", { status: 500 });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {}, onError }, answer as Deno.ServeHandler);
  const seen: unknown[] = [];
  try {
    for (const [method, body] of [["GET"], ["HEAD"], ["POST", "sent"]] as const) {
      const init = { method, body, headers: { accept: "text/plain" }, redirect: "manual" } as const;
      seen.push(
        await fetch(`http://127.0.0.1:${server.addr.port}/path?a`, init).then(async (response) => {
          const headers = [...response.headers].filter(([name]) => !["date", "traceparent"].includes(name));
          return [response.status, response.statusText, headers, await response.text()];
        }).catch(({ name }) => name),
      );
    }
  } finally {
    await server.shutdown();
  }
  return seen;
}

for (const [name, [bare, measured]] of Object.entries(INSTRUMENTS)) {
  for (const traces of [false, true]) {
    Deno.test(`${name} changes nothing over a connection ${traces ? "with" : "without"} traces`, async (t) => {
      await using metrics = createMetrics({ aggregation: "inline", ...(traces && { traces: true }) });
      for (const [kind, create] of Object.entries(HANDLERS)) {
        await t.step(kind, async () => {
          const [bareLog, log]: Log[] = [[], []];
          const expected = await seenOverTheLine(bare(metrics, create(bareLog), bareLog), bareLog);
          assertEquals(await seenOverTheLine(measured(metrics, create(log), log), log), expected);
          assertEquals(log, bareLog);
        });
      }
    });
  }
}

Deno.test("instrumentHandler passes on this, all arguments, results and synchronous errors", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const request = new Request("http://shop.example/");
  const responses = [new Response("x"), Object.freeze(new Response(null)), undefined, 5, { status: 200 }];
  for (const response of responses) {
    const seen: unknown[] = [];
    const handle = instrumentHandler(metrics, function (this: unknown, ...values: unknown[]) {
      seen.push(this, ...values);
      return response as Response;
    });
    assertStrictEquals(Reflect.apply(handle, "this", [request, 1, 2]), response);
    assertEquals(seen, ["this", request, 1, 2]);
  }
  const handle = instrumentHandler(metrics, () => {
    throw error;
  });
  assertStrictEquals(assertThrows(() => handle(request)), error);
});

Deno.test("instrumentHandler answers also without a request", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const handle = instrumentHandler(metrics, (...values: unknown[]) => Response.json(values)) as Answer;
  for (const values of [[], [undefined], [{ method: "GET" }], [{ method: "PUT", url: "/" }], ["text", 5]]) {
    assertEquals(await (handle(...values) as Response).json(), values.map((value) => value ?? null));
  }
  assertEquals(await requestsOf(metrics), {});
});

Deno.test("instrumentHandler keeps name, length and properties, and receives requests although the handler takes none", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const named = Object.assign(function answer(_request: Request, _info: object) {
    return new Response();
  }, { description: "answers" });
  const handle = instrumentHandler(metrics, named);
  assertEquals([handle.name, handle.length, (handle as typeof named).description], ["answer", 2, "answers"]);
  for (const none of [() => new Response(), Object.freeze(() => new Response())]) {
    instrumentHandler(metrics, none).length;
  }

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    instrumentHandler(metrics, () => new Response()),
  );
  await (await fetch(`http://127.0.0.1:${server.addr.port}`)).text();
  await server.shutdown();
  assertEquals(await requestsOf(metrics), { "GET unmatched 200": 1 });
});

Deno.test("httpMetrics counts a request that no middleware answers as an error, as Hono does", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const app = new Hono();
  app.use(httpMetrics(metrics));
  app.use(() => Promise.resolve());
  app.onError((thrown) => new Response(thrown.message, { status: 500 }));
  const response = await app.request("/");
  assertEquals([response.status, (await response.text()).startsWith("Context is not finalized")], [500, true]);
  assertEquals(await requestsOf(metrics), { "GET /* 500": 1 });
  assertEquals(await errorsOf(metrics), { Error: 1 });
});
