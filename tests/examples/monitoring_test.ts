import { assertEquals } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { generate } from "../../examples/monitoring/generate.ts";

const DIRECTORY = new URL("../../examples/monitoring/", import.meta.url);

Deno.test("the rules and the dashboard of examples/monitoring are what the demo defines", async () => {
  for (const [name, text] of Object.entries(await generate())) {
    const kept = await Deno.readTextFile(new URL(name, DIRECTORY));
    assertEquals(kept === text, true, `${name} is stale: deno task monitoring writes it again`);
  }
});

Deno.test("what compose.yaml mounts is there, but for the secrets", async () => {
  const text = await Deno.readTextFile(new URL("compose.yaml", DIRECTORY));
  const { services } = parse(text) as { services: Record<string, { volumes: string[] }> };
  const mounted = Object.values(services).flatMap(({ volumes }) => volumes.map((volume) => volume.split(":")[0]));
  const files = mounted.filter((path) => path.startsWith(".") && path !== "./secrets");
  assertEquals(files.length, 6);
  for (const path of files) await Deno.stat(new URL(path, DIRECTORY));
});

Deno.test("no secret stands in alertmanager.yml", async () => {
  const text = await Deno.readTextFile(new URL("alertmanager.yml", DIRECTORY));
  const secrets = text.split("\n").filter((line) =>
    /^\s*(- )?[a-z_]*(password|key|token|url|credentials)\w*:/.test(line)
  );
  const open = secrets.filter((line) => !/_file: \/etc\/alertmanager\/secrets\/\w+$/.test(line));
  assertEquals(open.map((line) => line.trim()), ["- url: http://127.0.0.1:8080/alerts"]);
  assertEquals(secrets.length > open.length, true);
});
