import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { classOfException, classOfStatus } from "../../../src/instrumentation/http/error_class.ts";

Deno.test("classOfStatus distinguishes errors, timeouts and aborted requests", () => {
  const statuses = [101, 200, 204, 304, 399, 400, 404, 408, 499, 500, 503, 504, 599];
  assertEquals(statuses.map(classOfStatus), [
    ...Array(5).fill(undefined),
    ...[
      "client_error",
      "client_error",
      "timeout",
      "aborted",
      "server_error",
      "server_error",
      "timeout",
      "server_error",
    ],
  ]);
});

Deno.test("classOfException returns the nearest built-in class", () => {
  class OrderError extends TypeError {
    override name = "OrderError";
  }
  class TypeErrorOfMine extends Error {}
  const cases: [unknown, string][] = [
    [new Error(), "Error"],
    [new OrderError(), "TypeError"],
    [new TypeErrorOfMine(), "Error"],
    [new AggregateError([]), "AggregateError"],
    [new DOMException("", "DataError"), "DOMException"],
    [new DOMException("", "TimeoutError"), "timeout"],
    [new Deno.errors.TimedOut(), "timeout"],
    [new Deno.errors.NotFound(), "NotFound"],
    [Object.assign(new Error(), { name: "anything", constructor: String }), "Error"],
    [new Deno.errors.BadResource("Cannot read body as underlying resource unavailable"), "aborted"],
    [
      new TypeError("fetch failed", {
        cause: new Error("Cannot read request body as underlying resource unavailable"),
      }),
      "aborted",
    ],
    [new Deno.errors.BadResource("Bad resource ID"), "BadResource"],
    [Object.assign(new Error("aborted"), { code: "ECONNRESET" }), "Error"],
  ];
  assertEquals(cases.map(([exception]) => classOfException(exception)), cases.map(([, expected]) => expected));
});

Deno.test("classOfException runs no code of an exception, and ends on circular causes", () => {
  const fail = () => {
    throw new Error("looked at");
  };
  const hostile = new Proxy(new Error(), { getPrototypeOf: fail, get: fail, getOwnPropertyDescriptor: fail });
  assertEquals(classOfException(hostile), "other");
  assertEquals(classOfException(new RangeError("x", { cause: hostile })), "RangeError");
  assertEquals(
    classOfException(Object.defineProperties(new Error(), { message: { get: fail }, cause: { get: fail } })),
    "Error",
  );
  const round = new URIError("round");
  round.cause = round;
  assertEquals(classOfException(round), "URIError");
});

Deno.test("classOfException has one class for all other values", () => {
  fc.assert(fc.property(fc.anything({ withNullPrototype: true }), (thrown) => classOfException(thrown) === "other"));
});
