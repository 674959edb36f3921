import { assertEquals, assertThrows } from "@std/assert";
import { instrument } from "./instrument.ts";
import { activate, restart, sinceRestart } from "./switch.ts";

/** The exports of a module with all of its mutants. */
async function loadInstrumented(code: string) {
  const { text, mutants } = instrument("src/a.ts", code, 1, new URL("./switch.ts", import.meta.url).href);
  return { module: await import(`data:application/typescript,${encodeURIComponent(text)}`), mutants };
}

/** What a call returns with each of the mutants active, after what it returns with none. */
function outcomes(count: number, call: () => unknown): unknown[] {
  try {
    return Array.from({ length: count + 1 }, (_, id) => {
      activate(id);
      return call();
    });
  } finally {
    activate(0);
  }
}

Deno.test("instrument holds every mutant behind its number, and the code as it was behind none", async () => {
  const { module, mutants } = await loadInstrumented("export const f = (a: number, b: number) => a * (b + 1);");
  assertEquals(mutants.map(({ id }) => id), [1, 2, 3]);
  assertEquals(outcomes(3, () => module.f(2, 3)), [8, undefined, 2 / 4, 4]);
});

Deno.test("instrument keeps statements, blocks and loops as they were", async () => {
  const { module, mutants } = await loadInstrumented(`
    export class Sum {
      #sum = 0;
      add(values: readonly number[]): this {
        for (const value of values) if (value !== 0) this.#sum += value;
        else continue;
        return this;
      }
      get sum(): number { return this.#sum; }
    }`);
  const results = outcomes(mutants.length, () => new module.Sum().add([1, 0, 2])?.sum);
  assertEquals(results, [3, undefined, 3, 0, 0, -3, undefined]);
});

Deno.test("instrument notes which mutants are reached", async () => {
  const { module } = await loadInstrumented("export const f = (a: boolean) => a ? -1 : !a;");
  restart();
  module.f(true);
  assertEquals(sinceRestart().reached, [1, 2, 3, 4]);
});

Deno.test("instrument ends a loop that the mutant made endless", async () => {
  const { module, mutants } = await loadInstrumented("export function f() { for (let i = 0; i < 3; i++); }");
  activate(mutants.find(({ mutant }) => mutant.includes("i--"))!.id);
  restart(1_000);
  try {
    assertThrows(module.f, Error, "The mutant loops");
  } finally {
    activate(0);
    restart();
  }
});

Deno.test("Mutant names its line, and the code before and after in one line", () => {
  const code = "\nexport function f(a: number) {\n  if (\n    a > 1 &&\n    a < 3\n  ) return a;\n}\n";
  const { mutants } = instrument("src/a.ts", code, 1, "./switch.ts");
  const [, isTrue] = mutants;
  assertEquals(isTrue, { id: 2, file: "src/a.ts", line: 4, original: "a > 1 && a < 3", mutant: "true" });
});
