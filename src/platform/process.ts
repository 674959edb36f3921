/**
 * Resource usage of the process, from the runtime and from Linux' `/proc`. Nothing here prompts.
 *
 * @module
 */

import { loadProcess, type NodeProcess } from "./node_builtins.ts";
import { isGranted } from "./permissions.ts";
import { isDeno } from "./runtime.ts";

/** Permission for `/proc`: Deno refuses to read its files without all permissions, regardless of `--allow-read`. */
const PROC_PERMISSION = "--allow-all";
/**
 * Index of the virtual size among the fields of `stat` after the program's name, which may contain blanks. The size is
 * in bytes, unlike others in pages or clock ticks.
 */
const VSIZE_FIELD = 20;

/** CPU time of the process in microseconds. */
export type CpuUsage = ReturnType<NodeProcess["cpuUsage"]>;

/** Resource usage of this process; methods do not need their receiver. */
export interface ProcessReader extends Pick<NodeProcess, "cpuUsage" | "uptime"> {
  /** Versions of the runtime. */
  readonly versions: { readonly version: string; readonly v8: string; readonly typescript: string };
  /** Bytes of resident memory. */
  residentBytes(): number;
  /** Permission or system that the values from `/proc` require. */
  readonly procNeeds: string;
  /**
   * Bytes of virtual memory.
   *
   * @throws {Deno.errors.NotCapable} If `/proc` cannot be read
   */
  virtualBytes(): number;
  /**
   * Number of open file descriptors.
   *
   * @throws {Deno.errors.NotCapable} If `/proc` cannot be read
   */
  openFiles(): number;
  /**
   * Largest number of open file descriptors.
   *
   * @throws {Deno.errors.NotCapable} If `/proc` cannot be read
   */
  openFilesMax(): number;
}

/** Returns the reader of this process; `undefined` on an unsupported runtime. */
export function openProcess(): ProcessReader | undefined {
  if (!isDeno()) return undefined;
  const process = loadProcess();
  const { deno: version, v8, typescript } = Deno.version;
  return {
    cpuUsage: () => process.cpuUsage(),
    uptime: () => process.uptime(),
    versions: { version, v8, typescript },
    residentBytes: () => Deno.memoryUsage().rss,
    procNeeds: isLinux() ? PROC_PERMISSION : "Linux",
    virtualBytes() {
      const stat = readProc("stat");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[VSIZE_FIELD]);
    },
    openFiles() {
      requireProc();
      // One descriptor is that of the directory being read.
      return Array.from(Deno.readDirSync("/proc/self/fd")).length - 1;
    },
    openFilesMax() {
      const [, soft] = /^Max open files +(\S+)/m.exec(readProc("limits")) ?? [];
      return soft === "unlimited" ? Infinity : Number(soft);
    },
  };
}

function readProc(name: string): string {
  requireProc();
  return Deno.readTextFileSync(`/proc/self/${name}`);
}

function requireProc(): void {
  if (!isLinux()) throw new Deno.errors.NotCapable("there is no /proc");
  // Reading would prompt.
  if (!isGranted({ name: "read", path: "/proc/self" })) throw new Deno.errors.NotCapable("/proc cannot be read");
}

function isLinux(): boolean {
  return Deno.build.os === "linux";
}
