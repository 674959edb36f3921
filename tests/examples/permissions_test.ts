import { assert, assertEquals } from "@std/assert";
import { Program } from "../_support/cli/program.ts";
import { withDirectory } from "../_support/directory.ts";
import { outputInGuide } from "../_support/examples/guide.ts";
import { MOD, runScript } from "../_support/subprocess.ts";

const MAIN = "examples/permissions/main.ts";
const ROOT = new URL("../../", import.meta.url);
const NEEDS_NONE = "record, aggregate inline";

/** Uses by the permissions that each needs. */
const NEEDS: Readonly<Record<string, (directory: string) => readonly string[]>> = {
  "aggregate in a worker": () => ["--allow-read=src"],
  "time with the ffi clock": () => ["--allow-ffi"],
  "serve": () => ["--allow-net=127.0.0.1"],
  "read variables": () => ["--allow-env=METRICS_*"],
  "read a configuration file": () => ["--allow-read=examples/trading/hotpath.yaml"],
  "write snapshots": (directory) => [`--allow-read=${directory}`, `--allow-write=${directory}`],
};

async function linesWith(permissions: readonly string[], directory: string): Promise<string[]> {
  await using program = new Program(MAIN, [directory], { permissions });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  return lines;
}

Deno.test("permissions main without permissions prints what the guide shows", async () => {
  await withDirectory(async (directory) => {
    assertEquals(await linesWith([], directory), await outputInGuide(MAIN));
  });
});

for (const [use, permissionsFor] of Object.entries(NEEDS)) {
  Deno.test(`permissions main can ${use} with the permissions for that, and nothing else`, async () => {
    await withDirectory(async (directory) => {
      const lines = await linesWith(permissionsFor(directory), directory);
      assertEquals(lines.filter((line) => line.startsWith("yes")), [`yes  ${NEEDS_NONE}`, `yes  ${use}`]);
    });
  });
}

Deno.test("permissions guide names tests that exist", async () => {
  const guide = await Deno.readTextFile(new URL("examples/permissions/README.md", ROOT));
  const named = [...guide.matchAll(/^\|.*`(tests\/\S+_test\.ts)` +\|$/gm)].map(([, path]) => path);
  assert(named.length >= 13);
  for (const path of named) assert((await Deno.stat(new URL(path, ROOT))).isFile, path);
});

Deno.test("permissions guide names the variables that /live needs as a WebSocket of inline metrics", async () => {
  const source = `
    import { createMetrics } from ${JSON.stringify(MOD)};
    import { serveMetrics } from ${JSON.stringify(MOD.replace("mod.ts", "src/server.ts"))};
    await using metrics = createMetrics({ aggregation: "inline" });
    await using server = await serveMetrics(metrics, { port: 0 });
    const socket = new WebSocket(server.url.replace("http", "ws") + "/live");
    const outcome = Promise.withResolvers();
    socket.onmessage = () => outcome.resolve("follows");
    socket.onerror = () => outcome.resolve("refused");
    console.log(await outcome.promise);
    socket.close();`;
  const guide = await Deno.readTextFile(new URL("examples/permissions/README.md", ROOT));
  const [variables] = /--allow-env=WS_\S+(?=`)/.exec(guide) ?? [];
  assert(variables !== undefined);
  const granted = await runScript(source, ["--allow-net=127.0.0.1", variables]);
  assertEquals(granted, { code: 0, stdout: "follows\n", stderr: "" });
  const denied = await runScript(source, ["--allow-net=127.0.0.1"]);
  assertEquals(denied, { code: 0, stdout: "refused\n", stderr: "" });
});
