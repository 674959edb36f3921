import { assertEquals } from "@std/assert";
import { writeLabel, writeLabels, writeMetricName, writeSeries } from "../../src/encode/names.ts";
import { testCases } from "../cases.ts";

interface Metric {
  readonly input: Readonly<Record<string, string>>;
  readonly expected: string;
}

testCases<Metric>("writeSeries writes the published series", "utf8-names/TestMetricToString.json", (cases) => {
  for (const { input, expected } of cases) {
    const { __name__: name, ...labels } = input;
    const sorted = Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => a < b ? -1 : 1));
    assertEquals(writeSeries(name, writeLabels(sorted, ", "), ", "), expected);
  }
});

Deno.test("names that are not legacy are quoted, and a metric's then stands inside of the braces", () => {
  const labels = writeLabels({ "service.name": "shop", side: "buy", "a:b": "" });
  assertEquals(labels, '"service.name"="shop",side="buy","a:b"=""');
  assertEquals(writeSeries("my.name", labels), `{"my.name",${labels}}`);
  assertEquals(writeSeries("my.name", ""), '{"my.name"}');
  assertEquals(writeSeries("job:name", 'x="1"'), 'job:name{x="1"}');
  assertEquals(writeMetricName("my.name"), '"my.name"');
  assertEquals(writeMetricName("job:name"), "job:name");
});

Deno.test("quotes, backslashes and line feeds are escaped in names as in values", () => {
  assertEquals(writeLabel('"a"\\b\n', '"a"\\b\n'), '"\\"a\\"\\\\b\\n"="\\"a\\"\\\\b\\n"');
  assertEquals(writeMetricName("größe\\"), '"größe\\\\"');
});
