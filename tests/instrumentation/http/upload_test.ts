import { assertEquals } from "@std/assert";
import { runDeno } from "../../_support/subprocess.ts";

const SCRIPT = new URL("../../_support/instrumentation/http/upload_script.ts", import.meta.url);
const CONFIG = new URL("../../../deno.json", import.meta.url);

const MODES: Readonly<Record<string, readonly string[]>> = {
  "with Deno's legacy abort": [],
  "with --unstable-no-legacy-abort": ["--unstable-no-legacy-abort"],
};

for (const [mode, flags] of Object.entries(MODES)) {
  Deno.test(`instrumentHandler counts a client that disconnects during an upload as aborted, ${mode}`, async () => {
    const permissions = ["--allow-read", "--allow-env", "--allow-net=127.0.0.1"];
    const config = ["--config", decodeURIComponent(CONFIG.pathname)];
    const { code, stdout, stderr } = await runDeno([...config, ...flags, ...permissions, SCRIPT.href]);
    assertEquals(code, 0, stderr);
    assertEquals(JSON.parse(stdout), {
      handler: { requests: { "POST unmatched 499": 14 }, errors: { aborted: 14 }, calls: {} },
      hono: { requests: { "POST /* 499": 14 }, errors: { aborted: 14 }, calls: {} },
      node: { requests: { "POST /node 499": 2 }, errors: { aborted: 2 }, calls: {} },
      forward: { requests: { "POST unmatched 499": 2 }, errors: { aborted: 2 }, calls: { aborted: 2 } },
    });
  });
}
