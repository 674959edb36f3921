/**
 * Numbers about the process, by the rules for Prometheus clients, and what it runs on. Any thread may read them; the
 * aggregator does, when somebody looks, because listing thousands of open files takes milliseconds.
 *
 * Source: Prometheus, "Writing client libraries", "Process metrics".
 *
 * @module
 */

import type { Definition, Labels } from "../../model/model.ts";
import { wallMs } from "../../platform/wall_clock.ts";
import { loadProcess, type NodeProcess } from "../../platform/node_builtins.ts";

/** Deno lets nobody read files below `/proc` who may not do everything, whatever `--allow-read` says. */
const PROC_PERMISSION = "--allow-all";
/** Pages and clock ticks do not matter: the field is in bytes. By its place behind the name, which may hold blanks. */
const VSIZE_FIELD = 20;

/** One number about the process. */
export interface ProcessNumber {
  /** What it is. */
  readonly definition: Definition;
  /** Its label set. */
  readonly labels: Labels;
  /** Since when it counts, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** What it needs beyond what every program has; empty if nothing. */
  readonly needs: string;
  /** Reads it; throws `Deno.errors.NotCapable` if that is not permitted. Never prompts. */
  readonly read: () => number;
}

type CpuUsage = ReturnType<NodeProcess["cpuUsage"]>;

/** All that is known of the process; nothing where there is no Deno. */
export function processNumbers(): readonly ProcessNumber[] {
  if (typeof Deno === "undefined") return [];
  const process = loadProcess();
  const createdMs = wallMs() - process.uptime() * 1_000;
  const cpu = (name: string, help: string, microseconds: (usage: CpuUsage) => number): ProcessNumber => ({
    ...numberOf(definitionOf("counter", name, "seconds", help), () => microseconds(process.cpuUsage()) / 1e6),
    createdMs,
  });
  return [
    cpu("process_cpu_seconds_total", "CPU time, user and system", ({ user, system }) => user + system),
    cpu("process_cpu_user_seconds_total", "CPU time, user", ({ user }) => user),
    cpu("process_cpu_system_seconds_total", "CPU time, system", ({ system }) => system),
    gauge("process_resident_memory_bytes", "bytes", "Resident memory", () => Deno.memoryUsage().rss),
    gauge("process_start_time_seconds", "seconds", "Start time since the Unix epoch", () => createdMs / 1_000),
    ofProc("process_virtual_memory_bytes", "bytes", "Virtual memory", readVirtualBytes),
    ofProc("process_open_fds", "", "Open file descriptors", countOpenFiles),
    ofProc("process_max_fds", "", "Open file descriptors at most", readOpenFilesMax),
    info("deno_info", "What the process runs on", Deno.version),
  ];
}

function gauge(name: string, unit: string, help: string, read: () => number): ProcessNumber {
  return numberOf(definitionOf("gauge", name, unit, help), read);
}

function info(name: string, help: string, { deno, v8, typescript }: typeof Deno.version): ProcessNumber {
  const labels = { version: deno, v8, typescript };
  return { ...numberOf(definitionOf("gauge", name, "", help, Object.keys(labels)), () => 1), labels };
}

function ofProc(name: string, unit: string, help: string, read: () => number): ProcessNumber {
  const isLinux = Deno.build.os === "linux";
  const refuse = () => {
    throw new Deno.errors.NotCapable("there is no /proc");
  };
  const readIfGranted = () => isReadGranted() ? read() : refuse();
  return { ...gauge(name, unit, help, isLinux ? readIfGranted : refuse), needs: isLinux ? PROC_PERMISSION : "Linux" };
}

/** What is not granted yet would be asked for. */
function isReadGranted(): boolean {
  return Deno.permissions.querySync({ name: "read", path: "/proc/self" }).state === "granted";
}

function readVirtualBytes(): number {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[VSIZE_FIELD]);
}

function countOpenFiles(): number {
  // One of them is the directory that is being read.
  return Array.from(Deno.readDirSync("/proc/self/fd")).length - 1;
}

function readOpenFilesMax(): number {
  const [, soft] = /^Max open files +(\S+)/m.exec(Deno.readTextFileSync("/proc/self/limits")) ?? [];
  return soft === "unlimited" ? Infinity : Number(soft);
}

function numberOf(definition: Definition, read: () => number): ProcessNumber {
  return { definition, labels: {}, createdMs: 0, needs: "", read };
}

function definitionOf(
  type: "counter" | "gauge",
  name: string,
  unit: string,
  help: string,
  labelNames: readonly string[] = [],
): Definition {
  return {
    type,
    name,
    exposedName: name,
    windowName: "",
    unit,
    help,
    labelNames,
    buckets: [],
    schema: 0,
    sketch: "exponential",
    isCritical: false,
    ...(type === "gauge" && { aggregator: "sum" as const }),
  };
}
