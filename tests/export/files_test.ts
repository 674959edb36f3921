import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Snapshot } from "../../mod.ts";
import { settingsOf } from "../../src/adjustable_settings.ts";
import { type SnapshotFilesOptions, type SnapshotFilesState, writeSnapshots } from "../../src/export/mod.ts";
import { SnapshotWriter } from "../../src/export/files.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { runScript } from "../subprocess.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { withDirectory } from "../directory.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const META = { recorded: 0, dropped: 0, sampledOut: 0, series: 0, overflowed: 0 };
const OPTIONS: SnapshotFilesOptions = { directory: "snapshots", intervalMs: DAY_MS };

/** Snapshots of times that are told in advance, milliseconds after the start. */
function sourceOf(timesMs: readonly number[]): { snapshot(): Promise<Snapshot> } {
  let next = 0;
  return {
    snapshot() {
      const timestamp = new Date(START_MS + timesMs[next++]).toISOString();
      return Promise.resolve({ timestamp, uptimeSeconds: next, metrics: [], meta: META });
    },
  };
}

/** What a program of its own begins with. */
const IMPORTS = `import { noopMetrics } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
import { writeSnapshots } from ${JSON.stringify(import.meta.resolve("../../src/export/mod.ts"))};`;

/** The names that are left after snapshots of these times: the newest, and the one written last. */
function expectedNames(timesMs: readonly number[], keep: number): string[] {
  let names: string[] = [];
  for (const timeMs of timesMs) {
    const name = `hotpath-${new Date(START_MS + timeMs).toISOString().replaceAll(":", "-")}.json`;
    const others = names.filter((each) => each !== name).toSorted();
    names = [...others.toReversed().slice(0, keep - 1), name];
  }
  return names;
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
    assertEquals(name, `hotpath-${snapshot.timestamp.replaceAll(":", "-")}.json`);
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

Deno.test("writeSnapshots writes one each interval, without being asked", async () => {
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

Deno.test("writeSnapshots says which permission is missing, and does not ask", async () => {
  const script = `${IMPORTS}
    const files = writeSnapshots(noopMetrics, { directory: "snapshots" });
    await files.stop();
    console.log(files.state.lastError.message);`;
  const { code, stdout } = await runScript(script, ["--allow-read"]);
  const reason = "permission is missing, run with --allow-write=snapshots";
  assertEquals([code, stdout], [0, `Cannot write a snapshot to snapshots: ${reason}\n`]);
});

Deno.test("writeSnapshots survives a disk that is full, and goes on when there is room", {
  // Elsewhere there is no device that is always full.
  ignore: Deno.build.os !== "linux",
}, async () => {
  await withDirectory(async (directory) => {
    // Writing ends up in that device, which takes all permissions.
    await Deno.symlink("/dev/full", `${directory}/hotpath.json.tmp`);
    const script = `${IMPORTS}
      const files = writeSnapshots(noopMetrics, {
        directory: ${JSON.stringify(directory)},
        onError: ({ message }) => console.log(message),
      });
      await files.write();
      console.log((await Array.fromAsync(Deno.readDir(${JSON.stringify(directory)}))).length);
      await files.stop();
      console.log(files.state.written, files.state.failed);`;
    const { code, stdout, stderr } = await runScript(script, ["--allow-all"]);
    assertEquals([code, stderr], [0, ""]);
    const message = `Cannot write a snapshot to ${directory}: No space left on device (os error 28)`;
    assertEquals(stdout, `${message}\n0\n1 1\n`);
    assertEquals((await namesIn(directory)).length, 1);
  });
});

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

Deno.test("SnapshotWriter keeps the newest files, touches no others, and what it wrote last is there", async () => {
  const times = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(times, fc.integer({ min: 1, max: 5 }), async (timesMs, keep) => {
      const disk = new MemoryDisk();
      const foreign = ["notes.json", "hotpath-2026.json", "hotpath-2026-01-02T03-04-05.678Z.json.bak"];
      for (const name of foreign) disk.files.set(`snapshots/${name}`, "");
      const files = new SnapshotWriter(sourceOf(timesMs), { ...OPTIONS, keep }, disk);
      for (const _ of timesMs.slice(1)) await files.write();
      await files.stop();
      assertEquals(files.state.failed, 0);
      assert(disk.files.has(files.state.lastPath!));
      assertEquals(disk.names, [...foreign, ...expectedNames(timesMs, keep)].toSorted());
    }),
    { seed: 11 },
  );
});

for (
  const [options, message] of [
    [{}, "directory must be a string, got undefined"],
    [{ directory: "" }, 'directory must be a path, got ""'],
    [{ directory: "a", intervalMs: 99 }, "intervalMs must be a whole number from 100 to 86400000, got 99"],
    [{ directory: "a", intervalMs: "1s" }, 'intervalMs must be a number, got "1s"'],
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
