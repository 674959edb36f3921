/**
 * Where, when and of what something is measured: this machine, now, this tree.
 *
 * @module
 */

import { cpus } from "node:os";
import { git } from "./git.ts";
import type { Provenance } from "./results.ts";

/** Asks the machine and git. */
export async function provenance(): Promise<Provenance> {
  const commit = await git("rev-parse", "HEAD").catch(() => null);
  return {
    cpu: cpus()[0].model,
    cores: navigator.hardwareConcurrency,
    platform: Deno.build.target,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    commit,
    isModified: commit !== null && await git("status", "--porcelain") !== "",
    date: new Date().toISOString(),
  };
}
