import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { type Ending, freePort, Program } from "../_support/cli/program.ts";

const ROOT = new URL("../../", import.meta.url);
const DIRECTORY = new URL("examples/continuous_integration/", ROOT);
const FILES = ["workflow.yml", "program.yml"] as const;

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly "runs-on": string;
  readonly container?: string;
  readonly "timeout-minutes": number;
  readonly steps: readonly Step[];
  readonly strategy?: { readonly matrix: { readonly include: readonly { readonly task: string }[] } };
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>> & { readonly schedule?: readonly { readonly cron: string }[] };
  readonly permissions: unknown;
  readonly concurrency: { readonly group: string };
  readonly defaults: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const readText = (name: string) => Deno.readTextFile(new URL(name, DIRECTORY));
const read = async (name: string) => parse(await readText(name)) as Workflow;
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);
const scriptsOf = (workflow: Workflow) => stepsOf(workflow).flatMap(({ run }) => run === undefined ? [] : [run]);

/** Runs the smoke test against a program. */
async function smoke(port: number, command: readonly string[], urls: readonly string[] = []): Promise<Ending> {
  const permissions = ["--allow-net=127.0.0.1", `--allow-run=${Deno.execPath()}`];
  const run = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-read=.", "--allow-net=127.0.0.1"];
  const args = [`http://127.0.0.1:${port}`, ...urls, "--", ...run, ...command];
  await using program = new Program("examples/continuous_integration/smoke.ts", args, { permissions });
  return await program.end();
}

for (const name of FILES) {
  Deno.test(`${name} may only read, cancels what is outdated, and limits the time of each job`, async () => {
    const workflow = await read(name);
    assertEquals(workflow.permissions, { contents: "read" });
    assertStringIncludes(workflow.concurrency.group, "github.ref");
    assert("push" in workflow.on && "pull_request" in workflow.on);
    // Without it, a failure before a pipe would not fail the step.
    assertEquals(workflow.defaults, { run: { shell: "bash" } });
    for (const job of Object.values(workflow.jobs)) assert(job["timeout-minutes"] > 0);
  });

  Deno.test(`${name} pins what it uses, Deno as .ci/run does`, async () => {
    const [workflow, text] = [await read(name), await readText(name)];
    for (const { uses } of stepsOf(workflow)) {
      if (uses === undefined) continue;
      assertMatch(uses, /^[\w-]+\/[\w-]+@[\da-f]{40}$/);
      assertMatch(text.split("\n").find((line) => line.includes(uses))!, /# v\d+\.\d+\.\d+$/);
    }
    for (const job of Object.values(workflow.jobs)) {
      assertMatch(job["runs-on"], /-\d\d\.\d\d$/);
      if (job.container !== undefined) assertMatch(job.container, /:\d+\.\d+\.\d+/);
    }
    const [, version] = /^deno_version=(\S+)$/m.exec(await Deno.readTextFile(new URL(".ci/run", ROOT)))!;
    const versions = [...text.matchAll(/deno(?:@|-version: )(\d\S*)/g)].map(([, version]) => version);
    assert(versions.length > 0);
    assertEquals(new Set(versions), new Set([version]));
  });

  Deno.test(`${name} has scripts that a shell can parse, without text of others in them`, async () => {
    for (const script of scriptsOf(await read(name))) {
      assert(!script.includes("${{"), `an expression would be run as a part of the script: ${script}`);
      const shell = new Deno.Command("sh", { args: ["-n", "-c", script], stderr: "piped" });
      const { code, stderr } = await shell.output();
      assertEquals([code, new TextDecoder().decode(stderr)], [0, ""], script);
    }
  });
}

Deno.test("workflow.yml runs tasks that deno.json has, each load test among them", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))) as { tasks: object };
  const workflow = await read("workflow.yml");
  const named = scriptsOf(workflow).flatMap((script) => [...script.matchAll(/deno task ([\w:]+)/g)])
    .map(([, task]) => task);
  const loads = workflow.jobs.load.strategy!.matrix.include.map(({ task }) => task);
  for (const task of [...named, ...loads]) assert(task in tasks, `${task} is not a task`);
  assertEquals(loads.toSorted(), Object.keys(tasks).filter((task) => /^load\b/.test(task)).toSorted());
});

Deno.test("workflow.yml is scheduled once a night", async () => {
  const { schedule } = (await read("workflow.yml")).on;
  assertEquals(schedule!.length, 1);
  const [minute, hour, ...days] = schedule![0].cron.split(" ");
  assert(Number(minute) >= 0 && Number(minute) < 60 && Number(hour) >= 0 && Number(hour) < 24);
  assertEquals(days, ["*", "*", "*"]);
});

Deno.test("smoke passes a program that starts, answers, loses nothing and stops", async () => {
  const port = freePort();
  const url = `http://127.0.0.1:${port}/metrics.json`;
  const { code, lines, errors } = await smoke(port, ["examples/serving/main.ts", `${port}`, "0"], [url]);
  assertEquals([code, errors, lines.at(-1)], [0, "", "smoke: passed"]);
  assert(lines.some((line) => line.startsWith(`smoke: ${url} answered 200, `)));
});

const FAULTS: readonly (readonly [fault: string, problem: string])[] = [
  ["does not start", "the program was not ready after 30 s, or ended"],
  ["rejects", 'hotpath_records_rejected_total{reason="nan"} 1'],
  ["drops", "hotpath_records_dropped_total "],
  ["is unwell", '/health answered 503: {"status":"UNHEALTHY"}'],
  ["fails to stop", "the program ended with 3 after SIGTERM"],
  ["ignores SIGTERM", "the program ended with SIGTERM after SIGTERM"],
];

for (const [fault, problem] of FAULTS) {
  Deno.test(`smoke fails a program that ${fault}`, async () => {
    const port = freePort();
    const { code, lines, errors } = await smoke(port, ["tests/_support/examples/faulty_service.ts", `${port}`, fault]);
    assertEquals([code, lines.at(-1)], [1, "smoke: failed"]);
    assertStringIncludes(errors, `smoke: ${problem}`);
  });
}

Deno.test("smoke fails a program that answers a request with a status of 500 or more", async () => {
  const port = freePort();
  const url = `http://127.0.0.1:${port}/health/extended`;
  const command = ["tests/_support/examples/faulty_service.ts", `${port}`, "is unwell"];
  const { code, errors } = await smoke(port, command, [url]);
  assertEquals(code, 1);
  assertStringIncludes(errors, `smoke: ${url} answered 503`);
});

Deno.test("smoke without a command ends with 2", async () => {
  await using program = new Program("examples/continuous_integration/smoke.ts", ["http://127.0.0.1:1"]);
  const { code, errors } = await program.end();
  assertEquals([code, errors], [2, "usage: smoke.ts METRICS_URL [URL…] -- COMMAND…\n"]);
});
