/**
 * Runs one bench file in this process and prints its report as JSON, for `run.ts`.
 *
 * @module
 */

import { type Ladder, runLadder } from "./harness.ts";

const [file, rounds] = Deno.args;
const { ladder } = await import(new URL(file, import.meta.url).href) as { ladder: Ladder };
console.log(JSON.stringify(await runLadder(ladder, Number(rounds))));
