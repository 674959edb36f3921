import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { normalizeTracestate } from "../../src/trace/tracestate.ts";

const members = (count: number) => Array.from({ length: count }, (_, i) => `key${i}=${i}`).join(",");

Deno.test("normalizeTracestate removes what has no meaning", () => {
  const texts: [text: string, normal: string | undefined][] = [
    ["foo=1,bar=2", "foo=1,bar=2"],
    [" foo=1 \t,\tbar=2 ", "foo=1,bar=2"],
    [",foo=1,, ,bar=2,", "foo=1,bar=2"],
    ["foo=1,bar=2,foo=3", "foo=1,bar=2"],
    ["foo= 1", "foo= 1"],
    ["tenant@system=1,1@=2,a@@b=3", "tenant@system=1,1@=2,a@@b=3"],
    ["", undefined],
    [" , ", undefined],
  ];
  for (const [text, normal] of texts) assertEquals(normalizeTracestate(text), normal, text);
});

Deno.test("normalizeTracestate refuses all if one member is invalid", () => {
  const wrong = [
    "foo",
    "foo=",
    "=1",
    "foo =1",
    "Foo=1",
    "foo.bar=1",
    "_foo=1",
    "@foo=1",
    "foo=a=b",
    "foo=\u00e9",
    "foo=a\u007f",
    "foo=a\tb",
    "\u00a0foo=1",
    `${"k".repeat(257)}=1`,
    `foo=${"v".repeat(257)}`,
  ];
  for (const member of wrong) {
    assertEquals(normalizeTracestate(member), undefined, member);
    assertEquals(normalizeTracestate(`bar=1,${member}`), undefined, member);
  }
});

Deno.test("normalizeTracestate accepts the limits themselves", () => {
  const longest = `${"k".repeat(256)}=${"v".repeat(256)}`;
  assertEquals(normalizeTracestate(longest), longest);
  assertEquals(normalizeTracestate(members(32)), members(32));
  assertEquals(normalizeTracestate(`,${members(32)},`), members(32));
  assertEquals(normalizeTracestate(members(33)), undefined);
});

Deno.test("normalizeTracestate never throws, and changes nothing twice", () => {
  const member = fc.stringMatching(/^[a-z0-9][a-z0-9@_]{0,4}=[ -~]{1,4}$/);
  const texts = fc.oneof(fc.string({ unit: "binary" }), fc.array(member).map((each) => each.join(",")));
  fc.assert(fc.property(texts, (text) => {
    const normal = normalizeTracestate(text);
    if (normal !== undefined) assertEquals(normalizeTracestate(normal), normal);
  }));
});
