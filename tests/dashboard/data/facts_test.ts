import { assertEquals } from "@std/assert";
import { factOf } from "../../../src/dashboard/data/facts.ts";
import { sectionOf } from "../../../src/dashboard/sections/section_names.ts";
import type { LiveMetric } from "../../../src/model/live_frames.ts";

function metric(name: string, traits: Partial<LiveMetric> = {}): LiveMetric {
  return { name, type: "gauge", unit: "", help: "", ...traits };
}

const START = metric("process_start_time_seconds", { unit: "seconds" });

Deno.test("factOf tells infos and moments from gauges that have a course", () => {
  const all = [
    metric("build_info"),
    START,
    metric("deploy_timestamp_seconds", { unit: "seconds" }),
    metric("queue_backlog"),
    metric("uptime_seconds", { unit: "seconds" }),
    metric("requests_info", { type: "counter" }),
  ];
  assertEquals(all.map(factOf), ["info", "time", "time", undefined, undefined, undefined]);
});

Deno.test("sectionOf has facts stand with the runtime's numbers", () => {
  assertEquals([metric("build_info"), START, metric("queue_backlog")].map(sectionOf), ["Runtime", "Runtime", "Gauges"]);
});
