import { assertEquals } from "@std/assert";
import { heapGrowth } from "../../../src/health/checks/heap_growth.ts";
import type { HeapGrowth } from "../../../src/health/checks/inputs.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

function judge(...growths: HeapGrowth[]) {
  return heapGrowth.judge(inputsWith({ heapGrowths: () => growths }), heapGrowth.fallback);
}

Deno.test("heapGrowth is about the heap that has grown most, as a share", () => {
  const main = { labels: { thread: "main" }, ratio: 0.1, bytes: 2 ** 30 };
  const worker = { labels: { thread: "worker" }, ratio: 0.5, bytes: 2 ** 25 };
  const reason = 'the heap{thread="worker"} has grown by 50 % within 5 min';
  assertEquals(judge(main, worker, main), { status: "DEGRADED", value: 0.5, reason });
});

Deno.test("heapGrowth takes growth below 16 MiB for none, and shrinking for what it is", () => {
  const bytes = 2 ** 24 - 1;
  assertEquals(judge({ labels: {}, ratio: 3, bytes }), { status: "HEALTHY", value: 0 });
  assertEquals(judge({ labels: {}, ratio: 3, bytes: bytes + 1 }).status, "DEGRADED");
  assertEquals(judge({ labels: {}, ratio: -0.5, bytes: -bytes }), { status: "HEALTHY", value: -0.5 });
});

Deno.test("heapGrowth is not measured before there is a growth", () => {
  assertEquals(judge(), { status: "NOT_MEASURED" });
});
