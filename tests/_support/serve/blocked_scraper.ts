/**
 * Scrapes a server from another thread, and sets a flag when it has seen enough; started by
 * `blocked_script.ts`.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import type { BlockedJob } from "./blocked_script.ts";

const SCRAPES = 20;

const { url, flag, messagesBefore, messagesAfter } = workerData as BlockedJob;

/** The value of a sample without labels. */
function valueIn(text: string, name: string): number {
  return Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
}

parentPort?.once("message", async () => {
  const statuses = new Set<number>();
  const wrong: string[] = [];
  let scrapes = 0;
  let laps = 0;
  let messages = 0;
  let hasLapped = false;
  while (Atomics.load(flag, 0) === 0 && (scrapes < SCRAPES || messages !== messagesAfter || !hasLapped)) {
    const response = await fetch(`${url}/metrics`);
    const text = await response.text();
    statuses.add(response.status);
    scrapes += 1;
    const count = valueIn(text, "message_bytes_count");
    const isRight = count >= Math.max(messages, messagesBefore) && count <= messagesAfter &&
      valueIn(text, "message_bytes_sum") === count * 512 && valueIn(text, "orders_total") === 7;
    if (!isRight) wrong.push(text);
    hasLapped ||= scrapes > 1 && valueIn(text, "laps_total") > laps;
    laps = valueIn(text, "laps_total");
    messages = count;
  }
  const isBlocked = Atomics.exchange(flag, 0, 1) === 0;
  parentPort?.postMessage({ isBlocked, statuses: [...statuses], wrong, isEnough: scrapes >= SCRAPES, messages });
});
parentPort?.postMessage("ready");
