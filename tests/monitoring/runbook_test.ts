import { assertEquals, assertMatch } from "@std/assert";
import { demoDefinitions } from "../../examples/monitoring/generate.ts";
import type { AlertingRule, RuleOptions } from "../../src/monitoring/rule_file.ts";
import { generateRules } from "../../src/monitoring/rules.ts";
import { RUNBOOK_BASE, runbookUrl } from "../../src/monitoring/runbook.ts";
import { OPT_IN } from "../_support/health/checks/cases.ts";

const RUNBOOK = new URL("../../examples/monitoring/RUNBOOK.md", import.meta.url);

async function demoAlerts(options: Partial<RuleOptions> = {}): Promise<AlertingRule[]> {
  const { file } = generateRules(await demoDefinitions(OPT_IN), { job: "demo", isNative: false, ...options });
  return file.groups.flatMap(({ rules }) => rules.filter((rule) => "alert" in rule));
}

Deno.test("runbookUrl leads to a section of the runbook for every alert, and none is without an alert", async () => {
  const headings = (await Deno.readTextFile(RUNBOOK)).matchAll(/^## (.+)$/gm);
  const anchors = [...headings].map(([, heading]) => heading.toLowerCase().replaceAll(" ", "-"));
  const urls = new Set((await demoAlerts()).map(({ annotations }) => annotations.runbook_url));
  assertEquals([...urls].toSorted(), anchors.map((anchor) => `${RUNBOOK_BASE}#${anchor}`).toSorted());
});

Deno.test("runbookUrl is of this version by default", async () => {
  const { name, version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(RUNBOOK_BASE, `https://jsr.io/${name}/${version}/examples/monitoring/RUNBOOK.md`);
});

Deno.test("runbookUrl appends a fragment to a document, and a page to a base with a slash", () => {
  const rule = { alert: "HotpathSloOrder", labels: { severity: "critical", slo: "order" } } as const;
  assertEquals(runbookUrl("https://example.com/runbook", rule), "https://example.com/runbook#hotpathslo");
  assertEquals(runbookUrl("https://example.com/runbooks/", rule), "https://example.com/runbooks/hotpathslo");
});

Deno.test("generateRules takes the base of runbooks as text, not as a template", async () => {
  const [{ annotations }] = await demoAlerts({ runbookBase: "https://example.com/?page={{x}}" });
  assertMatch(annotations.runbook_url ?? "", /^https:\/\/example\.com\/\?page=\{\{ "\{\{" \}\}x\}\}#hotpathslo$/);
});
