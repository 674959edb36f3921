/**
 * A thread that does what the tests tell it, command by command; see `thread.ts`.
 *
 * @module
 */

import { parentPort } from "node:worker_threads";
import { type AttachedMetrics, attachMetrics } from "../../mod.ts";
import type { Command, Reply } from "./thread.ts";

/** Records between two flushes, so that no ring overflows. */
const STRIDE = 32_768;

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
    case "set":
      return metrics.gauge(command.aggregator, { aggregator: command.aggregator }).set(command.value);
    case "remove":
      metrics.counter("orders_total", { labels: ["id"] }).remove({ id: command.id });
      metrics.histogram("message_bytes", { labels: ["id"] }).remove({ id: command.id });
      return;
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

/** In a thread of `node:worker_threads` there is a parent port, in a web worker there is none. */
function say(reply: Reply): void {
  if (parentPort !== null) parentPort.postMessage(reply);
  else (globalThis as unknown as { postMessage(message: Reply): void }).postMessage(reply);
}

if (parentPort !== null) parentPort.on("message", answer);
else globalThis.addEventListener("message", (event) => answer((event as MessageEvent<Command>).data));
