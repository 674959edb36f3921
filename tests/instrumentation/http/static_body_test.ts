import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { findBodySize } from "../../../src/instrumentation/http/static_body.ts";

const bodySize = findBodySize();

Deno.test("findBodySize returns the size of static bodies without using them up", async () => {
  const body = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.uint8Array());
  const init = fc.constantFrom({}, { status: 404 }, { headers: { "content-type": "text/plain", "x-a": "1" } });
  await fc.assert(fc.asyncProperty(body, init, fc.boolean(), async (body, init, isLookedAt) => {
    const response = new Response(body as BodyInit, init);
    if (isLookedAt) response.headers.set("x-b", "2");
    const size = bodySize(response);
    assertEquals(size, (await response.bytes()).byteLength);
  }));
});

Deno.test("findBodySize returns the size of other bodies, and of responses made from responses", () => {
  const copied = Response.json({ a: 1 });
  const cases: [Response, number | undefined][] = [
    [new Response(), 0],
    [new Response(null, { status: 204 }), 0],
    [Response.json({ a: 1 }), 7],
    [new Response(copied.body, copied), 7],
    [new Response(new Blob(["abc"])), 3],
    [new Response(new URLSearchParams({ a: "é" })), 8],
    [new Response(new ReadableStream()), undefined],
    [new Response(new Response("piped").body!.pipeThrough(new TransformStream())), undefined],
  ];
  for (const [response, size] of cases) {
    assertEquals(bodySize(response), size);
    assert(!response.bodyUsed);
  }
});

Deno.test("findBodySize treats the body of another class of responses as a stream", () => {
  const foreign = Object.create(Response.prototype) as Response;
  assertEquals(bodySize(foreign), undefined);
});
