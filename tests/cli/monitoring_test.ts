import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml/parse";
import type { Definitions } from "../../mod.ts";
import type { AlertingRule, RuleFile } from "../../src/monitoring/rule_file.ts";
import { withDirectory } from "../_support/directory.ts";
import { Program, type ProgramOptions } from "../_support/cli/program.ts";

const MAIN = "src/cli/main.ts";
const COMMANDS = ["rules", "dashboard"] as const;

interface Answer {
  readonly code: number;
  readonly text: string;
  readonly errors: string;
}

async function hotpath(args: readonly string[], options?: ProgramOptions): Promise<Answer> {
  await using program = new Program(MAIN, args, options);
  const { code, lines, errors } = await program.end();
  return { code, text: lines.join("\n"), errors };
}

interface Asked {
  readonly path: string;
  readonly authorization: string | null;
}

/** Serves one answer to everything while a test runs. */
async function withServer(body: string, test: (url: string, asked: readonly Asked[]) => Promise<void>): Promise<void> {
  const asked: Asked[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push({ path: new URL(request.url).pathname, authorization: request.headers.get("authorization") });
    return new Response(body);
  });
  try {
    await test(`http://127.0.0.1:${server.addr.port}`, asked);
  } finally {
    await server.shutdown();
  }
}

const DEFINITIONS: Definitions = {
  instruments: [{
    ...{ type: "gauge", name: "depth", exposedName: "depth", windowName: "", unit: "", help: "Queued events" },
    ...{ labelNames: ["queue"], buckets: [], schema: 0, sketch: "exponential", isCritical: false },
  }],
  kpis: [
    { ...{ name: "depth", metric: "depth", statistic: "value", direction: "below" }, target: 5, critical: undefined },
    { ...{ name: "\x1b[2J", metric: "gone", statistic: "rate", direction: "above" }, target: 5, critical: undefined },
  ],
  windows: ["1m"],
  health: {},
  hasSelfMetrics: false,
};

function alertsOf(yaml: string): AlertingRule[] {
  return (parse(yaml) as RuleFile).groups.flatMap(({ rules }) => rules.filter((rule) => "alert" in rule));
}

Deno.test("hotpath rules prints YAML for the definitions of a server, and lists skipped alerts", async () => {
  await withServer(JSON.stringify(DEFINITIONS), async (url, asked) => {
    const flags = ["--job", 'my "shop"', "--for", "30s", "--interval", "2s"];
    const { code, text, errors } = await hotpath(["rules", "--url", `${url}/internal/`, ...flags]);
    assertEquals(code, 0);
    assertEquals(asked.map(({ path }) => path), ["/internal/diagnostics/metrics"]);
    assertEquals(
      errors,
      "hotpath: skipped the warning alert of KPI \\u001b[2J: the program has no metric gone\n",
    );
    const [{ alert, expr, for: held, labels }] = alertsOf(text);
    assertEquals([alert, held, labels], ["HotpathKpiDepth", "30s", { severity: "warning", kpi: "depth" }]);
    assertEquals(expr, String.raw`depth{job="my \"shop\""} > 5`);
    assertEquals((parse(text) as RuleFile).groups.map(({ interval }) => interval), ["2s", "2s"]);
  });
});

Deno.test("hotpath dashboard prints JSON of what a server has defined", async () => {
  await withServer(JSON.stringify(DEFINITIONS), async (url) => {
    const { code, text, errors } = await hotpath(["dashboard", "--url", url, "--title", "My shop"]);
    assertEquals([code, errors], [0, ""]);
    const { title, uid, panels } = JSON.parse(text);
    assertEquals([title, uid], ["My shop", "my-shop"]);
    assertEquals(panels.map((panel: { title: string }) => panel.title), ["Other", "depth"]);
    assertEquals(panels[1].targets[0].expr, 'depth{job=~"$job",instance=~"$instance",queue=~"$queue"}');
  });
});

for (const command of COMMANDS) {
  Deno.test(`hotpath ${command} takes timers and objectives from a file`, async () => {
    const { code, text, errors } = await hotpath([command, "--config", "examples/trading/hotpath.yaml"]);
    assertEquals([code, errors], [0, ""]);
    assertStringIncludes(text, "event_bus_publish_slo_violations_total");
    assertStringIncludes(text, "deno_eventloop_lag_seconds");
  });

  Deno.test(`hotpath ${command} --help prints its flags`, async () => {
    const { code, text, errors } = await hotpath([command, "--help"]);
    assertEquals([code, errors], [0, ""]);
    assertMatch(text, new RegExp(`\nUsage: hotpath ${command} \\[flags\\]`));
    for (const flag of ["--url", "--auth-token-file", "--config", "--native"]) assertStringIncludes(text, flag);
    for (const line of text.split("\n")) assertEquals(line.length <= 100, true, line);
  });

  Deno.test(`hotpath ${command} refuses wrong flags`, async () => {
    for (
      const [args, reason] of [
        [["--nothing"], 'unknown flag "--nothing"'],
        [["--config", "a", "--url", "b"], "--config excludes --url and --auth-token-file"],
        [["--url", "ftp://a"], "--url must be a URL such as http://127.0.0.1:9464"],
      ] as const
    ) {
      const { code, text, errors } = await hotpath([command, ...args]);
      assertEquals([code, text], [2, ""]);
      assertStringIncludes(errors, reason);
    }
  });

  Deno.test(`hotpath ${command} reports in a line that no server answers`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const { code, text, errors } = await hotpath([command, "--url", `http://127.0.0.1:${port}`]);
    assertEquals([code, text], [1, ""]);
    assertMatch(errors, /^hotpath: Cannot reach http:\S+\/diagnostics\/metrics: nothing listens at http:[^\n]*\n$/);
  });

  Deno.test(`hotpath ${command} sends a token`, async () => {
    await withDirectory(async (directory) => {
      await Deno.writeTextFile(`${directory}/token`, "t0ken\n");
      await withServer(JSON.stringify(DEFINITIONS), async (url, asked) => {
        const permissions = [`--allow-read=.,${directory}`, "--allow-net=127.0.0.1", "--allow-env"];
        const args = [command, "--url", url, "--auth-token-file", `${directory}/token`];
        assertEquals((await hotpath(args, { permissions })).code, 0);
        assertEquals(asked.map(({ authorization }) => authorization), ["Bearer t0ken"]);
      });
    });
  });
}

Deno.test("hotpath rules refuses invalid durations", async () => {
  for (const flag of ["for", "range", "interval", "scrape-interval"]) {
    for (const text of ["5", "0s", "1us", "soon"]) {
      const { code, errors } = await hotpath(["rules", `--${flag}`, text]);
      assertEquals(code, 2);
      assertStringIncludes(
        errors,
        `--${flag} must be a duration of whole milliseconds such as 30s or 5m, got "${text}"`,
      );
    }
  }
});

Deno.test("hotpath rules --runbook-base is where runbook_url leads, and must be a URL without a fragment", async () => {
  await withServer(JSON.stringify(DEFINITIONS), async (url) => {
    const base = "https://wiki.example.com/runbooks/";
    const { text } = await hotpath(["rules", "--url", url, "--runbook-base", base]);
    assertEquals(alertsOf(text).map(({ annotations }) => annotations.runbook_url), [
      ...["hotpathkpi", "hotpathtargetdown", "hotpathtargetabsent"].map((section) => base + section),
    ]);
  });
  for (const text of ["runbooks", "ftp://example.com", "https://example.com/#alerts"]) {
    const { code, errors } = await hotpath(["rules", "--runbook-base", text]);
    assertEquals(code, 2);
    assertStringIncludes(errors, `--runbook-base must be a URL without a fragment such as https:`);
    assertStringIncludes(errors, `got "${text}"`);
  }
});

Deno.test("hotpath rules --scrape-interval lengthens what rates look back, and refuses a --range without two scrapes", async () => {
  const kpis = [{ ...DEFINITIONS.kpis[0], metric: "sent_total", statistic: "rate" }];
  const instruments = [{ ...DEFINITIONS.instruments[0], type: "counter", name: "sent", exposedName: "sent_total" }];
  await withServer(JSON.stringify({ ...DEFINITIONS, instruments, kpis }), async (url) => {
    const rangeWith = async (...flags: string[]) => {
      const { text } = await hotpath(["rules", "--url", url, ...flags]);
      return /\[(\w+)\]/.exec(alertsOf(text)[0].expr)?.[1];
    };
    assertEquals(await rangeWith(), "4m");
    assertEquals(await rangeWith("--scrape-interval", "15s"), "1m");
    assertEquals(await rangeWith("--scrape-interval", "5m"), "20m");
    assertEquals(await rangeWith("--scrape-interval", "15s", "--range", "30s"), "30s");
    const { code, errors } = await hotpath(["rules", "--url", url, "--scrape-interval", "30s", "--range", "59s"]);
    assertEquals(code, 2);
    assertStringIncludes(
      errors,
      "--range must be at least twice --scrape-interval, because a rate needs two scrapes, got 59s",
    );
  });
});

Deno.test("hotpath rules and dashboard list names that Prometheus has to escape, in letters that a terminal can show", async () => {
  const labelNames = ["service.name", "queue"];
  const instruments = ["a.\x9b2J", "\u202eb", "c d", "e-f", "g.h", "i.j", "legacy_total"].map((exposedName) => ({
    ...DEFINITIONS.instruments[0],
    exposedName,
    name: exposedName,
    labelNames,
  }));
  await withServer(JSON.stringify({ ...DEFINITIONS, instruments, kpis: [] }), async (url) => {
    for (const command of COMMANDS) {
      const { code, text, errors } = await hotpath([command, "--url", url]);
      assertEquals(code, 0);
      assertEquals(
        errors,
        'hotpath: written with underscores: "a.\\u{9b}2J", "\\u{202e}b", "c d", "e-f", "g.h" and 2 more;' +
          " Prometheus 3 needs metric_name_escaping_scheme: underscores\n",
      );
      // deno-lint-ignore no-control-regex
      assertNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    }
  });
});

Deno.test("hotpath rules refuses a file that is wrong", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/hotpath.yaml`, "metrics:\n  sla_thresholds:\n    order: soon\n");
    const permissions = [`--allow-read=.,${directory}`, "--allow-env"];
    const { code, text, errors } = await hotpath(["rules", "--config", `${directory}/hotpath.yaml`], { permissions });
    assertEquals([code, text], [2, ""]);
    assertStringIncludes(errors, "sla_thresholds.order");
  });
});

/** Definitions where something is something else. */
function withWrong(part: "instruments" | "kpis", fields: Readonly<Record<string, unknown>>): string {
  const [first, ...rest] = DEFINITIONS[part];
  return JSON.stringify({ ...DEFINITIONS, [part]: [{ ...first, ...fields }, ...rest] });
}

const WRONG: readonly [body: string, reason: string][] = [
  ["\x1b[2J<html>", "answer must be JSON"],
  ["[]", "answer must be an object"],
  [JSON.stringify({ ...DEFINITIONS, instruments: {} }), "answer.instruments must be an array"],
  [JSON.stringify({ instruments: [] }), "answer.kpis must be an array"],
  [JSON.stringify({ ...DEFINITIONS, windows: [1] }), "answer.windows[0] must be a string"],
  [JSON.stringify({ ...DEFINITIONS, health: { a: { b: "\x1b" } } }), "answer.health.a.b must be a finite number"],
  [
    JSON.stringify({ ...DEFINITIONS, health: { "\x1b": { b: "" } } }),
    "each of answer.health.b must be a finite number",
  ],
  [JSON.stringify({ ...DEFINITIONS, hasSelfMetrics: 1 }), "answer.hasSelfMetrics must be true or false"],
  [
    withWrong("instruments", { type: "\x1b[2J" }),
    'answer.instruments[0].type must be "counter", "gauge", "histogram", "timer" or',
  ],
  [withWrong("instruments", { unit: "{{ $value }}" }), "answer.instruments[0].unit must be a unit"],
  [withWrong("instruments", { labelNames: "a" }), "answer.instruments[0].labelNames must be an array"],
  [
    withWrong("instruments", { slo: { target: 1 } }),
    "answer.instruments[0].slo.thresholdSeconds must be a finite number",
  ],
  [withWrong("instruments", { summary: {} }), "answer.instruments[0].summary.quantiles must be an array"],
  [withWrong("instruments", { buckets: ["1"] }), "answer.instruments[0].buckets[0] must be a finite number"],
  [withWrong("kpis", { metric: 1 }), "answer.kpis[0].metric must be a string"],
  [withWrong("kpis", { statistic: "p98" }), 'answer.kpis[0].statistic must be "p99", "rate" or "value"'],
  [withWrong("kpis", { target: "1) or vector(1" }), "answer.kpis[0].target must be a finite number"],
];

for (const [body, reason] of WRONG) {
  Deno.test(`hotpath rules refuses an answer where ${reason}`, async () => {
    await withServer(body, async (url) => {
      const { code, text, errors } = await hotpath(["rules", "--url", url]);
      assertEquals([code, text], [1, ""]);
      assertStringIncludes(errors, `/diagnostics/metrics as a list of definitions of Hotpath: ${reason}`);
      // deno-lint-ignore no-control-regex
      assertNotMatch(errors.trimEnd(), /[\x00-\x1f\x7f-\x9f]/);
    });
  });
}
