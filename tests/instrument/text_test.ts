import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { codePointLength, copyText, cutText } from "../../src/instrument/text.ts";

/** Any text, lone surrogates included. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40, size: "max" }),
  fc.array(fc.constantFrom("a", "é", "🚀", "\ud83d", "\ude80"), { maxLength: 40, size: "max" })
    .map((parts) => parts.join("")),
);

Deno.test("cutText returns the first code points", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 0, max: 50 }), (text, max) => {
      assertEquals(cutText(text, max), [...text].slice(0, max).join(""));
    }),
    { seed: 31, numRuns: 500 },
  );
});

Deno.test("codePointLength counts as an iteration does, and copyText keeps any text", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assertEquals(codePointLength(text), [...text].length);
      assert(copyText(text) === text);
    }),
    { seed: 32, numRuns: 500 },
  );
});

Deno.test("copyText does not retain the text that it was cut from", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const bytes = new Uint8Array(65_536).fill("a".charCodeAt(0));
  const decoder = new TextDecoder();
  const heapBytes = () => {
    collectGarbage();
    return Deno.memoryUsage().heapUsed;
  };
  const before = heapBytes();
  const kept = Array.from({ length: 256 }, () => copyText(decoder.decode(bytes).slice(0, 128)));
  const grown = heapBytes() - before;
  assertEquals(kept.length, 256);
  // Held on to, they would be 16 MB.
  assert(grown < 4 * 2 ** 20, `256 short texts hold ${grown} bytes`);
});
