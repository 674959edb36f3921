import { assertEquals } from "@std/assert";
import { runDeno } from "../_support/subprocess.ts";

Deno.test("serveMetrics answers scrapes with the right numbers while the main thread is in a busy loop", async () => {
  const script = decodeURIComponent(new URL("../_support/serve/blocked_script.ts", import.meta.url).pathname);
  const { code, stdout, stderr } = await runDeno(["--allow-read", "--allow-net=127.0.0.1", script]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(JSON.parse(stdout), {
    isBlocked: true,
    statuses: [200],
    wrong: [],
    isEnough: true,
    messages: 7_424,
  });
});
