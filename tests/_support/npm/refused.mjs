// Prints how what only Deno can do is refused.
import { createMetrics } from "@hotpath/metrics";
import { readConfig } from "@hotpath/metrics/config";
import { writeSnapshots } from "@hotpath/metrics/export";

const metrics = createMetrics({ aggregation: "inline" });
const attempts = [
  () => createMetrics({ clock: "ffi" }),
  () => readConfig("metrics.yml"),
  async () => {
    const files = writeSnapshots(metrics, { directory: "snapshots" });
    await files.stop();
    throw files.state.lastError;
  },
];
for (const attempt of attempts) {
  try {
    await attempt();
    console.log("not refused");
  } catch ({ message }) {
    console.log(message);
  }
}
await metrics.close();
