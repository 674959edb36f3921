import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  escapeLabelName,
  escapeMetricName,
  escapeName,
  type EscapingScheme,
  isLegacyLabelName,
  isLegacyMetricName,
  isName,
} from "../../src/model/names.ts";
import { testCases } from "../_support/cases.ts";
import { unescapeName } from "../_support/model/unescape_name.ts";

type Bytes = { readonly base64bytes: string };

interface Validity {
  readonly legacyValid: boolean;
  readonly utf8Valid: boolean;
}

const SCHEMES: readonly EscapingScheme[] = ["allow-utf-8", "underscores", "dots", "values"];

/**
 * A name of the vectors. Some are bytes that are not UTF-8, which no JavaScript string can hold; what comes nearest is
 * half of a surrogate pair, which UTF-8 cannot write either.
 */
function nameOf(name: string | Bytes): string {
  if (typeof name === "string") return name;
  const bytes = Uint8Array.from(atob(name.base64bytes), (character) => character.charCodeAt(0));
  assertThrows(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes), TypeError);
  return new TextDecoder().decode(bytes).replaceAll("\ufffd", "\ud800");
}

testCases<Validity & { readonly mn: string | Bytes }>(
  "metric names are valid as the published vectors say",
  "utf8-names/TestValidationScheme_IsMetricNameValid.json",
  (cases) => {
    for (const { mn, legacyValid, utf8Valid } of cases) {
      assertEquals([isLegacyMetricName(nameOf(mn)), isName(nameOf(mn))], [legacyValid, utf8Valid], nameOf(mn));
    }
  },
);

testCases<Validity & { readonly ln: string | Bytes }>(
  "label names are valid as the published vectors say",
  "utf8-names/TestValidationScheme_IsLabelNameValid.json",
  (cases) => {
    for (const { ln, legacyValid, utf8Valid } of cases) {
      assertEquals([isLegacyLabelName(nameOf(ln)), isName(nameOf(ln))], [legacyValid, utf8Valid], nameOf(ln));
    }
  },
);

interface Escaped {
  readonly input?: string;
  readonly expectedUnderscores?: string;
  readonly expectedDots?: string;
  readonly expectedUnescapedDots?: string;
  readonly expectedValue?: string;
}

testCases<Escaped>(
  "escapeName and unescapeName give the published names",
  "utf8-names/TestEscapeName.json",
  (cases) => {
    for (const each of cases) {
      const {
        input = "",
        expectedUnderscores = "",
        expectedDots = "",
        expectedUnescapedDots = "",
        expectedValue = "",
      } = each;
      assertEquals(escapeName(input, "allow-utf-8"), input);
      assertEquals(escapeName(input, "underscores"), expectedUnderscores);
      assertEquals(unescapeName(expectedUnderscores, "underscores"), expectedUnderscores);
      assertEquals(escapeName(input, "dots"), expectedDots);
      assertEquals(unescapeName(expectedDots, "dots"), expectedUnescapedDots);
      assertEquals(escapeName(input, "values"), expectedValue);
      assertEquals(unescapeName(expectedValue, "values"), input);
    }
  },
);

testCases<{ readonly input?: string; readonly expected?: string }>(
  "unescapeName leaves what is not escaped rightly as it is",
  "utf8-names/TestValueUnescapeErrors.json",
  (cases) => {
    for (const { input = "", expected = "" } of cases) assertEquals(unescapeName(input, "values"), expected);
  },
);

Deno.test("escapeName makes any name legacy, and the scheme values is reversible", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (name) => {
      for (const scheme of SCHEMES.slice(1)) {
        assertEquals(isLegacyMetricName(escapeMetricName(name, scheme)), true, scheme);
        assertEquals(isLegacyLabelName(escapeLabelName(name, scheme)), true, scheme);
      }
      assertEquals(unescapeName(escapeName(name, "values"), "values"), name);
      assertEquals(escapeMetricName(name, "allow-utf-8"), name);
    }),
    { seed: 11, examples: [["9"], ["\u{10ffff}"], ["a:b"]] },
  );
});

Deno.test("legacy names are exposed as they are, and colons only in the names of metrics", () => {
  for (const scheme of SCHEMES) {
    assertEquals(escapeMetricName("job:orders_total", scheme), "job:orders_total");
    assertEquals(escapeLabelName("order_side", scheme), "order_side");
  }
  assertEquals(escapeLabelName("a:b", "underscores"), "a_b");
  assertEquals(escapeLabelName("a:b", "dots"), "a__b");
  assertEquals(escapeLabelName("a:b", "values"), "U__a_3a_b");
});

Deno.test("unescapeName keeps codes beyond the last character", () => {
  assertEquals(unescapeName("U__a_10ffff_", "values"), "a\u{10ffff}");
  assertEquals(unescapeName("U__a_110000_", "values"), "U__a_110000_");
  assertEquals(escapeName("a\ud800", "values"), "U__a_FFFD_");
});
