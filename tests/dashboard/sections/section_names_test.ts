import { assertEquals } from "@std/assert";
import { sectionOf } from "../../../src/dashboard/sections/section_names.ts";
import type { LiveMetric } from "../../../src/model/live_frames.ts";

function metric(name: string, type: LiveMetric["type"], unit = ""): LiveMetric {
  return { name, type, unit, help: "" };
}

Deno.test("sectionOf is by type and unit, and Runtime for metrics of the runtime", () => {
  const sections = [
    metric("deno_gc_duration_seconds", "histogram", "seconds"),
    metric("process_resident_memory_bytes", "gauge", "bytes"),
    metric("order_execution_seconds", "histogram", "seconds"),
    metric("message_bytes", "histogram", "bytes"),
    metric("orders_total", "counter"),
    metric("queue_depth", "gauge"),
  ].map(sectionOf);
  assertEquals(sections, ["Runtime", "Runtime", "Timers", "Distributions", "Counters", "Gauges"]);
});

Deno.test("sectionOf puts facts into Runtime", () => {
  const all = [
    metric("build_info", "gauge"),
    metric("process_start_time_seconds", "gauge", "seconds"),
    metric("queue_backlog", "gauge"),
  ];
  assertEquals(all.map(sectionOf), ["Runtime", "Runtime", "Gauges"]);
});
