/**
 * The end of a program: events of the global in Deno, of the process in Node and Bun.
 *
 * @module
 */

import { loadProcess } from "./node_builtins.ts";
import { isDeno } from "./runtime.ts";

/** Whether the global has the events; they stay where a program removes `Deno` later. */
const IS_DENO = isDeno();

/**
 * Adds listeners to the end of the program.
 *
 * @param onIdle Called when the program has nothing left to do; returns whether it has started something to wait for,
 * after which it is called again
 * @param onEnd Called at the very end, where only synchronous work is possible
 * @returns Function that removes the listeners
 */
export function onProgramEnd(onIdle: () => boolean, onEnd: () => void): () => void {
  const process = IS_DENO ? undefined : loadProcess();
  if (process?.on !== undefined) {
    process.on("beforeExit", onIdle);
    process.on("exit", onEnd);
    return () => {
      process.off("beforeExit", onIdle);
      process.off("exit", onEnd);
    };
  }
  const onBeforeUnload = (event: Event) => {
    if (onIdle()) event.preventDefault();
  };
  globalThis.addEventListener?.("beforeunload", onBeforeUnload);
  globalThis.addEventListener?.("unload", onEnd);
  return () => {
    globalThis.removeEventListener?.("beforeunload", onBeforeUnload);
    globalThis.removeEventListener?.("unload", onEnd);
  };
}
