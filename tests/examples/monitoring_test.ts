import { assert, assertEquals, assertGreater } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { generate } from "../../examples/monitoring/generate.ts";
import type { AlertingRule, RuleFile } from "../../src/monitoring/rule_file.ts";
import { pollText, Program } from "../_support/cli/program.ts";
import { optionsInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/monitoring/main.ts";
const CLI = "src/cli/main.ts";
const DIRECTORY = new URL("../../examples/monitoring/", import.meta.url);

Deno.test("the rules and the dashboard of examples/monitoring are what the demo defines", async () => {
  for (const [name, text] of Object.entries(await generate())) {
    const kept = await Deno.readTextFile(new URL(name, DIRECTORY));
    assertEquals(kept === text, true, `${name} is stale: deno task monitoring writes it again`);
  }
});

Deno.test("what compose.yaml mounts is there, but for the secrets", async () => {
  const text = await Deno.readTextFile(new URL("compose.yaml", DIRECTORY));
  const { services } = parse(text) as { services: Record<string, { volumes: string[] }> };
  const mounted = Object.values(services).flatMap(({ volumes }) => volumes.map((volume) => volume.split(":")[0]));
  const files = mounted.filter((path) => path.startsWith(".") && path !== "./secrets");
  assertEquals(files.length, 6);
  for (const path of files) await Deno.stat(new URL(path, DIRECTORY));
});

Deno.test("no secret stands in alertmanager.yml", async () => {
  const text = await Deno.readTextFile(new URL("alertmanager.yml", DIRECTORY));
  const secrets = text.split("\n").filter((line) =>
    /^\s*(- )?[a-z_]*(password|key|token|url|credentials)\w*:/.test(line)
  );
  const open = secrets.filter((line) => !/_file: \/etc\/alertmanager\/secrets\/\w+$/.test(line));
  assertEquals(open.map((line) => line.trim()), ["- url: http://127.0.0.1:8080/alerts"]);
  assertEquals(secrets.length > open.length, true);
});

Deno.test("monitoring main has the alerts of its guide, with its objective and its KPI", async () => {
  await using shop = new Program(MAIN, ["0"], { permissions: await optionsInGuide(MAIN) });
  const url = await shop.url();
  const permissions = ["--allow-read", "--allow-net"];
  await using rules = new Program(CLI, ["rules", "--url", url, "--job", "shop"], { permissions });
  const { code, lines, errors } = await rules.end();
  assertEquals([code, errors], [0, ""]);
  const { groups } = parse(lines.join("\n")) as RuleFile;
  const alerts = groups.flatMap(({ rules }) => rules).filter((rule): rule is AlertingRule => "alert" in rule);
  const names = new Set(alerts.map(({ alert }) => alert));

  const guide = await Deno.readTextFile(new URL("README.md", DIRECTORY));
  const listed = [...guide.matchAll(/^\| `(Hotpath\w+)(…?)`/gm)].map(([, name, more]) => ({
    name,
    isKind: more !== "",
  }));
  assertGreater(listed.length, 9);
  const [, count] = /SUCCESS: (\d+) rules found/.exec(guide) ?? [];
  assertEquals(groups.flatMap(({ rules }) => rules).length, Number(count));
  const isListed = (alert: string) =>
    listed.some(({ name, isKind }) => isKind ? alert.startsWith(name) : alert === name);
  assertEquals([...names].filter((name) => !isListed(name)), []);
  const optIn = "HotpathSeriesNearLimit";
  assertEquals(
    listed.filter(({ name }) => ![...names].some((alert) => alert.startsWith(name))).map(({ name }) => name),
    [optIn],
  );
  const backlog = alerts.filter(({ alert }) => alert === "HotpathKpiBacklog").map(({ labels }) => labels.severity);
  assertEquals(backlog, ["warning", "critical"]);
  assert(names.has("HotpathSloCheckout"));

  await using dashboard = new Program(CLI, ["dashboard", "--url", url, "--title", "Shop"], { permissions });
  assertEquals(JSON.parse((await dashboard.end()).lines.join("\n")).title, "Shop");
  const { code: end, errors: reasons } = await shop.stop("SIGTERM");
  // The program prints why its health changes; on a busy machine its event loop may lag.
  const others = reasons.split("\n").filter((reason) => reason !== "" && !reason.startsWith("the event loop lags"));
  assertEquals([end, others], [0, []]);
});

Deno.test("monitoring guide lists every flag of hotpath rules and hotpath dashboard", async () => {
  const guide = await Deno.readTextFile(new URL("README.md", DIRECTORY));
  const listed = [...guide.matchAll(/^\| `(--[a-z-]+)/gm)].map(([, flag]) => flag);
  const offered = new Set<string>();
  for (const command of ["rules", "dashboard"]) {
    await using help = new Program(CLI, [command, "--help"]);
    for (const line of (await help.end()).lines) {
      const [, flag] = /^ {2}(--[a-z-]+)/.exec(line) ?? [];
      if (flag !== undefined && flag !== "--help") offered.add(flag);
    }
  }
  assertEquals(listed.toSorted(), [...offered].toSorted());
});

Deno.test("RUNBOOK: its addresses answer, and its queries use metrics that a program exposes", async () => {
  await using shop = new Program(MAIN, ["0"], { permissions: await optionsInGuide(MAIN) });
  const url = await shop.url();
  const runbook = await Deno.readTextFile(new URL("RUNBOOK.md", DIRECTORY));
  const paths = [...runbook.matchAll(/http:\/\/127\.0\.0\.1:9464(\/\S*)/g)].map(([, path]) => path);
  assertGreater(paths.length, 2);
  for (const path of paths) assertEquals((await pollText(url + path, (text) => text !== "")).at(0), "{", path);

  const ofHotpath = await pollText(`${url}/metrics`, (text) => text !== "");
  const { instruments } = await (await fetch(`${url}/diagnostics/metrics`)).json();
  const exposed = new Set<string>(instruments.map(({ exposedName }: { exposedName: string }) => exposedName));
  const queries = [...runbook.matchAll(/```promql\n(.*?)```/gs)].map(([, query]) => query);
  const names = queries.flatMap((query) => query.match(/\b(?:hotpath|deno|process)_[a-z_]+/g) ?? []);
  assertGreater(names.length, 4);
  const isKnown = (name: string) => exposed.has(name.replace(/_sum$/, "")) || ofHotpath.includes(`\n${name} `);
  assertEquals(names.filter((name) => !isKnown(name)), []);
  await shop.stop("SIGTERM");
});
