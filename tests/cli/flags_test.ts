import { assertEquals, assertThrows } from "@std/assert";
import { type Flag, parseFlags, parseNumber, UsageError } from "../../src/cli/flags.ts";

const FLAGS: readonly Flag[] = [
  { name: "help", short: "h", help: "" },
  { name: "quiet", help: "" },
  { name: "demo", isNegated: true, help: "" },
  { name: "port", value: "N", help: "" },
  { name: "host", value: "H", help: "" },
  { name: "watch", value: "S", implied: "2", help: "" },
  { name: "sort", value: "COLUMN", choices: ["name", "count"], help: "" },
];

function parse(...args: string[]) {
  const flags = parseFlags(args, FLAGS);
  const { isOn, valueOf } = flags;
  return { quiet: isOn("quiet"), demo: isOn("demo"), port: valueOf("port"), host: valueOf("host") };
}

Deno.test("parseFlags returns the defaults without arguments", () => {
  assertEquals(parse(), { quiet: false, demo: true, port: undefined, host: undefined });
});

Deno.test("parseFlags reads switches, negations and values, with and without an equals sign", () => {
  const expected = { quiet: true, demo: false, port: "0", host: "::1" };
  assertEquals(parse("--quiet", "--no-demo", "--port", "0", "--host=::1"), expected);
});

Deno.test("parseFlags reads a letter as its long flag", () => {
  assertEquals(parseFlags(["-h"], FLAGS).isOn("help"), true);
  assertEquals(parseFlags(["--host=-h"], FLAGS).isOn("help"), false);
});

Deno.test("parseFlags takes the implied value of a flag that is given without one", () => {
  const watchOf = (...args: string[]) => parseFlags(args, FLAGS).valueOf("watch");
  assertEquals([watchOf(), watchOf("--watch"), watchOf("--watch", "--quiet")], [undefined, "2", "2"]);
  assertEquals([watchOf("--watch", "5"), watchOf("--watch=5")], ["5", "5"]);
});

Deno.test("parseFlags returns an argument only if it may be given", () => {
  assertEquals(parseFlags(["--quiet", "bash"], FLAGS, ["SHELL"]).argument, "bash");
  assertEquals(parseFlags([], FLAGS, ["SHELL"]).argument, undefined);
  assertThrows(() => parseFlags(["bash", "zsh"], FLAGS, ["SHELL"]), UsageError, 'unexpected argument "zsh"');
});

const REFUSALS: readonly [args: string[], reason: string][] = [
  [["--nope"], 'unknown flag "--nope"'],
  [["--prot", "1"], 'unknown flag "--prot"; did you mean "--port"?'],
  [["-port", "1"], 'unknown flag "-port"; did you mean "--port"?'],
  [["--no-dmeo"], 'unknown flag "--no-dmeo"; did you mean "--no-demo"?'],
  [["-q"], 'unknown flag "-q"'],
  [["--port.x", "1"], 'unknown flag "--port.x"; did you mean "--port"?'],
  [["--_", "x"], 'unknown flag "--_"'],
  [["--__proto__=x"], 'unknown flag "--__proto__=x"'],
  [["--no-quiet"], 'unknown flag "--no-quiet"; did you mean "--quiet"?'],
  [["--no-port"], 'unknown flag "--no-port"'],
  [["surplus"], 'unexpected argument "surplus"'],
  [["--quiet", "yes"], 'unexpected argument "yes"'],
  [["--", "surplus"], 'unexpected argument "surplus"'],
  [[""], 'unexpected argument ""'],
  [["--quiet=no"], "--quiet takes no value"],
  [["--no-demo=1"], "--no-demo takes no value"],
  [["--port"], "--port needs a value"],
  [["--port="], "--port needs a value"],
  [["--port", "--quiet"], "--port needs a value"],
  [["--port", "1", "--port=2"], "--port was given 2 times"],
  [["--sort", "conut"], '--sort must be one of name, count, got "conut"; did you mean "count"?'],
  [["--watch="], "--watch needs a value"],
  [["-h=1"], 'unknown flag "-h=1"'],
  [["--", "-h"], 'unknown flag "-h"'],
  [["--demo", "--no-demo"], "--demo and --no-demo exclude each other"],
];

for (const [args, reason] of REFUSALS) {
  Deno.test(`parseFlags refuses ${JSON.stringify(args)}`, () => {
    assertEquals(assertThrows(() => parse(...args), UsageError).message, reason);
  });
}

Deno.test("parseNumber takes decimal notation only", () => {
  const isAny = (value: number) => !Number.isNaN(value);
  assertEquals(parseNumber("pace", "0.5", "a number", isAny), 0.5);
  for (const text of ["", "x", "0x10", "1e3", "-1", "1.", ".5", " 1", "NaN", "Infinity"]) {
    const { message } = assertThrows(() => parseNumber("pace", text, "a number", isAny), UsageError);
    assertEquals(message, `--pace must be a number, got ${JSON.stringify(text)}`);
  }
});
