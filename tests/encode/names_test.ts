import { assertEquals } from "@std/assert";
import { escapeHelp, quote, writeLabelName, writeMetricName } from "../../src/encode/names.ts";
import { isLegacyMetricName } from "../../src/model/names.ts";
import { testCases } from "../_support/cases.ts";

interface Metric {
  readonly input: Readonly<Record<string, string>>;
  readonly expected: string;
}

/** A series as Prometheus prints it. */
function seriesText({ __name__: name, ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => a < b ? -1 : 1)
    .map(([label, value]) => `${writeLabelName(label)}=${quote(value)}`);
  if (name === undefined || !isLegacyMetricName(name)) {
    return `{${[...name === undefined ? [] : [writeMetricName(name)], ...pairs].join(", ")}}`;
  }
  return pairs.length === 0 ? name : `${name}{${pairs.join(", ")}}`;
}

testCases<Metric>("names and values are quoted as published", "utf8-names/TestMetricToString.json", (cases) => {
  for (const { input, expected } of cases) assertEquals(seriesText(input), expected);
});

Deno.test("names that are not legacy are quoted", () => {
  assertEquals(["my.name", "job:name", "größe\\"].map(writeMetricName), ['"my.name"', "job:name", '"größe\\\\"']);
  assertEquals(["my.name", "job:name", "side"].map(writeLabelName), ['"my.name"', '"job:name"', "side"]);
});

Deno.test("quotes, backslashes and line feeds are escaped", () => {
  assertEquals(quote('"a"\\b\n'), '"\\"a\\"\\\\b\\n"');
  assertEquals(escapeHelp('"a"\\b\n'), '"a"\\\\b\\n');
});
