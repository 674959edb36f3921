/**
 * One operation across threads: a candle arrives on the main thread, a Worker derives a signal from it, another one sends
 * the order. Each timing is a stage of the same trace, and one of them begins on one thread and ends on another. Prints
 * the stages. Pass the URL of an OTLP collector to export the spans.
 *
 * @module
 */

import { once } from "node:events";
import process from "node:process";
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import {
  type AttachedMetrics,
  attachMetrics,
  createMetrics,
  type MetricsPort,
  type TraceContext,
} from "@hotpath/metrics";

/** A candle or a signal, with the span that sent it. */
interface Message {
  readonly price: number;
  readonly traceId: string;
  readonly parentId: string;
}

if (isMainThread) await trade(Deno.args[0]);
else if (workerData.stage === "signal") await makeSignals(workerData.port, parentPort as MessagePort);
else await sendOrders(workerData.port, parentPort as MessagePort);

async function trade(endpoint: string | undefined): Promise<void> {
  await using metrics = createMetrics(endpoint === undefined ? {} : { traces: { endpoint, serviceName: "trader" } });
  const start = (stage: string) => {
    const port = metrics.connect();
    return new Worker(new URL(import.meta.url), { workerData: { port, stage }, transferList: port.transfer, env: {} });
  };
  const [strategy, venue] = [start("signal"), start("order")];
  await Promise.all([once(strategy, "message"), once(venue, "message")]); // both have attached
  strategy.on("message", (signal: Message) => venue.postMessage(signal));

  const traceId = await metrics.trace.run({ name: "candle" }, async (context) => {
    strategy.postMessage(messageOf(64_250.5, context));
    await once(venue, "message"); // the order is sent
    return context.traceId;
  });
  for (const worker of [strategy, venue]) worker.postMessage("stop");
  await Promise.all([once(strategy, "exit"), once(venue, "exit")]);

  const trace = await metrics.findTrace(traceId);
  for (const { name, thread, startOffsetSeconds, durationSeconds } of trace?.stages ?? []) {
    console.log(`${name} on ${thread}: at ${toMs(startOffsetSeconds)}, took ${toMs(durationSeconds)}`);
  }
  console.log(`end to end: ${toMs(trace?.endToEndSeconds ?? 0)}`);
}

async function makeSignals(port: MetricsPort, parent: MessagePort): Promise<void> {
  const metrics = await attachMetrics(port);
  const generation = metrics.timer("signal_generation");
  const handover = metrics.timer("handover", { help: "Time from sending a signal to receiving it" });
  receive(parent, metrics, ({ price, ...origin }) => {
    metrics.trace.run({ name: "signal", ...origin }, (context) => {
      generation.wrap(() => price > 64_000)();
      handover.startInTrace(); // ends on another thread
      parent.postMessage(messageOf(price, context));
    });
  });
}

async function sendOrders(port: MetricsPort, parent: MessagePort): Promise<void> {
  const metrics = await attachMetrics(port);
  const execution = metrics.timer("order_execution");
  const handover = metrics.timer("handover", { help: "Time from sending a signal to receiving it" });
  receive(parent, metrics, async ({ price, ...origin }) => {
    await metrics.trace.run({ name: "order", ...origin }, async () => {
      handover.endInTrace();
      await execution.wrap(() => Promise.resolve(`bought at ${price}`))();
    });
    parent.postMessage("sent");
  });
}

function receive(parent: MessagePort, metrics: AttachedMetrics, take: (message: Message) => unknown): void {
  parent.on("message", async (message: Message | "stop") => {
    if (message !== "stop") return void take(message);
    await metrics.close(); // so that nothing is lost when the thread ends
    process.exit(); // of this thread
  });
  parent.postMessage("ready");
}

function messageOf(price: number, { traceId, spanId }: TraceContext): Message {
  return { price, traceId, parentId: spanId };
}

function toMs(seconds: number): string {
  return `${(seconds * 1_000).toFixed(3)} ms`;
}
