/**
 * Gauges of this thread's heap.
 *
 * @module
 */

import type { Gauge, GaugeFamily } from "../../instrument/gauge.ts";
import type { Registry } from "../../instrument/registry.ts";
import type { V8 } from "../../platform/node_builtins.ts";

const SPACE_ENDING = "_space";

interface SpaceGauges {
  readonly used: Gauge;
  readonly total: Gauge;
}

/** Gauges that are set from V8's heap statistics. */
export class HeapGauges {
  readonly #v8: V8;
  readonly #thread: string;
  readonly #used: Gauge;
  readonly #total: Gauge;
  readonly #external: Gauge;
  readonly #spaceUsed: GaugeFamily<"space" | "thread">;
  readonly #spaceTotal: GaugeFamily<"space" | "thread">;
  /** Gauges by V8's name of the space. */
  readonly #spaces: Map<string, SpaceGauges> = new Map();

  /**
   * Creates the gauges.
   *
   * @param thread Value of their label `thread`
   */
  constructor(v8: V8, registry: Registry, thread: string) {
    const family = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
      registry.getOrCreate("gauge", name, { help, unit: "bytes", labels }) as GaugeFamily<Label>;
    this.#v8 = v8;
    this.#thread = thread;
    this.#used = family("deno_heap_used_bytes", "V8 heap in use", ["thread"]).with({ thread });
    this.#total = family("deno_heap_total_bytes", "V8 heap allocated", ["thread"]).with({ thread });
    this.#external = family("deno_external_bytes", "Memory outside the V8 heap held by its objects", ["thread"])
      .with({ thread });
    this.#spaceUsed = family("deno_heap_space_used_bytes", "Space of the V8 heap, in use", ["space", "thread"]);
    this.#spaceTotal = family("deno_heap_space_total_bytes", "Space of the V8 heap, allocated", ["space", "thread"]);
  }

  /** Sets the gauges, which takes some 10 µs. */
  read(): void {
    const heap = this.#v8.getHeapStatistics();
    this.#used.set(heap.used_heap_size);
    this.#total.set(heap.total_heap_size);
    this.#external.set(heap.external_memory);
    for (const { space_name, space_used_size, space_size } of this.#v8.getHeapSpaceStatistics()) {
      // Half of the spaces are never used.
      const gauges = this.#spaces.get(space_name) ?? (space_size > 0 ? this.#addSpace(space_name) : undefined);
      gauges?.used.set(space_used_size);
      gauges?.total.set(space_size);
    }
  }

  #addSpace(name: string): SpaceGauges {
    const space = name.endsWith(SPACE_ENDING) ? name.slice(0, -SPACE_ENDING.length) : name;
    const labels = { space, thread: this.#thread };
    const gauges = { used: this.#spaceUsed.with(labels), total: this.#spaceTotal.with(labels) };
    this.#spaces.set(name, gauges);
    return gauges;
  }
}
