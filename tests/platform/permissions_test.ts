import { assert, assertEquals } from "@std/assert";
import { isMissingPermission } from "../../src/platform/permissions.ts";
import { runScript } from "../_support/subprocess.ts";

const PERMISSIONS = JSON.stringify(import.meta.resolve("../../src/platform/permissions.ts"));

Deno.test("isGranted and requirePermission check a permission without a prompt", async () => {
  const script = `import { isGranted, requirePermission } from ${PERMISSIONS};
    const isAllowed = [{ name: "env", variable: "HOME" }, { name: "env", variable: "PATH" }, { name: "ffi" }].map(isGranted);
    requirePermission({ name: "env", variable: "HOME" });
    try { requirePermission({ name: "net", host: "localhost:80" }, "no net"); } catch (error) {
      console.log(isAllowed.join(), error.name, error.message);
    }`;
  const { stdout, stderr } = await runScript(script, ["--allow-env=HOME"]);
  assertEquals([stdout, stderr], ["true,false,false NotCapable no net\n", ""]);
});

Deno.test("isGranted is true where there are no permissions", async () => {
  const script = `const { log } = console;
    const { isGranted, requirePermission } = await import(${PERMISSIONS});
    delete globalThis.Deno;
    requirePermission({ name: "ffi" });
    log(isGranted({ name: "net", host: "localhost:80" }));`;
  const { stdout, stderr } = await runScript(script, ["--allow-read"]);
  assertEquals([stdout, stderr], ["true\n", ""]);
});

Deno.test("isMissingPermission distinguishes the runtime's error from others", () => {
  assert(isMissingPermission(new Deno.errors.NotCapable("no")));
  assert(!isMissingPermission(new Error("NotCapable")));
  assert(!isMissingPermission("NotCapable"));
});
