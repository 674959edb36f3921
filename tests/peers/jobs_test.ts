import { assertEquals } from "@std/assert";
import { stringify } from "@std/yaml/stringify";
import { Program } from "../_support/cli/program.ts";
import { withDirectory } from "../_support/directory.ts";
import { runPeer } from "../_support/peers/peer.ts";

const RULES = decodeURIComponent(new URL("../../examples/jobs/rules.yml", import.meta.url).pathname);

Deno.test("promtool says nothing of the file that nightly_job writes, after a success and after a failure", async () => {
  await withDirectory(async (directory) => {
    const permissions = [`--allow-read=.,${directory}`, `--allow-write=${directory}`];
    for (const count of ["100", "many"]) {
      await using program = new Program("examples/jobs/nightly_job.ts", [directory, count], { permissions });
      await program.end();
      const { said, code } = await runPeer(
        "promtool",
        ["check", "metrics"],
        await Deno.readFile(`${directory}/settlement.prom`),
      );
      assertEquals({ said, code }, { said: "", code: 0 });
    }
  });
});

Deno.test("the rules of jobs fire for a stale, a failed and a missing job, and not for a good one", async () => {
  const task = 'task="settlement",instance="a:9100"';
  const firing = (name: string, minutes: number, firing: string[], input: Record<string, string>) => ({
    name,
    interval: "10m",
    input_series: Object.entries(input).map(([series, values]) => ({ series, values })),
    promql_expr_test: [{
      expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: `${minutes}m`,
      exp_samples: firing.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
    }],
  });
  const success = `job_last_success_timestamp_seconds{${task}}`;
  const succeeded = `job_last_run_succeeded{${task}}`;
  const tests = [
    firing("good", 26 * 60, [], { [success]: "0x160", [succeeded]: "1x160" }),
    firing("stale", 26 * 60 + 10, ["JobStale"], { [success]: "0x160", [succeeded]: "1x160" }),
    firing("failed", 20, ["JobFailed"], { [success]: "0x10", [succeeded]: "0x10" }),
    firing("missing", 60, ["JobMissing"], { [succeeded]: "1x10" }),
    firing("unreadable", 20, ["JobFileUnreadable"], {
      [success]: "0x10",
      'node_textfile_scrape_error{instance="a:9100"}': "1x10",
    }),
  ];
  await withDirectory(async (directory) => {
    const path = `${directory}/tests.yml`;
    await Deno.writeTextFile(path, stringify({ rule_files: [RULES], evaluation_interval: "10m", tests }));
    const { code, said } = await runPeer("promtool", ["test", "rules", path]);
    assertEquals(code, 0, said);
  });
});
