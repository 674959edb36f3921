// Ends by itself right after a record, without `close()`. Its argument is the place of aggregation.
import { createMetrics } from "@hotpath/metrics";

// So long that the end comes before the first drain.
const metrics = createMetrics({ aggregation: process.argv[2], drainIntervalMs: 60_000 });
metrics.addEventListener("slobreach", ({ metric }) => console.log("slobreach", metric));
const timer = metrics.timer("order", { slo: { threshold: "1ms", target: 0.99 } });
await metrics.ready;
setTimeout(() => {
  timer.observe(1);
  console.log("nothing left to do");
});
