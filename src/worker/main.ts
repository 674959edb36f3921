/**
 * The aggregator's thread: drains without pause while the rings fill, sleeps when they are quiet,
 * and answers requests and scrapes in between. Started by `worker_client.ts`.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { type MessagePort, workerData } from "node:worker_threads";
import { Doorbell } from "../ring/doorbell.ts";
import { Aggregator } from "./aggregator.ts";
import { BreachSender } from "./breach_sender.ts";
import { requestHandlers } from "./handlers.ts";
import type { FromWorker, RequestName, ToWorker, WorkerStart } from "./protocol.ts";
import { Threads } from "./threads.ts";

/** How soon a ring is looked at again that waits for an announcement. */
const WAITING_INTERVAL_MS = 1;

const { port, start } = workerData as { port: MessagePort; start: WorkerStart };
const aggregator = new Aggregator(start.setup, () => performance.now());
const link = aggregator.connect(start.ring, (series) => say({ type: "freed", series }));
const threads = new Threads(aggregator);
const handlers = requestHandlers(aggregator);
const breaches = new BreachSender(aggregator, say);
const doorbell = new Doorbell(start.doorbell);
let isClosed = false;

port.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "announce":
      return link.state.admit(message.news);
    case "connect":
      return threads.connect(message.port, message.ring);
    case "awaitBreaches":
      return breaches.allow();
    case "request":
      return void answer(message.id, message.name, message.argument);
  }
});
say({ type: "ready" });
drainUntilClosed().catch((error: Error) => {
  const reason = `its worker failed: ${error.message}`;
  say({ type: "failed", message: reason });
  threads.end(reason);
  port.close();
});

function say(message: FromWorker): void {
  port.postMessage(message);
}

async function answer(id: number, name: RequestName, argument: unknown): Promise<void> {
  try {
    const handle = handlers[name] as (argument: unknown) => Promise<unknown>;
    const reply = await handle(argument);
    if (name === "flush" && link.state.clash !== undefined) throw link.state.clash;
    breaches.sendAll();
    say({ type: "reply", id, answer: reply });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ type: "refusal", id, name, message });
  }
  if (name !== "close") return;
  threads.end("it is closed");
  // The other side ends the worker once it has the answer.
  isClosed = true;
}

async function drainUntilClosed(): Promise<void> {
  const isWorkLeft = () => isClosed || aggregator.isWorkLeft();
  while (!isClosed) {
    const { isMore, isWaiting } = aggregator.drain();
    breaches.send();
    if (isMore) await new Promise<void>((resolve) => setImmediate(resolve));
    else if (isWaiting) await new Promise<void>((resolve) => setTimeout(resolve, WAITING_INTERVAL_MS));
    else await doorbell.sleep(start.setup.drainIntervalMs, isWorkLeft);
  }
}
