import { assertEquals } from "@std/assert";
import { type Layers, resolveAll } from "../../_support/config/resolving.ts";

const NONE = { process: false, heap: false, gc: false, eventLoop: false };
const ALL = { process: true, heap: true, gc: true, eventLoop: true };
const ON = { METRICS_EVENT_LOOP_MONITORING: "true" };
const OFF = { METRICS_EVENT_LOOP_MONITORING: "0" };

const RESOLVED: readonly [layers: Layers, runtime: Readonly<Record<string, boolean>>][] = [
  [{}, NONE],
  [{ options: { runtime: true } }, ALL],
  [{ options: { runtime: false } }, NONE],
  [{ options: { runtime: {} } }, NONE],
  [{ options: { runtime: { gc: true, heap: undefined } } }, { ...NONE, gc: true }],
  [{ file: { runtime: true } }, ALL],
  [{ file: { runtime: { event_loop: true, gc: false } } }, { ...NONE, eventLoop: true }],
  [{ env: ON }, { ...NONE, eventLoop: true }],
  [{ env: { METRICS_EVENT_LOOP_MONITORING: "" } }, NONE],
  [{ env: { METRICS_RUNTIME_EVENT_LOOP: "", ...ON } }, { ...NONE, eventLoop: true }],
  [{ env: { METRICS_RUNTIME_GC: "1", ...OFF } }, { ...NONE, gc: true }],
  // The option comes before the variable, the variable before the file.
  [{ env: ON, options: { runtime: false } }, NONE],
  [{ env: ON, options: { runtime: { eventLoop: false, gc: true } } }, { ...NONE, gc: true }],
  [{ env: ON, options: { runtime: { gc: true } } }, { ...NONE, gc: true, eventLoop: true }],
  [{ env: OFF, file: { runtime: true } }, { ...ALL, eventLoop: false }],
  [{ env: OFF, options: { runtime: true } }, ALL],
  [{ file: { runtime: true }, options: { runtime: { heap: false } } }, { ...ALL, heap: false }],
  [{ file: { runtime: true }, options: { runtime: false } }, NONE],
];

Deno.test("resolveOptions takes each collector from the first layer that sets it", async () => {
  const outcomes = await resolveAll(RESOLVED.map(([layers]) => layers));
  assertEquals(
    outcomes.map(({ resolved, error }) => resolved?.runtime ?? error),
    RESOLVED.map(([, runtime]) => runtime),
  );
});

const MUST = "be true, false or an object such as { gc: true }";

const REFUSED: readonly [layers: Layers, error: string][] = [
  [{ options: { runtime: "all" } }, `TypeError: Cannot create metrics: runtime must ${MUST}, got "all"`],
  [{ options: { runtime: ["gc"] } }, `TypeError: Cannot create metrics: runtime must ${MUST}, got ["gc"]`],
  [{ options: { runtime: null } }, `TypeError: Cannot create metrics: runtime must ${MUST}, got null`],
  [
    { options: { runtime: { gc: 1 } } },
    "TypeError: Cannot create metrics: runtime.gc must be true or false, got 1",
  ],
  [
    { options: { runtime: { event_loop: true } } },
    'TypeError: Cannot create metrics: keys of runtime must be among process, heap, gc, eventLoop, got "event_loop"; did you mean "eventLoop"?',
  ],
  [
    { file: { runtime: { eventLoop: true } } },
    "TypeError: Cannot create metrics: keys of metrics.runtime in hotpath.yaml must be among process, heap, gc, event_loop, " +
    'got "eventLoop"; did you mean "event_loop"?',
  ],
  [
    { file: { runtime: { event_loop: "yes" } } },
    'TypeError: Cannot create metrics: metrics.runtime.event_loop in hotpath.yaml must be true or false, got "yes"',
  ],
  [
    { options: { runtime: { gc: "" } } },
    'TypeError: Cannot create metrics: runtime.gc must be true or false, got ""',
  ],
  [
    { file: { runtime: { event_loop: "" } } },
    'TypeError: Cannot create metrics: metrics.runtime.event_loop in hotpath.yaml must be true or false, got ""',
  ],
  [
    { env: { METRICS_EVENT_LOOP_MONITORING: "on" } },
    'RangeError: Cannot create metrics: METRICS_EVENT_LOOP_MONITORING in the environment must be "true", "false", "1" ' +
    'or "0", got "on"',
  ],
];

Deno.test("resolveOptions refuses collectors that cannot be right, and names their layer", async () => {
  const outcomes = await resolveAll(REFUSED.map(([layers]) => layers));
  assertEquals(outcomes.map(({ error }) => error), REFUSED.map(([, error]) => error));
});
