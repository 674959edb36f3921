import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pollText, Program, valueOf } from "../_support/cli/program.ts";
import { optionsInGuide } from "../_support/examples/guide.ts";

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

Deno.test("hotpath rules reads objectives from the settings of the trading demo", async () => {
  const args = ["rules", "--config", "examples/trading/hotpath.yaml"];
  await using hotpath = new Program(CLI, args, { permissions: ["--allow-read=."] });
  const { code, lines } = await hotpath.end();
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "HotpathSlo");
});
