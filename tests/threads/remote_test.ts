import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runDeno } from "../_support/subprocess.ts";

const ROOT = new URL("../../", import.meta.url);

/** Serves the files of this repository. */
async function serveFile(request: Request, asked: Set<string>): Promise<Response> {
  const { pathname } = new URL(request.url);
  asked.add(pathname);
  try {
    const body = await Deno.readTextFile(new URL(`.${pathname}`, ROOT));
    return new Response(body, { headers: { "content-type": "application/typescript" } });
  } catch {
    return new Response("not found", { status: 404 });
  }
}

Deno.test("createMetrics starts its worker from a remote origin, with no permission but to import from there", async () => {
  const asked = new Set<string>();
  const denoDir = await Deno.makeTempDir();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => serveFile(request, asked),
  );
  try {
    const origin = `127.0.0.1:${server.addr.port}`;
    const { code, stdout, stderr } = await runDeno(
      ["--no-config", `--allow-import=${origin}`, `http://${origin}/tests/_support/threads/remote_script.ts`],
      "",
      { DENO_DIR: denoDir },
    );
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertStringIncludes(stdout, '\norders_total{pair="BTC-USD"} 7\n');
    assertStringIncludes(stdout, "\nmessage_bytes_sum 51200\nmessage_bytes_count 100\n");
    assert(asked.has("/src/threads/worker/main.ts"));
  } finally {
    await server.shutdown();
    await Deno.remove(denoDir, { recursive: true });
  }
});
