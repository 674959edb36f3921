/**
 * A thread that runs the commands of tests; see `thread.ts`.
 *
 * @module
 */

import { parentPort } from "node:worker_threads";
import { type AttachedMetrics, attachMetrics } from "../../../mod.ts";
import { type Command, type Reply, Spin } from "./thread.ts";

/** Records between two flushes, so that no ring overflows. */
const STRIDE = 32_768;
/** Series that a thread makes while it spins. */
const SPUN_SERIES_MAX = 1_000;

let metrics: AttachedMetrics;

async function perform(command: Command): Promise<void> {
  switch (command.do) {
    case "attach":
      metrics = await attachMetrics(command.port);
      return;
    case "define":
      metrics[command.type](command.name, command.options);
      return;
    case "count":
      return metrics.counter("orders_total", { labels: ["id"] }).with({ id: command.id }).inc(command.amount);
    case "observe":
      return await observe(command.id, command.values, command.rounds);
    case "spin":
      return await spin(command.id, new Spin(command.words), command.rests);
    case "set":
      return metrics.gauge(command.aggregator, { aggregator: command.aggregator }).set(command.value);
    case "remove":
      metrics.counter("orders_total", { labels: ["id"] }).remove({ id: command.id });
      metrics.histogram("message_bytes", { labels: ["id"] }).remove({ id: command.id });
      return;
    case "trace":
      return traceStage(command);
    case "reset":
      metrics.histogram("message_bytes", { labels: ["id"] }).reset();
      return;
    case "flush":
      return await metrics.flush();
    case "close":
      return await metrics.close();
  }
}

async function observe(id: string, values: readonly number[], rounds: number): Promise<void> {
  const sizes = metrics.histogram("message_bytes", { labels: ["id"] }).with({ id });
  for (let i = 0; i < rounds * values.length; i++) {
    sizes.observe(values[i % values.length]);
    if (i % STRIDE === STRIDE - 1) await metrics.flush();
  }
}

function traceStage({ traceId, parentId, name, half }: Extract<Command, { do: "trace" }>): void {
  const [stage, handover] = [metrics.timer("stage", { labels: ["name"] }).with({ name }), metrics.timer("handover")];
  metrics.trace.run({ traceId, parentId, name }, () => {
    if (half === "end") handover.endInTrace();
    stage.end(stage.start());
    if (half === "start") handover.startInTrace();
  });
}

/** Counts in one series; every now and then makes another and counts it once. */
async function spin(id: string, state: Spin, rests: boolean): Promise<void> {
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  const mine = orders.with({ id });
  for (let i = 0; !state.isOver; i++) {
    mine.inc();
    Atomics.add(state.words, 1, 1);
    if (i % 1_024 === 0 && state.series < SPUN_SERIES_MAX) {
      orders.with({ id: `${id} ${state.series}` }).inc();
      Atomics.add(state.words, 2, 1);
    }
    if (rests && i % 1_024 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

async function answer(command: Command): Promise<void> {
  let reply: Reply = {};
  try {
    await perform(command);
  } catch (error) {
    const { name, message } = error as Error;
    reply = { error: `${name}: ${message}` };
  }
  say(reply);
}

/** A thread of `node:worker_threads` has a parent port, a web worker does not. */
function say(reply: Reply): void {
  if (parentPort !== null) parentPort.postMessage(reply);
  else (globalThis as unknown as { postMessage(message: Reply): void }).postMessage(reply);
}

if (parentPort !== null) parentPort.on("message", answer);
else globalThis.addEventListener("message", (event) => answer((event as MessageEvent<Command>).data));
