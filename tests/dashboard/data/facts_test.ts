import { assertEquals } from "@std/assert";
import { factOf } from "../../../src/dashboard/data/facts.ts";
import type { LiveMetric } from "../../../src/model/live_frames.ts";

function metric(name: string, traits: Partial<LiveMetric> = {}): LiveMetric {
  return { name, type: "gauge", unit: "", help: "", ...traits };
}

const START = metric("process_start_time_seconds", { unit: "seconds" });

Deno.test("factOf distinguishes labels and times from gauges that are plotted", () => {
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
