import { assertEquals, assertThrows } from "@std/assert";
import { parseExposition } from "../_support/encode/parse_exposition.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("parseExposition refuses what a scraper refuses", () => {
  for (
    const wrong of [
      "a 1",
      "a 1\n",
      "# TYPE a gauge\n",
      "# TYPE a gauge\na 1\na 2\n",
      '# TYPE a gauge\na{b="\\ud800",b="1"} 1\n',
      "# TYPE a gauge\nb 1\n",
      '# TYPE "" gauge\n{""} 1\n',
      '# TYPE "a" gauge\na 1\n',
      "# TYPE a gauge\na 1\n# TYPE a counter\na 2\n",
      "# TYPE a_sum gauge\na_sum 1\n# TYPE a summary\na_count 1\n",
      '# TYPE a gauge\na{b="\n"} 1\n',
      "# HELP a \\t\n# TYPE a gauge\na 1\n",
      '# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n',
    ]
  ) assertThrows(() => parseExposition(bytesOf(wrong), "text"), SyntaxError);
  for (
    const wrong of [
      "",
      "# TYPE a counter\na 1\n# EOF\n",
      '# TYPE "" counter\n_total 1\n# EOF\n',
      "# TYPE a gauge\na 1 # {} 1 1\n# EOF\n",
      "# TYPE a counter\n# UNIT a bytes\na_total 1\n# EOF\n",
      "# TYPE a counter\na_total 1\n",
    ]
  ) assertThrows(() => parseExposition(bytesOf(wrong), "openmetrics"), SyntaxError);
  assertThrows(() => parseExposition(Uint8Array.of(0xed, 0xa0, 0x80, 10), "text"), TypeError);
});

Deno.test("parseExposition reads names in quotes, escapes and exemplars", () => {
  const text = '# HELP "a.b" \\"c\\"\n# TYPE "a.b" counter\n{"a.b_total","d e"="\\n"} 2.0 # {t="1"} 1.0 5.0\n# EOF\n';
  assertEquals(parseExposition(bytesOf(text), "openmetrics"), [{
    name: "a.b",
    type: "counter",
    help: '"c"',
    samples: [{
      name: "a.b_total",
      labels: new Map([["d e", "\n"]]),
      value: 2,
      exemplar: { labels: new Map([["t", "1"]]), value: 1 },
    }],
  }]);
});
