/**
 * The aggregator's thread: drains without pause while the rings fill, sleeps when they are quiet,
 * and answers requests and scrapes in between. Started by `worker_run.ts`.
 *
 * What fails while a request is answered is told to whoever asked. What fails anywhere else, in the middle of a drain
 * above all, leaves nothing to rely on: the thread says so and ends, and the main thread starts another one.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { type MessagePort, workerData } from "node:worker_threads";
import type { Announcement } from "../model.ts";
import { Doorbell } from "../ring/doorbell.ts";
import { SharedSettings } from "../ring/shared_settings.ts";
import { Aggregator } from "./aggregator.ts";
import { BreachSender } from "./breach_sender.ts";
import { requestHandlers } from "./handlers.ts";
import { HealthSender } from "./health_sender.ts";
import type { FromWorker, RequestName, ToWorker, WorkerStart } from "./protocol.ts";
import { restore } from "./restore.ts";
import { Threads } from "./threads.ts";

/** How soon a ring is looked at again that waits for an announcement. */
const WAITING_INTERVAL_MS = 1;

const { port, start } = workerData as { port: MessagePort; start: WorkerStart };
const past = { ...start.past, uptimeMs: start.past.uptimeMs + performance.now() };
const settings = new SharedSettings(start.settings, () => start.settingsMs + performance.now());
const aggregator = new Aggregator(start.setup, () => performance.now(), past, {
  onBroken: fail,
  onForgotten: (name, labelValues) => say({ type: "forgotten", name, labelValues }),
  onRemoved: (link, instrument) => say({ type: "removed", thread: threads.numberOf(link), instrument }),
}, settings);
const link = aggregator.connect(start.main.ring, { reader: start.main.reader });
const threads = new Threads(aggregator, say, guard);
const handlers = requestHandlers(aggregator);
const breaches = new BreachSender(aggregator, say);
const health = new HealthSender(aggregator, say, () => performance.now());
const doorbell = new Doorbell(start.doorbell);
let isClosed = false;

restore(aggregator, [
  { start: start.main, link },
  ...start.threads.map((each) => ({
    start: each,
    link: threads.connect(each.thread, each.ring, each.reader, each.announced),
  })),
]);
for (const { thread, hasGone } of start.threads) if (hasGone) threads.leave(thread);
port.on("message", (message: ToWorker) => guard(() => receive(message)));
say({ type: "ready" });
drainUntilClosed().catch(fail);

function receive(message: ToWorker): void {
  switch (message.type) {
    case "announce":
      return admit(message.news);
    case "connect":
      return void threads.connect(message.thread, message.ring, message.reader);
    case "line":
      return threads.listen(message.thread, message.port, message.isFirst);
    case "forward":
      return threads.forward(message.thread, message.message);
    case "leave":
      return threads.leave(message.thread);
    case "awaitBreaches":
      return breaches.allow();
    case "awaitHealth":
      return health.allow();
    case "report":
      return aggregator.takeReport(message.report);
    case "retract":
      return aggregator.retractReport(message.name);
    case "request":
      return void answer(message.id, message.name, message.argument);
  }
}

function admit(news: Announcement): void {
  link.state.admit(news);
  if (news.kind !== "instrument" || !link.state.isClashing(news.instrument)) return;
  say({ type: "clash", thread: undefined, instrument: news.instrument });
}

function say(message: FromWorker): void {
  port.postMessage(message);
}

/** Runs an action; the thread ends if it throws. */
function guard(action: () => void): void {
  try {
    action();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  if (isClosed) return;
  isClosed = true;
  say({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  // Not process.exit: together with the end from outside it would leave the served port open.
  globalThis.close();
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
    health.send();
    if (isMore) await new Promise<void>((resolve) => setImmediate(resolve));
    else if (isWaiting) await new Promise<void>((resolve) => setTimeout(resolve, WAITING_INTERVAL_MS));
    else await doorbell.sleep(aggregator.sleepMs(health.sleepMs(start.setup.drainIntervalMs)), isWorkLeft);
  }
}
