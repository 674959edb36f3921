import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { spellingOf } from "../../src/cli/flags.ts";
import { REPORT } from "../../src/cli/report.ts";
import { pollText, Program, valueOf } from "../_support/cli/program.ts";
import { guideOf, optionsInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/command_line/main.ts";
const CLI = "src/cli/main.ts";

Deno.test("command_line main serves what hotpath report, rules and dashboard read, until SIGINT", async () => {
  const permissions = await optionsInGuide(MAIN);
  await using program = new Program(MAIN, ["0"], { permissions });
  const url = await program.url();
  await pollText(`${url}/metrics`, (text) => valueOf(text, 'checkouts_total{payment="card"}') > 0);

  const printed = async (command: string) => {
    await using hotpath = new Program(CLI, [command, "--url", url], { permissions: ["--allow-net=127.0.0.1"] });
    const { code, lines, errors } = await hotpath.end();
    assertEquals([code, errors], [0, ""]);
    return lines.join("\n");
  };
  assertMatch(await printed("report"), /^checkout_seconds +\d.* 99 % within 5 ms: /m);
  assertStringIncludes(await printed("rules"), "alert: HotpathSloCheckout");
  assertStringIncludes(await printed("dashboard"), "checkout_seconds");
  assertEquals(await program.stop("SIGINT"), { code: 0, lines: [], errors: "" });
});

Deno.test("the guide of the command line names every command and every flag of report, and no others", async () => {
  const guide = await guideOf(MAIN);
  const commands = [...guide.matchAll(/^\| `hotpath (\w+)`/gm)].map(([, name]) => name);
  assertEquals(commands.toSorted(), COMMANDS.map(({ name }) => name).toSorted());
  const known = COMMANDS.flatMap(({ flags }) => flags).map((flag) => `--${spellingOf(flag)}`);
  const named = new Set(guide.match(/(?<=hotpath [^\n]*|`)--[a-z-]+/g));
  // Of Deno.
  const others = ["--help", "--allow-net", "--allow-read", "--exclude-unused-npm"];
  assertEquals([...named].filter((flag) => ![...known, ...others].includes(flag)), []);
  for (const { name } of REPORT.flags) assertStringIncludes(guide, `--${name}`);
});

Deno.test("hotpath rules reads objectives from the settings of the trading demo", async () => {
  const args = ["rules", "--config", "examples/trading/hotpath.yaml"];
  await using hotpath = new Program(CLI, args, { permissions: ["--allow-read=."] });
  const { code, lines } = await hotpath.end();
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "HotpathSlo");
});
