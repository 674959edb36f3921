import { assertEquals, assertThrows } from "@std/assert";
import { attachMetrics, createMetrics, type Metrics, noopMetrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

async function linesOf(metrics: Pick<Metrics, "scrape">, name: string): Promise<string[]> {
  return (await metrics.scrape()).split("\n").filter((line) => line.includes(name));
}

Deno.test("info exposes facts as the labels of a gauge of 1, with its ending", async () => {
  await using test = inlineMetrics();
  test.metrics.info("build", { version: "1.2.3", debug: false, "service.name": 'a"b' }, { help: "Build" });
  test.metrics.info("target_info", {});
  assertEquals(await linesOf(test.metrics, "build_info"), [
    "# HELP build_info Build",
    "# TYPE build_info gauge",
    'build_info{version="1.2.3",debug="false",service_name="a\\"b"} 1',
  ]);
  assertEquals((await linesOf(test.metrics, "target_info")).at(-1), "target_info 1");
  const { body } = await test.metrics.scrape({ accept: "application/openmetrics-text" });
  const text = new TextDecoder().decode(body);
  assertEquals(text.split("\n").filter((line) => line.startsWith("# TYPE build")), ["# TYPE build_info gauge"]);
});

Deno.test("info replaces facts of the same names, and keeps equal ones", async () => {
  await using test = inlineMetrics();
  for (const version of ["1", "2", "2", "3"]) test.metrics.info("build", { version, region: "eu" });
  assertEquals(await linesOf(test.metrics, "build_info{"), ['build_info{version="3",region="eu"} 1']);
  const { meta } = await test.metrics.snapshot();
  assertEquals(meta.series, 1);
});

Deno.test("info is 0 until recording is switched on, like every gauge", async () => {
  await using test = inlineMetrics({ enabled: false });
  test.metrics.info("build", { version: "1" });
  assertEquals(await linesOf(test.metrics, "build_info{"), ['build_info{version="1"} 0']);
  test.metrics.enabled = true;
  assertEquals(await linesOf(test.metrics, "build_info{"), ['build_info{version="1"} 1']);
});

Deno.test("info truncates a long value once, and is found and removed by its whole name", async () => {
  await using test = inlineMetrics({ labelValueMax: 16 });
  test.metrics.info("build", { version: "x".repeat(20) });
  for (let read = 0; read < 3; read++) await test.metrics.flush();
  const [, , truncated] = await linesOf(test.metrics, "hotpath_label_values_truncated_total");
  assertEquals(truncated, "hotpath_label_values_truncated_total 1");
  assertEquals([test.metrics.find("build") === undefined, test.metrics.remove("build_info")], [true, true]);
  assertEquals(await linesOf(test.metrics, "build_info{"), []);
});

Deno.test("info of several threads with the same facts is one series of 1", async () => {
  await using metrics = createMetrics();
  await using attached = await attachMetrics(metrics.connect());
  metrics.info("build", { version: "1" });
  attached.info("build", { version: "1" });
  await attached.flush();
  assertEquals(await linesOf(metrics, "build_info{"), ['build_info{version="1"} 1']);
  attached.info("build", { version: "2" });
  await attached.flush();
  assertEquals(await linesOf(metrics, "build_info{"), ['build_info{version="1"} 1', 'build_info{version="2"} 1']);
});

Deno.test("info does nothing on metrics that record nothing", () => {
  assertEquals(noopMetrics.info("build", { version: "1" }), undefined);
});

Deno.test("info refuses what is wrong, with what it must be", async () => {
  await using test = inlineMetrics();
  test.metrics.info("build", { version: "1" });
  const refused = (call: () => void) => {
    const { name, message } = assertThrows(call, Error);
    return `${name}: ${message}`;
  };
  const info = (...given: unknown[]) => refused(() => Reflect.apply(test.metrics.info, test.metrics, given));
  assertEquals(
    info("build", "1.2.3"),
    'TypeError: Cannot set info build_info: labels must be an object such as { version: "1.2.3" }, got "1.2.3"',
  );
  assertEquals(
    info("build", {}, { hlep: "" }),
    'TypeError: Cannot set info build_info: options must be among help, got "hlep"; did you mean "help"?',
  );
  assertEquals(info(5, {}).slice(0, 10), "TypeError:");
  assertEquals(info("build", { commit: "a" }).slice(0, 10), "TypeError:");
  assertEquals(info("build", { version: {} }).slice(0, 10), "TypeError:");
  assertEquals(info("build", { le: "1" }).slice(0, 11), "RangeError:");
  assertEquals(await linesOf(test.metrics, "build_info{"), ['build_info{version="1"} 1']);
});

Deno.test("info that is refused for a label leaves nothing behind, so that other labels may follow", async () => {
  await using test = inlineMetrics();
  const wrong: unknown = { facts: { version: "1" } };
  assertThrows(
    () => test.metrics.info("build", wrong as Record<string, string>),
    TypeError,
    "label facts must be text",
  );
  assertEquals(test.metrics.find("build_info"), undefined);
  test.metrics.info("build", { version: "1" });
  assertEquals(await linesOf(test.metrics, "build_info{"), ['build_info{version="1"} 1']);
});
