import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Program } from "../_support/cli/program.ts";
import { withDirectory } from "../_support/directory.ts";
import { type ParsedFamily, parseExposition, seriesKey } from "../_support/encode/parse_exposition.ts";

const FOLDER = "examples/migrating_from_prom_client";

Deno.test("migrating after exposes what before exposes with prom-client", async () => {
  assertSameFamilies(await familiesAfter(), await familiesOf(`${FOLDER}/before.ts`, []));
});

Deno.test("migrating after exposes what before exposes with @prometheus-io/client", () =>
  withDirectory(async (directory) => {
    const before = await Deno.readTextFile(`${FOLDER}/before.ts`);
    await Deno.writeTextFile(`${directory}/before.ts`, before.replace('"prom-client"', '"@prometheus-io/client"'));
    await Deno.copyFile(`${FOLDER}/requests.ts`, `${directory}/requests.ts`);
    assertSameFamilies(await familiesAfter(), await familiesOf(`${directory}/before.ts`, ["--config=deno.json"]));
  }));

function familiesAfter(): Promise<ParsedFamily[]> {
  return familiesOf(`${FOLDER}/after.ts`, ["--allow-read=src"]);
}

/** Runs a program that prints an exposition, and parses it. */
async function familiesOf(module: string, permissions: readonly string[]): Promise<ParsedFamily[]> {
  await using program = new Program(module, [], { permissions });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  // Between families, prom-client writes empty lines, which the format ignores and the parser refuses.
  const text = lines.filter((line) => line !== "").join("\n") + "\n";
  return parseExposition(new TextEncoder().encode(text), "text");
}

/** Compares families and series; sums may differ by rounding, quantiles by the error of their sketches. */
function assertSameFamilies(actual: readonly ParsedFamily[], expected: readonly ParsedFamily[]): void {
  assertEquals(actual.map(metadataOf), expected.map(metadataOf));
  const values = new Map(expected.flatMap(({ samples }) => samples).map((sample) => [seriesKey(sample), sample.value]));
  const samples = actual.flatMap(({ samples }) => samples);
  assertEquals(samples.map(seriesKey).toSorted(), [...values.keys()].toSorted());
  for (const sample of samples) {
    const key = seriesKey(sample);
    const value = values.get(key) ?? NaN;
    const tolerance = sample.labels.has("quantile") ? 0.015 : sample.name.endsWith("_sum") ? 1e-12 : 0;
    if (tolerance === 0) assertEquals(sample.value, value, key);
    else assertAlmostEquals(sample.value, value, tolerance * value, key);
  }
}

function metadataOf({ name, type, help }: ParsedFamily): readonly [string, string, string | undefined] {
  return [name, type, help];
}
