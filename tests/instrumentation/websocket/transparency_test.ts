import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { instrumentWebSocket, noopMetrics } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { setImmediate } from "node:timers/promises";
import { distributionOf } from "../../_support/snapshots.ts";
import { next, openPair } from "../../_support/instrumentation/websocket/socket_pair.ts";

/** A socket that calls its listeners synchronously, and keeps sent messages. */
class LocalSocket extends EventTarget {
  readonly url = "";
  readonly readyState = 1;
  readonly sent: unknown[][] = [];
  #handler: unknown = null;
  #isListening = false;

  get onmessage(): unknown {
    return this.#handler;
  }

  set onmessage(handler: unknown) {
    this.#handler = (typeof handler === "object" || typeof handler === "function") ? handler : null;
    if (this.#isListening) return;
    this.#isListening = true;
    this.addEventListener("message", (event) => {
      if (typeof this.#handler === "function") this.#handler.call(this, event);
    });
  }

  send(...values: [unknown, ...unknown[]]): string {
    if (values.length === 0) throw new TypeError("1 argument required");
    this.sent.push(values.map((value) => typeof value === "object" ? `${value}` : value));
    return "queued";
  }
}

/** An operation of a program on a socket; the numbers choose listeners and options. */
type Step =
  | { readonly do: "add"; readonly type: string; readonly listener: number; readonly options: number }
  | { readonly do: "remove"; readonly type: string; readonly listener: number; readonly options: number }
  | { readonly do: "set"; readonly handler: number }
  | { readonly do: "dispatch"; readonly type: string }
  | { readonly do: "abort" }
  | { readonly do: "send"; readonly values: readonly number[] };

const types = fc.constantFrom("message", "message", "message", "open", "other");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("add"), type: types, listener: fc.nat(6), options: fc.nat(11) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("remove"), type: types, listener: fc.nat(6), options: fc.nat(11) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("set"), handler: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("dispatch"), type: types }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("abort") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("send"), values: fc.array(fc.nat(3), { maxLength: 3 }) }) },
) as fc.Arbitrary<Step>;

/** Runs a program on a socket, and returns everything that it can observe. */
function logOf(steps: readonly Step[], socket: LocalSocket): unknown[] {
  const log: unknown[] = [];
  const aborting = new AbortController();
  const note = (name: string) =>
    function (this: unknown, event: Event) {
      log.push(`${name} ${event.type} ${this === socket} ${arguments.length}`);
    };
  const object = {
    handleEvent(event: Event) {
      log.push(`object ${event.type} ${this === object}`);
    },
  };
  const stopping = (event: Event) => {
    log.push("stopping");
    event.stopImmediatePropagation();
  };
  const removing = () => {
    log.push("removing");
    socket.removeEventListener("message", first as () => void);
  };
  const first = note("first");
  const listeners = [first, note("second"), object, stopping, removing, null, first];
  const options = [
    ...[undefined, true, false, null, {}, 1],
    ...[{ once: true }, { capture: true }, { once: 1, capture: 0 }, { signal: aborting.signal }],
    ...[{ signal: AbortSignal.abort() }, { signal: 5 }],
  ];
  const handlers = [first, note("handler"), null, undefined, "text", {}, stopping];
  let conversions = 0;
  const values = ["a", new Uint8Array(2), 5, { toString: () => `object ${++conversions}` }];
  const attempt = (action: () => unknown) => {
    try {
      log.push(action());
    } catch (error) {
      log.push(`${(error as Error).name}: ${(error as Error).message}`);
    }
  };
  const act: (step: Step) => unknown = (step) => {
    if (step.do === "add" || step.do === "remove") {
      const given = [step.type, listeners[step.listener], options[step.options]];
      if (step.options === 0) given.length = step.listener === 0 ? 1 : 2;
      const method = step.do === "add" ? socket.addEventListener : socket.removeEventListener;
      return Reflect.apply(method, socket, given);
    }
    if (step.do === "set") {
      socket.onmessage = handlers[step.handler];
      return handlers.indexOf(socket.onmessage as null);
    }
    if (step.do === "dispatch") return socket.dispatchEvent(new MessageEvent(step.type, { data: "x" }));
    if (step.do === "abort") return aborting.abort();
    return Reflect.apply(socket.send, socket, step.values.map((index) => values[index]));
  };
  for (const each of steps) attempt(() => act(each));
  return [...log, socket.sent, conversions];
}

Deno.test("instrumentWebSocket changes nothing: listeners, options, handlers, events, arguments and errors", async () => {
  await using test = inlineMetrics();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const measured = new LocalSocket();
      instrumentWebSocket(test.metrics, measured as unknown as WebSocket);
      assertEquals(logOf(steps, measured), logOf(steps, new LocalSocket()));
    }),
    {
      numRuns: 500,
      examples: [[[
        { do: "add", type: "message", listener: 0, options: 2 },
        { do: "remove", type: "message", listener: 0, options: 5 },
        { do: "dispatch", type: "message" },
      ]]],
    },
  );
});

Deno.test("instrumentWebSocket keeps the errors of wrong calls of send and of the listeners' methods", async () => {
  await using plain = await openPair();
  await using measured = await openPair((socket) => void instrumentWebSocket(noopMetrics, socket));
  const errorsOf = ({ server }: { readonly server: WebSocket }) => {
    const { send, addEventListener, removeEventListener } = server;
    const calls: (() => unknown)[] = [
      () => Reflect.apply(server.send, server, []),
      () => Reflect.apply(server.addEventListener, server, ["message"]),
      () => Reflect.apply(server.removeEventListener, server, ["message"]),
      () => Reflect.apply(server.addEventListener, server, ["message", () => {}, { signal: 1 }]),
      () => server.send(Symbol("no text") as unknown as string),
      () => Reflect.apply(send, {}, ["detached"]),
      () => [send, addEventListener, removeEventListener].map(({ name, length }) => `${name} ${length}`),
    ];
    return calls.map((call) => {
      try {
        return call();
      } catch (error) {
        return String(error);
      }
    });
  };
  assertEquals(errorsOf(measured), errorsOf(plain));
});

Deno.test("instrumentWebSocket handles no rejection of a listener's promise that is handled elsewhere", async () => {
  await using test = inlineMetrics();
  await using pair = await openPair((socket) => void instrumentWebSocket(test.metrics, socket));
  const unhandled: unknown[] = [];
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push((event.reason as Error).message);
  };
  globalThis.addEventListener("unhandledrejection", listen);
  try {
    pair.server.onmessage = () => {
      const handled = Promise.reject(new Error("handled"));
      handled.catch(() => {});
      return handled;
    };
    pair.server.addEventListener("message", () => Promise.reject(new Error("forgotten")));
    pair.client.send("x");
    await next(pair.server, "message");
    await setImmediate();
  } finally {
    globalThis.removeEventListener("unhandledrejection", listen);
  }
  assertEquals(unhandled, ["forgotten"]);
  const { count } = distributionOf(await test.metrics.snapshot(), "websocket_message_duration_seconds", {
    name: "default",
    role: "server",
  });
  assertEquals(count, 1);
});
