/**
 * Runs programs whose wall clock can be moved, on all of their threads at once: what `Date.now` shows is off by as many
 * milliseconds as a file says. The aggregator's thread gets that by an import map.
 *
 * @module
 */

import { withDirectory } from "../directory.ts";
import { MOD, type Outcome, runDeno } from "../subprocess.ts";

const WORKER = new URL("../../../src/threads/worker/main.ts", import.meta.url).href;

/**
 * Runs a program that is given as text. It has `createMetrics`, `jump`, which moves the wall clock to so many
 * milliseconds from the right time, and `thread`, which runs a text on another thread with `metrics` and `data`.
 */
export async function runWithMovedClock(program: string): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await withDirectory(async (directory) => {
    const write = (name: string, text: string) => {
      Deno.writeTextFileSync(`${directory}/${name}`, text);
      return `${directory}/${name}`;
    };
    const offset = write("offset", "0");
    const clock = `file://${write("clock.ts", clockModule(offset))}`;
    const worker = `file://${write("worker.ts", `import "${clock}";\nawait import("${WORKER}");`)}`;
    const config = { lock: false, imports: { [WORKER]: worker }, scopes: { [worker]: { [WORKER]: WORKER } } };
    const source = `${head(offset, clock)}\n${program}`;
    outcome = await runDeno(["--config", write("deno.json", JSON.stringify(config)), "--allow-all", "-"], source);
  });
  return outcome as Outcome;
}

function clockModule(offset: string): string {
  return `const real = Date.now;
const offsetMs = () => Number(Deno.readTextFileSync(${JSON.stringify(offset)}));
Date.now = () => real() + offsetMs();
// A thread's origin is the time of day at which it began.
Object.defineProperty(performance, "timeOrigin", { value: performance.timeOrigin + offsetMs() });`;
}

function head(offset: string, clock: string): string {
  return `import "${clock}";
import { createMetrics } from "${MOD}";
const jump = (ms) => Deno.writeTextFileSync(${JSON.stringify(offset)}, String(ms));
const thread = async (metrics, text, data) => {
  const source = \`import "${clock}";
import { attachMetrics } from "${MOD}";
self.onmessage = async ({ data: { port, data } }) => {
  const metrics = await attachMetrics(port);
  \${text};
  await metrics.close();
  self.postMessage(0);
};\`;
  const worker = new Worker("data:text/javascript," + encodeURIComponent(source), { type: "module" });
  const { promise, resolve } = Promise.withResolvers();
  worker.onmessage = resolve;
  const port = metrics.connect();
  worker.postMessage({ port, data }, port.transfer);
  await promise;
  worker.terminate();
};`;
}
