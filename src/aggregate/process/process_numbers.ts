/**
 * Numbers about the process, named by Prometheus' guidelines for clients, and about its runtime. The aggregator reads
 * them only when metrics are read, because listing thousands of open files takes milliseconds.
 *
 * Source: Prometheus, "Writing client libraries", "Process metrics".
 *
 * @module
 */

import type { Definition, Labels } from "../../model/model.ts";
import { wallMs } from "../../platform/wall_clock.ts";
import { type CpuUsage, openProcess } from "../../platform/process.ts";

/** Number about the process. */
export interface ProcessNumber {
  /** Definition of the metric. */
  readonly definition: Definition;
  /** Label set. */
  readonly labels: Labels;
  /** Start of the count, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Permission needed beyond those that every program has; empty if none. */
  readonly needs: string;
  /** Reads the number; throws `Deno.errors.NotCapable` without the permission. Never prompts. */
  readonly read: () => number;
}

/** Returns all numbers about the process; none on a runtime without known ones. */
export function processNumbers(): readonly ProcessNumber[] {
  const process = openProcess();
  if (process === undefined) return [];
  const createdMs = wallMs() - process.uptime() * 1_000;
  const cpu = (name: string, help: string, microseconds: (usage: CpuUsage) => number): ProcessNumber => ({
    ...numberOf(definitionOf("counter", name, "seconds", help), () => microseconds(process.cpuUsage()) / 1e6),
    createdMs,
  });
  const gauge = (name: string, unit: string, help: string, read: () => number): ProcessNumber =>
    numberOf(definitionOf("gauge", name, unit, help), read);
  const needs = process.procNeeds;
  return [
    cpu("process_cpu_seconds_total", "CPU time, user and system", ({ user, system }) => user + system),
    cpu("process_cpu_user_seconds_total", "CPU time, user", ({ user }) => user),
    cpu("process_cpu_system_seconds_total", "CPU time, system", ({ system }) => system),
    gauge("process_resident_memory_bytes", "bytes", "Resident memory", process.residentBytes),
    gauge("process_start_time_seconds", "seconds", "Start time since the Unix epoch", () => createdMs / 1_000),
    { ...gauge("process_virtual_memory_bytes", "bytes", "Virtual memory", process.virtualBytes), needs },
    { ...gauge("process_open_fds", "", "Open file descriptors", process.openFiles), needs },
    { ...gauge("process_max_fds", "", "Maximum number of open file descriptors", process.openFilesMax), needs },
    info("deno_info", "Versions of the runtime and its parts", process.versions),
  ];
}

function info(name: string, help: string, labels: Labels): ProcessNumber {
  return { ...numberOf(definitionOf("gauge", name, "", help, Object.keys(labels)), () => 1), labels };
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
