import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Snapshot } from "../../../mod.ts";
import { settingsOf } from "../../../src/model/adjustable_settings.ts";
import { type SnapshotFilesOptions, type SnapshotFilesState, writeSnapshots } from "../../../src/export.ts";
import { DISK } from "../../../src/platform/file_system.ts";
import { SnapshotWriter } from "../../../src/keep/files/snapshot_files.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import { runScript } from "../../_support/subprocess.ts";
import { MemoryDisk } from "../../_support/keep/files/memory_disk.ts";
import { withDirectory } from "../../_support/directory.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const META = { recorded: 0, dropped: 0, sampledOut: 0, series: 0, overflowed: 0 };
const OPTIONS: SnapshotFilesOptions = { directory: "snapshots", intervalMs: DAY_MS };

/** Snapshots of given times, milliseconds after the start. */
function sourceOf(timesMs: readonly number[]): { snapshot(): Promise<Snapshot> } {
  let next = 0;
  return {
    snapshot() {
      const timestamp = new Date(START_MS + timesMs[next++]).toISOString();
      return Promise.resolve({ timestamp, uptimeSeconds: next, metrics: [], meta: META });
    },
  };
}

const CONFIG = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);

/** What a program of its own begins with. */
const IMPORTS = `import { noopMetrics } from ${JSON.stringify(import.meta.resolve("../../../mod.ts"))};
import { writeSnapshots } from ${JSON.stringify(import.meta.resolve("../../../src/export.ts"))};`;

/** The names of snapshots of these times, in the order in which they are written. */
function namesOf(timesMs: readonly number[]): string[] {
  return timesMs.map((timeMs, index) =>
    `hotpath-${String(index + 1).padStart(10, "0")}-${
      new Date(START_MS + timeMs).toISOString().replaceAll(":", "-")
    }.json`
  );
}

/** The number in a snapshot's name. */
function numberIn(name: string): number {
  return Number(/^hotpath-(\d+)-/.exec(name)?.[1]);
}

/** What a state says in short. */
function outcome({ written, failed, lastError }: SnapshotFilesState): [number, number, string | undefined] {
  return [written, failed, lastError?.message];
}

async function namesIn(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).toSorted();
}

async function until(isDone: () => boolean): Promise<void> {
  for (let attempts = 3_000; attempts > 0; attempts--) {
    if (isDone()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("Cannot wait any longer");
}

Deno.test("writeSnapshots writes the snapshot as JSON, named by its time, in a directory that it makes", async () => {
  await withDirectory(async (parent) => {
    await using test = inlineMetrics();
    test.metrics.counter("orders_total").inc(7);
    const directory = `${parent}/a/b`;
    const files = writeSnapshots(test.metrics, { directory, intervalMs: DAY_MS });
    assertEquals(files.state, { written: 0, failed: 0, lastError: undefined, lastPath: undefined });
    await files.write();
    const [name, ...others] = await namesIn(directory);
    assertEquals(others, []);
    const text = await Deno.readTextFile(`${directory}/${name}`);
    const snapshot = JSON.parse(text) as Snapshot;
    assertEquals(name, `hotpath-0000000001-${snapshot.timestamp.replaceAll(":", "-")}.json`);
    assertEquals(snapshot.metrics[0].series[0], { labels: {}, value: 7 });
    assert(text.endsWith("}\n"));
    assertEquals(files.state, {
      written: 1,
      failed: 0,
      lastError: undefined,
      lastPath: `${directory}/${name}`,
    });
    await files.stop();
  });
});

Deno.test("writeSnapshots writes one each interval by itself", async () => {
  await withDirectory(async (directory) => {
    await using test = inlineMetrics();
    await using files = writeSnapshots(test.metrics, { directory, intervalMs: 100 });
    await until(() => files.state.written >= 2);
    assertEquals(files.state.failed, 0);
  });
});

Deno.test("writeSnapshots keeps no program alive", async () => {
  await withDirectory(async (directory) => {
    const script = `${IMPORTS}
      writeSnapshots(noopMetrics, { directory: ${JSON.stringify(directory)} });`;
    const { code, stderr } = await runScript(script, ["--allow-read", "--allow-write"]);
    assertEquals([code, stderr, await namesIn(directory)], [0, "", []]);
  });
});

Deno.test("writeSnapshots names the missing permission, and does not prompt", async () => {
  const script = `${IMPORTS}
    const files = writeSnapshots(noopMetrics, { directory: "snapshots" });
    await files.stop();
    console.log(files.state.lastError.message);`;
  const { code, stdout } = await runScript(script, ["--allow-read"]);
  const reason = "permission is missing, run with --allow-write=snapshots";
  assertEquals([code, stdout], [0, `Cannot write a snapshot to snapshots: ${reason}\n`]);
});

/** What must not be followed, and what makes it. */
const TRAPS: readonly [what: string, set: (path: string, precious: string) => Promise<void>][] = [
  ["a link", (path, precious) => Deno.symlink(precious, path)],
  ["a link to nothing", (path) => Deno.symlink(`${path}.nothing`, path)],
  ["a pipe", async (path) => {
    const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
    assert(success);
  }],
  ["a directory", (path) => Deno.mkdir(path)],
];

for (const [what, set] of TRAPS) {
  Deno.test(`writeSnapshots leaves ${what} alone that has the name of a snapshot`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    await withDirectory(async (parent) => {
      const [directory, precious] = [`${parent}/snapshots`, `${parent}/precious.txt`];
      await Deno.mkdir(directory);
      await Deno.writeTextFile(precious, "precious");
      const trap = "hotpath-0000000007-2000-01-01T00-00-00.000Z.json";
      await set(`${directory}/${trap}`, precious);
      const files = new SnapshotWriter(sourceOf([0, 1]), { ...OPTIONS, directory, keep: 1 }, DISK);
      await files.write();
      await files.stop();
      assertEquals(outcome(files.state), [2, 0, undefined]);
      assertEquals([await Deno.readTextFile(precious), await namesIn(directory)], [
        "precious",
        [trap, namesOf([0, 1])[1]].toSorted(),
      ]);
    });
  });
}

Deno.test("DISK.writeSynced writes over nothing, neither a file nor what a link names", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "precious");
    await Deno.symlink(`${directory}/file`, `${directory}/link`);
    await Deno.symlink(`${directory}/nothing`, `${directory}/dangling`);
    for (const name of ["file", "link", "dangling"]) {
      await assertRejects(() => DISK.writeSynced(`${directory}/${name}`, "new"), Deno.errors.AlreadyExists);
    }
    assertEquals(await Deno.readTextFile(`${directory}/file`), "precious");
    assertEquals(await namesIn(directory), ["dangling", "file", "link"]);
  });
});

Deno.test("writeSnapshots has its directory alone: files of a second writer fail until the first has stopped", {
  // It opens no directories, so none are locked.
  ignore: Deno.build.os === "windows",
}, async () => {
  await withDirectory(async (directory) => {
    await using test = inlineMetrics();
    const [first, second] = [1, 2].map(() => writeSnapshots(test.metrics, { directory, intervalMs: DAY_MS }));
    await first.write();
    await Promise.all([second.write(), first.write()]);
    assertEquals([first.state.written, second.state.written], [2, 0]);
    const reason = "another writer, of this or another program, has locked it";
    assertEquals(second.state.lastError?.message, `Cannot write a snapshot to ${directory}: ${reason}`);
    await first.stop();
    await second.stop();
    assertEquals([first.state.written, second.state.written], [3, 1]);
    const names = await namesIn(directory);
    assertEquals(names.map(numberIn), [1, 2, 3, 4]);
    for (const name of names) JSON.parse(await Deno.readTextFile(`${directory}/${name}`));
  });
});

Deno.test("writeSnapshots continues after a writer that was killed, and removes its incomplete file", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withDirectory(async (directory) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", "--allow-all", "--config", CONFIG, "-"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${IMPORTS}
      await writeSnapshots(noopMetrics, { directory: ${JSON.stringify(directory)} }).write();
      console.log("written");
      setInterval(() => {}, 1_000);`));
    await writer.close();
    const output = child.stdout.getReader();
    await output.read();
    const half = `hotpath-${crypto.randomUUID()}.json.tmp`;
    await Deno.writeTextFile(`${directory}/${half}`, "{");
    await using test = inlineMetrics();
    const files = writeSnapshots(test.metrics, { directory, intervalMs: DAY_MS });
    await files.write();
    assertEquals([files.state.written, files.state.failed], [0, 1]);
    child.kill("SIGKILL");
    await child.status;
    await output.cancel();
    await files.stop();
    assertEquals([files.state.written, files.state.failed], [1, 1]);
    assertEquals((await namesIn(directory)).map(numberIn), [1, 2]);
  });
});

Deno.test("writeSnapshots takes a directory that was removed and made again, before another writer does", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withDirectory(async (parent) => {
    await using test = inlineMetrics();
    const directory = `${parent}/snapshots`;
    const [first, second] = [1, 2].map(() => writeSnapshots(test.metrics, { directory, intervalMs: DAY_MS }));
    await first.write();
    await Deno.remove(directory, { recursive: true });
    await first.write();
    await second.write();
    assertEquals([first.state.written, second.state.written, second.state.failed], [2, 0, 1]);
    await first.stop();
    await second.stop();
  });
});

Deno.test("SnapshotWriter takes the lock again when another process has removed it", async () => {
  const disk = new MemoryDisk();
  const files = new SnapshotWriter(sourceOf([0, 1, 2]), OPTIONS, disk);
  await files.write();
  disk.lockState = "gone";
  await files.write();
  assertEquals(disk.lockState, "taken");
  await files.stop();
  assertEquals([outcome(files.state), disk.lockState], [[3, 0, undefined], "free"]);
});

Deno.test("SnapshotWriter treats files without a number as older than those with one", async () => {
  const disk = new MemoryDisk();
  const old = ["hotpath-2030-01-02T03-04-05.678Z.json", "hotpath-2031-01-02T03-04-05.678Z.json"];
  for (const name of old) disk.files.set(`snapshots/${name}`, "");
  const files = new SnapshotWriter(sourceOf([0, 1]), { ...OPTIONS, keep: 2 }, disk);
  await files.write();
  assertEquals(disk.names, [...namesOf([0]), old[1]]);
  await files.stop();
  assertEquals(disk.names, namesOf([0, 1]));
});

Deno.test("SnapshotWriter continues after the largest number that a name can have", async () => {
  const disk = new MemoryDisk();
  const largest = `hotpath-${"9".repeat(16)}-2026-01-02T03-04-05.678Z.json`;
  disk.files.set(`snapshots/${largest}`, "");
  const files = new SnapshotWriter(sourceOf([1, 2, 3]), { ...OPTIONS, keep: 2 }, disk);
  await files.write();
  await files.write();
  await files.stop();
  assertEquals([files.state.written, files.state.failed, disk.names.length], [3, 0, 2]);
});

for (
  const [how, onError] of [
    ["throws", () => {
      throw new Error("of its own");
    }],
    ["rejects", () => Promise.reject(new Error("of its own"))],
    ["gives something with a then that throws", () => ({
      then() {
        throw new Error("of its own");
      },
    })],
  ] as const
) {
  Deno.test(`SnapshotWriter survives an onError that ${how}`, async () => {
    const disk = new MemoryDisk();
    disk.capacity = 0;
    const files = new SnapshotWriter(sourceOf([0, 1]), { ...OPTIONS, onError: onError as () => void }, disk);
    await files.write();
    await files.stop();
    assertEquals([files.state.written, files.state.failed, disk.names], [0, 2, []]);
  });
}

Deno.test("writeSnapshots survives that its directory is a file, and that it goes away", async () => {
  await withDirectory(async (parent) => {
    await using test = inlineMetrics();
    const directory = `${parent}/snapshots`;
    await Deno.writeTextFile(directory, "");
    const files = writeSnapshots(test.metrics, { directory, intervalMs: DAY_MS });
    await files.write();
    assertEquals(outcome(files.state).slice(0, 2), [0, 1]);
    await Deno.remove(directory);
    await files.write();
    await Deno.remove(directory, { recursive: true });
    await files.stop();
    assertEquals(outcome(files.state).slice(0, 2), [2, 1]);
    assertEquals((await namesIn(directory)).length, 1);
  });
});

Deno.test("SnapshotWriter counts each failure of a full disk, leaves no half file and keeps the old ones", async () => {
  const disk = new MemoryDisk();
  const errors: Error[] = [];
  const files = new SnapshotWriter(
    sourceOf([0, 1, 2, 3]),
    { ...OPTIONS, onError: (error) => void errors.push(error) },
    disk,
  );
  await files.write();
  const before = disk.names;
  disk.capacity = [...disk.files.values()][0].length + 10;
  await files.write();
  await files.write();
  assertEquals(disk.names, before);
  const message = "Cannot write a snapshot to snapshots: No space left on device (os error 28)";
  assertEquals(outcome(files.state), [1, 2, message]);
  assertEquals(errors.map((error) => error.message), [message, message]);
  disk.capacity = Infinity;
  await files.stop();
  assertEquals(outcome(files.state), [2, 2, message]);
  assertEquals(disk.names.length, 2);
});

Deno.test("SnapshotWriter counts a snapshot that cannot be had", async () => {
  const disk = new MemoryDisk();
  const source = { snapshot: () => Promise.reject(new Error("it is closed")) };
  const files = new SnapshotWriter(source, OPTIONS, disk);
  await files.stop();
  assertEquals(outcome(files.state), [0, 1, "Cannot write a snapshot to snapshots: it is closed"]);
  assertEquals(disk.begun, 0);
});

Deno.test("SnapshotWriter counts an old file that cannot be removed", async () => {
  const disk = new MemoryDisk();
  const files = new SnapshotWriter(sourceOf([0, 1]), { ...OPTIONS, keep: 1 }, disk);
  await files.write();
  disk.stuck.add(files.state.lastPath!);
  await files.stop();
  assertEquals(outcome(files.state), [2, 1, "Cannot remove an old snapshot from snapshots: Operation not permitted"]);
});

Deno.test("SnapshotWriter writes one at a time, and stop waits for it", async () => {
  const disk = new MemoryDisk();
  const { promise, resolve } = Promise.withResolvers<void>();
  disk.gate = promise;
  const files = new SnapshotWriter(sourceOf([0, 1]), OPTIONS, disk);
  const writings = [files.write(), files.write()];
  await until(() => disk.begun > 0);
  assertEquals(disk.names, []);
  const stopped = files.stop();
  resolve();
  await Promise.all([...writings, stopped, files.stop(), files.write()]);
  assertEquals([disk.begun, files.state.written, disk.names.length], [2, 2, 2]);
});

Deno.test("SnapshotWriter keeps what it wrote last, whatever the clock does, and touches no other files", async () => {
  const times = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(times, fc.integer({ min: 1, max: 5 }), async (timesMs, keep) => {
      const disk = new MemoryDisk();
      const foreign = ["notes.json", "hotpath-2026.json", "hotpath-0000000001-2026-01-02T03-04-05.678Z.json.bak"];
      for (const name of foreign) disk.files.set(`snapshots/${name}`, "");
      const files = new SnapshotWriter(sourceOf(timesMs), { ...OPTIONS, keep }, disk);
      for (const _ of timesMs.slice(1)) await files.write();
      await files.stop();
      assertEquals(files.state.failed, 0);
      assert(disk.files.has(files.state.lastPath!));
      assertEquals(disk.names, [...foreign, ...namesOf(timesMs).slice(-keep)].toSorted());
    }),
    { seed: 11 },
  );
});

for (
  const [options, message] of [
    [{}, "directory must be a string, got undefined"],
    [{ directory: "" }, 'directory must be a path, got ""'],
    [{ directory: "a", intervalMs: 99 }, "intervalMs must be a whole number from 100 to 86400000, got 99"],
    [{ directory: "a", intervalMs: "1s" }, 'intervalMs must be a whole number from 100 to 86400000, got "1s"'],
    [{ directory: "a", keep: 0 }, "keep must be a whole number from 1 to 100000, got 0"],
    [{ directory: "a", onError: 1 }, "onError must be a function, got 1"],
    [{ directory: "a", every: 1 }, "options must be among directory, intervalMs, keep, onError"],
  ] as const
) {
  Deno.test(`writeSnapshots refuses ${JSON.stringify(options)}`, () => {
    const source = sourceOf([]);
    assertThrows(
      () => writeSnapshots(source, options as unknown as SnapshotFilesOptions),
      Error,
      `Cannot write snapshots: ${message}`,
    );
  });
}

Deno.test("writeSnapshots writes none while exporting is switched off", async () => {
  await using test = inlineMetrics();
  const disk = new MemoryDisk();
  const files = new SnapshotWriter(test.metrics, OPTIONS, disk);
  const settings = settingsOf(test.metrics);
  await files.write();
  settings?.adjust({ exportEnabled: false });
  await files.write();
  assertEquals(outcome(files.state), [1, 0, undefined]);
  settings?.adjust({ exportEnabled: true });
  await files.write();
  settings?.adjust({ exportEnabled: false });
  await files.stop();
  assertEquals(outcome(files.state), [2, 0, undefined]);
});
