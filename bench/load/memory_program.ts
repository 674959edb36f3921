/**
 * The program that `memory.ts` watches: label sets that come and go, traces, and a series that stays, while its metrics are
 * served. Prints its address, then its resident memory once a second; ends with its input.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";

/** Parts of the program; all of them without arguments. */
const PARTS = Deno.args.length === 0 ? ["labels", "traces"] : Deno.args;
const TURN_MS = 20;
/** More than there may be series, so that some are refused too. */
const LABEL_SETS_KEPT = 12_000;
const LABEL_SETS_A_TURN = 20;
const TRACES_A_TURN = 1;
/** As many as are kept of one, about. */
const STAGES_A_TRACE = 250;
const LABEL = "x".repeat(100);

const metrics = createMetrics();
const server = await serveMetrics(metrics, { port: 0 });
console.log(server.url);

const rooms = metrics.counter("rooms_total", { labels: ["room"] });
const latency = metrics.timer("room_latency", { labels: ["room"] });
const stage = metrics.timer("stage");
const honest = metrics.counter("honest_total");

let [turn, next] = [0, 0];
const timer = setInterval(() => {
  honest.inc();
  if (PARTS.includes("labels")) churn();
  if (PARTS.includes("traces")) trace();
  if (++turn % (1_000 / TURN_MS) === 0) console.log(Deno.memoryUsage().rss);
}, TURN_MS);
while (await Deno.stdin.read(new Uint8Array(1)) !== null);
clearInterval(timer);
await server.close();
await metrics.close();

function churn(): void {
  for (let i = 0; i < LABEL_SETS_A_TURN; i++, next++) {
    const room = { room: `${next}-${LABEL}` };
    rooms.with(room).inc();
    latency.with(room).observe(Math.random());
    if (next < LABEL_SETS_KEPT / 2) continue;
    const old = { room: `${next - LABEL_SETS_KEPT / 2}-${LABEL}` };
    rooms.remove(old);
    latency.remove(old);
  }
}

function trace(): void {
  for (let i = 0; i < TRACES_A_TURN; i++) {
    metrics.trace.run({ name: "turn" }, () => {
      for (let at = 0; at < STAGES_A_TRACE; at++) stage.observe(Math.random());
    });
  }
}
