import {
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { chooseClock, type Clock } from "../../src/record/clock.ts";
import { withDirectory } from "../_support/directory.ts";
import { MOD, runScript } from "../_support/subprocess.ts";

const CLOCK = import.meta.resolve("../../src/record/clock.ts");

Deno.test("chooseClock returns the named clock", () => {
  assertEquals(chooseClock("performance").name, "performance");
  assertEquals(chooseClock("ffi").name, "ffi");
  assertEquals(chooseClock("auto").name, "ffi");
});

Deno.test("chooseClock returns a clock of the caller unchanged", () => {
  const clock: Clock = { now: () => 42 };
  const choice = chooseClock(clock);
  assertStrictEquals(choice.clock, clock);
  assertEquals(choice.name, "injected");
  assertEquals(chooseClock(performance).name, "injected");
});

Deno.test("chooseClock refuses what is no clock", () => {
  const choose = (wanted: unknown) => () => chooseClock(wanted as Clock);
  assertThrows(choose({}), TypeError, "Cannot create metrics: clock must have a now() method, got {}");
  assertThrows(
    choose("sundial"),
    RangeError,
    'Cannot create metrics: clock must be "auto", "ffi", "performance" or a clock, got "sundial"',
  );
  assertThrows(choose(null), TypeError, "clock must be");
  assertThrows(choose(7), TypeError, "got 7");
});

Deno.test("chooseClock refuses a clock whose first reading is not finite", () => {
  for (const shown of [NaN, Infinity, -Infinity, undefined, null, "1000", 5n, {}]) {
    assertThrows(
      () => chooseClock({ now: () => shown as number }),
      TypeError,
      "Cannot create metrics: clock.now() must return a finite number, got ",
    );
  }
  const broken = () => {
    throw new Error("no clock");
  };
  const error = assertThrows(
    () => chooseClock({ now: broken }),
    TypeError,
    "must return a finite number, it has thrown",
  );
  assertEquals((error.cause as Error).message, "no clock");
});

for (const name of ["performance", "ffi"] as const) {
  Deno.test(`the ${name} clock never goes back and counts milliseconds from an arbitrary origin`, () => {
    const { clock } = chooseClock(name);
    let before = clock.now();
    assertGreaterOrEqual(before, 0);
    let backwards = 0;
    for (let i = 0; i < 100_000; i++) {
      const now = clock.now();
      if (now < before) backwards += 1;
      before = now;
    }
    assertEquals(backwards, 0);
  });
}

Deno.test("the ffi and the performance clock agree within 1 ms over five seconds", async () => {
  const { clock: ffi } = chooseClock("ffi");
  const { clock: reference } = chooseClock("performance");
  // The narrowest of some bracketed readings: a thread that is preempted between two readings disagrees with itself.
  const offset = () => {
    let best = { widthMs: Infinity, offsetMs: NaN };
    for (let i = 0; i < 200; i++) {
      const before = reference.now();
      const now = ffi.now();
      const after = reference.now();
      if (after - before < best.widthMs) best = { widthMs: after - before, offsetMs: now - (before + after) / 2 };
    }
    return best.offsetMs;
  };
  const first = offset();
  const endMs = reference.now() + 5_000;
  while (reference.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    assertLess(Math.abs(offset() - first), 1);
  }
});

/** Where systems have it; the first that is there. */
const C_LIBRARY = [
  `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`,
  "/lib64/libc.so.6",
  "/usr/lib/libc.so.6",
  `/lib/ld-musl-${Deno.build.arch}.so.1`,
].find(isThere) ?? "/usr/lib/libSystem.B.dylib";

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("the ffi clock needs no more than the C library, and times with that as with all of the permission", async () => {
  const script = `import { createMetrics } from ${JSON.stringify(MOD)};
    await using metrics = createMetrics({ clock: "ffi", aggregation: "inline" });
    const job = metrics.timer("job");
    // Within the timing: a thread that is preempted between two readings would time less than this.
    const [began, start] = [job.start(), performance.now()];
    while (performance.now() - start < 20);
    const least = performance.now() - start;
    job.end(began);
    const [{ series: [{ sum }] }] = (await metrics.snapshot()).metrics;
    console.log(sum >= (least - 1) / 1_000 && sum < 10, (await metrics.performance()).clock);`;
  const { code, stdout, stderr } = await runScript(script, [`--allow-ffi=${C_LIBRARY}`]);
  assertEquals([code, stdout, stderr], [0, "true ffi\n", ""]);
});

Deno.test("the auto clock opens no library of the working directory, which a permission for a name alone is for", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/libc.so.6`, "");
    const script = `import { chooseClock } from ${JSON.stringify(CLOCK)};
      Deno.dlopen = (path) => { console.log("opened", path); throw new Error("no library"); };
      console.log(chooseClock("auto").name);`;
    await Deno.writeTextFile(`${directory}/main.ts`, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", "--allow-ffi=libc.so.6", "main.ts"],
      cwd: directory,
    }).output();
    assertEquals([stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)), ["performance\n", ""]);
  });
});

Deno.test("the ffi clock without its permission is refused with the way out, not prompted for", async () => {
  const script = `import { createMetrics } from ${JSON.stringify(MOD)};
    try { createMetrics({ clock: "ffi", aggregation: "inline" }); } catch (error) { console.log(String(error)); }`;
  const { code, stdout, stderr } = await runScript(script, []);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    /^Error: Cannot open the ffi clock: permission is missing, run with --allow-ffi, or with --allow-ffi=\/\S+ or wherever that library is, or use clock: "auto"\n$/,
  );
});

for (
  const { permissions, expected } of [
    { permissions: [], expected: "performance" },
    { permissions: ["--deny-ffi"], expected: "performance" },
    { permissions: ["--allow-ffi"], expected: "ffi" },
    { permissions: [`--allow-ffi=${C_LIBRARY}`], expected: "ffi" },
    { permissions: ["--allow-ffi=/lib,/usr/lib,/lib64"], expected: "ffi" },
    { permissions: ["--allow-ffi=/lib/other.so"], expected: "performance" },
    { permissions: ["--allow-ffi", "--deny-ffi=libc.so.6"], expected: "performance" },
  ]
) {
  Deno.test(`the auto clock with ${permissions[0] ?? "no permission"} is ${expected}`, async () => {
    const script = `import { chooseClock } from ${JSON.stringify(CLOCK)};
      const { name, clock } = chooseClock("auto");
      console.log(name, clock.now() >= 0);`;
    const { code, stdout, stderr } = await runScript(script, permissions);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, `${expected} true`);
  });
}

Deno.test("chooseClock suggests the nearest name", () => {
  for (const [wanted, name] of [["aut", "auto"], ["fi", "ffi"], ["perfomance", "performance"]]) {
    assertThrows(() => chooseClock(wanted as "auto"), RangeError, `did you mean "${name}"?`);
  }
});
