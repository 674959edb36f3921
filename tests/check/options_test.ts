import { assertEquals, assertThrows } from "@std/assert";
import { checkString, checkWhole, orDefault } from "../../src/check/checks.ts";
import { checkMapping, checkMembers, checkOptions } from "../../src/check/options.ts";

const CHECKS = { name: checkString, count: orDefault(checkWhole(1, 9), 5) };

Deno.test("checkOptions returns each option as its check does", () => {
  assertEquals(checkOptions("act", { name: "a" }, CHECKS), { name: "a", count: 5 });
  assertThrows(() => checkOptions("act", {}, CHECKS), TypeError, "Cannot act: name must be a string, got undefined");
  assertThrows(() => checkOptions("act", { name: "a", count: 0 }, CHECKS), RangeError, "Cannot act: count must be");
});

Deno.test("checkOptions refuses an unknown option with those there are, and the nearest if one is near", () => {
  const refusal = (options: unknown) => assertThrows(() => checkOptions("act", options, CHECKS), TypeError).message;
  assertEquals(refusal({ nmae: 1 }), 'Cannot act: options must be among name, count, got "nmae"; did you mean "name"?');
  assertEquals(refusal({ colour: 1 }), 'Cannot act: options must be among name, count, got "colour"');
  assertEquals(refusal(null), "Cannot act: options must be an object, got null");
  assertEquals(refusal(new Map()), "Cannot act: options must be an object, got an object of class Map");
});

Deno.test("checkMembers names members below their object, and where they come from", () => {
  const place = { action: "read x", path: "metrics.server", source: "x.yaml" };
  const refusal = (given: unknown) => assertThrows(() => checkMembers(place, given, CHECKS), TypeError).message;
  assertEquals(refusal({ name: 5 }), "Cannot read x: metrics.server.name in x.yaml must be a string, got 5");
  assertEquals(
    refusal({ nme: 5 }),
    'Cannot read x: keys of metrics.server in x.yaml must be among name, count, got "nme"; did you mean "name"?',
  );
});

Deno.test("checkMapping does not show what may be a secret", () => {
  const place = { action: "serve", path: "auth", isSecret: true };
  const { message } = assertThrows(() => checkMapping(place, "s3cret", []), TypeError);
  assertEquals(message, "Cannot serve: auth must be an object, got a hidden value");
  for (const given of [undefined, null, true, ""]) {
    const { message } = assertThrows(() => checkMapping(place, given, []), TypeError);
    assertEquals(message, `Cannot serve: auth must be an object, got ${given === "" ? '""' : given}`);
  }
});
