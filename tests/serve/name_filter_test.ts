import { assertEquals } from "@std/assert";
import { Exposer } from "../../src/aggregate/exposer.ts";
import { nameFilterOf } from "../../src/serve/http/filter.ts";
import { testCases } from "../_support/cases.ts";
import { scalarFamily } from "../_support/encode/points.ts";

interface Filtering {
  readonly url: string;
  readonly shouldContain: readonly string[];
  readonly shouldNotContain: readonly string[];
}

/** The names that are written of all, if a request asks for some. */
async function namesWritten(all: readonly string[], url: string): Promise<string[]> {
  const families = all.map((name) => scalarFamily("gauge", { name, points: [{ labels: {}, value: 1 }] }));
  const source = { families: () => families, drain: () => {} };
  const exposer = new Exposer(source, { bucketsMax: Infinity, zeroThresholdMax: 0 });
  const accept = "text/plain;version=0.0.4;escaping=allow-utf-8";
  const { body } = await exposer.expose({ accept, names: nameFilterOf(new URL(url, "http://localhost").href) });
  const lines = new TextDecoder().decode(body).split("\n").filter((line) => line.startsWith("# TYPE "));
  return lines.map((line) => line.split(" ")[2].replaceAll('"', ""));
}

testCases<Filtering>(
  "name[] lets through what the published vectors say",
  "content-negotiation/promhttp.TestHandlerWithMetricFilter.json",
  async (cases) => {
    for (const { url, shouldContain, shouldNotContain } of cases) {
      const all = [...new Set([...shouldNotContain, ...shouldContain])].toSorted();
      assertEquals(await namesWritten(all, url), shouldContain.toSorted(), url);
    }
  },
);

Deno.test("name[] matches whole names only", async () => {
  const all = ["my.name", "my.names", "my", "My.name"];
  assertEquals(await namesWritten(all, "/metrics?name[]=my.name"), ["my.name"]);
  assertEquals(await namesWritten(all, "/metrics?name=my.name"), all);
});

Deno.test("name[] matches escaped names too", async () => {
  const all = ["http.requests_total", "größe", "legacy"];
  for (const name of ["http.requests_total", "http_requests_total", "http_dot_requests__total"]) {
    assertEquals(await namesWritten(all, `/metrics?name[]=${name}`), ["http.requests_total"]);
  }
  for (const name of ["gr%C3%B6%C3%9Fe", "gr__e", "U__gr_f6__df_e"]) {
    assertEquals(await namesWritten(all, `/metrics?name[]=${name}`), ["größe"]);
  }
  for (const name of ["", "gr%F6%DFe", "http", "%", "%zz", "__proto__", "LEGACY"]) {
    assertEquals(await namesWritten(all, `/metrics?name[]=${name}`), []);
  }
});
